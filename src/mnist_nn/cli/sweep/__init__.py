"""The work of ``mnist-nn sweep`` besides training: its table, the files made from it, and the summary."""
