"""Settlement with pharmacies: monthly reports, acts, decisions on lines, disputes, reconciliation (chapters 8, 9)."""
