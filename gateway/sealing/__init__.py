"""Personal data and secrets at rest: AES-256-GCM envelopes under rotating master keys, and blind indexes."""
