"""The model file: a network, its history and its calibration in one safetensors file, and recordings of training.

docs/reference/model-file.md describes the format. `mnist_nn.export` writes other formats.
"""
