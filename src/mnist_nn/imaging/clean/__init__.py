"""From a page to its ink: light evened out, ink told from paper, rulings taken off and specks dropped.

What the ink says is for `mnist_nn.imaging.segment` and for those who read.
"""
