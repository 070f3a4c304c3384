"""The work of ``mnist-nn audit``: draw accepted answers for a person to check, and say what the answers prove."""
