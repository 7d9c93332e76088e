"""From what was found to what may be answered from: sifted of floods, blockers and old editions, then weighed."""
