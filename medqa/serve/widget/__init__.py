"""The chat button for other people's pages."""
