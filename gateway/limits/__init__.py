"""How much anyone may ask for: token buckets, shared reads, the guard against loops, shedding."""
