"""The HTTP layer of the service tests, for browsers."""

from tests.service.api.conftest import gateway

__all__ = ["gateway"]
