"""The counter page in a browser, before an agent that does as it is told."""
