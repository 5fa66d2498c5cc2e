"""Settlement with pharmacies: contract v1."""
