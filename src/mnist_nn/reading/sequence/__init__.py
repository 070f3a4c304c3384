"""The sequence reader: a number read as one line of ink, without cutting it into digits first.

A line is scaled to 32 rows (`line`), a network looks at a window of it every two columns (`network`), and connectionist
temporal classification turns the network's outputs into texts with probabilities (`decode`). `reader` does these three
steps for the numbers of a page. `mnist_nn.training.sequences` trains the network.
"""
