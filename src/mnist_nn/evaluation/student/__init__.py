"""Check a student's own network code: which of its equations is wrong, and by which known fault.

`mnist_nn.evaluation.student.check` is the way in. Nothing is trained here.
"""
