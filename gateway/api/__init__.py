"""The HTTP API: one module per resource, one table of routes, and the OpenAPI document made from that table."""
