"""``gateway demo``: a hospital's day, played with the real gateway and simulated neighbours, each its own process."""
