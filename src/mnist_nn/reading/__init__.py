"""Reading: from the ink on a page to numbers, each with a decision about how far it can be trusted.

`reader.Reader` is the way in. How ink is found is for `mnist_nn.imaging`, what a network says of it for
`mnist_nn.evaluation`.
"""
