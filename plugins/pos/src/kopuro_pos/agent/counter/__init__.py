"""Selling: look-ups, quotes, sales and reversals, and the queue that carries them to the gateway."""
