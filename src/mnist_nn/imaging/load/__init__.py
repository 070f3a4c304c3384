"""Loads what a user names (files, folders or standard input) as the grey pixels of one page after another.

`mnist_nn.imaging.clean` finds the ink on a page.
"""
