"""Measurements of the gateway: ``python -m benchmarks --help``; what they mean stands in ``docs/benchmarks.md``."""
