"""The Open Inference Protocol: its tensors and addresses, and requests batched into passes of the network."""
