"""Prescribing: orders are judged, issued and cancelled (clauses 15 to 26)."""
