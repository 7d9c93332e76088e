"""What MedQA's server adds to a model server: the same prompts sent to both, timed by one clock."""
