"""Training data, fine-tuning, merging, quantising: what a team needs to make and keep its own models."""
