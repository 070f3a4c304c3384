"""`mnist-nn serve` under load: beside a bare ONNX Runtime server on the same web framework, and for half an hour."""
