"""The rules of the source documents: pure functions from facts to findings, no I/O, no clock, no database."""
