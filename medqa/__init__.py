"""MedQA answers medical questions from a knowledge base and shows where each sentence comes from."""

__version__ = "0.1.0"
