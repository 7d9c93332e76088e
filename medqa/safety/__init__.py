"""What must be seen before and after answering."""
