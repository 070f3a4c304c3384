"""The network: what it is, its formulas, and how its training is configured.

Plain functions and frozen records. How the formulas are run over data is for `mnist_nn.engines`.
"""
