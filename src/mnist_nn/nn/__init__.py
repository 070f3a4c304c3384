"""The network, its formulas, and the configuration of its training.

Plain functions and frozen records. `mnist_nn.engines` applies the formulas to data.
"""
