"""Outside systems, one folder each. The core imports none of them; the composition root wires them."""
