"""One clinical instrument a file. Each counts points and says what they mean; cards are somebody else's part."""
