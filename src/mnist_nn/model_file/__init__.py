"""The model file: a network, its history and its calibration in one safetensors file, and recordings of a training.

docs/model-file.md describes the format. Other formats are for `mnist_nn.export`.
"""
