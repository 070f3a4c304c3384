"""A decoder in a separate process, with limits on time and memory: the process, its limits, and the messages.

`mnist_nn.imaging.load.decode` does the decoding. docs/decisions/0031-decoders-have-a-budget.md says why.
"""
