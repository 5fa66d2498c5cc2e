"""Medicines: the reference as the gateway has it, and what lies on this pharmacy's shelf."""
