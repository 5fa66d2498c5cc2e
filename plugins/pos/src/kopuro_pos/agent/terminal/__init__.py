"""Who this terminal is to the gateway: keys, enrolment, connecting."""
