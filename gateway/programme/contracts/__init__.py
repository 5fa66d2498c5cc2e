"""Pharmacy contracts (clauses 27 to 30 and 53)."""
