"""The lint of a knowledge base written by the rules of ``knowledge_base/README.md``."""
