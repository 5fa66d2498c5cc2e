"""What stands between the socket and a handler: request context, problems, body limits, idempotency, validation."""
