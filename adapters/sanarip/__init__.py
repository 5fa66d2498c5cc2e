"""Sanarip Clinic: cases in, status events out."""
