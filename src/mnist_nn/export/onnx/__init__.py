"""Models as ONNX graphs: written here, and checked with ONNX Runtime."""
