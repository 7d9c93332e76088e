"""What runs inside vLLM, in its environment: it may import nothing of MedQA."""
