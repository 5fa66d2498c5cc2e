"""Reference data: what the rules look things up in."""
