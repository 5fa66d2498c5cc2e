"""Budgets of regions and the patient's limit (clauses 7 to 9 and 21(1))."""
