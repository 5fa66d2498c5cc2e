"""Typed settings: one TOML file, overrides from the environment, secrets by reference."""
