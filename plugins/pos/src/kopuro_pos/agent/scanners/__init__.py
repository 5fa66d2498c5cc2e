"""What a scanner types, under whatever keyboard layout, and what it was."""
