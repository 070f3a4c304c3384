"""What ``mnist-nn train`` does besides training: files, progress, and the summary at the end."""
