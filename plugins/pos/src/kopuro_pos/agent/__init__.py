"""The agent on the pharmacy's computer: it holds the key, keeps the queue and serves the counter page."""
