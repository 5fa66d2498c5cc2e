"""X-Road (Tunduk): the transport to the security server, SOAP and REST consumers, and what its answers mean."""
