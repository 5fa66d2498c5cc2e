"""``gateway demo``: a day of hospitals, a doctor and a pharmacy, with the real gateway and simulated neighbours."""
