"""Dispensing: look-up, quote, hold, sale and reversal (clauses 31 to 44)."""
