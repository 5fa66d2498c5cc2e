"""What runs at the pharmacy: a typed client, a local agent and the counter page of the Köpürö gateway."""

__version__ = "0.1.0"
