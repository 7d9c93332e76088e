"""One body of literature a file: from whom it comes, under which terms, and how it is brought here."""
