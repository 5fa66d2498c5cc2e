"""Batches of treated cases in files: read them with steady memory, check them, say what is wrong with each."""
