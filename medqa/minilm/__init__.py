"""all-MiniLM-L6-v2 with Chinese added: its files, its words and its layers, for search and for the screen."""
