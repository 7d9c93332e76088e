"""Claims that are true and claims that are not, each with the passages that it cites: what the ledger is measured on."""
