"""What operators see: correlation, structured logs, metrics and event loop lag. Nothing personal ever."""
