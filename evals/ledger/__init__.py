"""True and altered claims with the passages that they cite: what the ledger is measured on."""
