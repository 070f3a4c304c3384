"""Training: the loop over epochs, where a run stands, and its history for TensorBoard.

It knows nothing of model files, terminals or browsers; whoever consumes `train` has those.
"""
