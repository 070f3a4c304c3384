"""Training: the loop over epochs, the checkpoints of a run, and its history for TensorBoard.

It knows nothing about model files, terminals or browsers; the code that consumes `train` handles those.
"""
