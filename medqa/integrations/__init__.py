"""MedQA offered to other frameworks."""
