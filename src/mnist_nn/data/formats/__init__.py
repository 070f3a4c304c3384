"""The formats of data sets, one module each: they read files as batches of images and labels.

`find` finds the format of a path, and `mnist_nn.data.labels` turns labels into numbers. Everything is streamed, so data
of any size can be predicted in constant memory.
"""
