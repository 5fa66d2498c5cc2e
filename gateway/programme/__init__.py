"""The additional drug programme: prescriptions, dispensing, contracts, budget and settlement, over the journal."""
