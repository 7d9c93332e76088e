"""What the rules miss: a small linear classifier over the sentences that a chat model wrote."""
