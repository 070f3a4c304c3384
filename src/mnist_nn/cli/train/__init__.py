"""The work of ``mnist-nn train`` besides training: files, progress, and the summary at the end."""
