"""The slip for the patient, as HTML and PDF."""
