"""Having a served model write: what it is told, within which budgets, and what happens when it fails."""
