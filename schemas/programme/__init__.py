"""What the drug programme tells other systems: the payloads of its operations."""
