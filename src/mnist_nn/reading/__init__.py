"""Reading: turns the ink on a page into numbers, each with a decision about how far it can be trusted.

Start with `reader.Reader`. `mnist_nn.imaging` finds the ink, and `mnist_nn.evaluation` runs the network.
"""
