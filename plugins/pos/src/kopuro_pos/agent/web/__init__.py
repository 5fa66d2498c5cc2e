"""The agent's face on 127.0.0.1: who may call it, its JSON API, its events, and the counter page."""
