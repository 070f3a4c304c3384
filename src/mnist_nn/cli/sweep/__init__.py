"""What ``mnist-nn sweep`` does besides training: its table, the files made from it, and the summary."""
