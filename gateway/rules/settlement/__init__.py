"""Rules of settlement with pharmacies (regulation on the additional drug programme, chapter 8; clauses 22, 23)."""
