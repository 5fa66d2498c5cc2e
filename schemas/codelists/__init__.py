"""Classifications: which codes exist and what the classification itself says of them."""
