"""The Open Inference Protocol: its tensors and addresses, and batching of requests into forward passes."""
