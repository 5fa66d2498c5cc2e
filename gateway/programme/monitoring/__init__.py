"""Price monitoring (clause 56)."""
