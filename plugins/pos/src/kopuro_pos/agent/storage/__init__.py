"""What must survive everything: the store, its schema, sealing, and files that only their owner reads."""
