"""Evaluation: how good a network is, how far its confidence can be trusted, and whether its gradients are right.

Records, and functions that measure. Nothing here trains a network, writes a file or prints.
"""
