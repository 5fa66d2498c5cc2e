"""Failure campaigns: load, something that goes wrong on purpose, and an accounting of every case afterwards."""
