"""From what a user names, files, folders and standard input, to the grey pixels of one page after another.

What is on a page is for `mnist_nn.imaging.clean`.
"""
