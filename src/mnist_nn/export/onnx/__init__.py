"""Models as ONNX graphs: writing them, and checking them with ONNX Runtime."""
