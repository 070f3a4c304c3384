"""Finds the ink on a page: evens out the light, separates ink from paper, and removes rulings and specks.

`mnist_nn.imaging.segment` and the readers interpret the ink.
"""
