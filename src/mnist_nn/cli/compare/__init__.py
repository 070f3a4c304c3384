"""The result of ``mnist-nn compare``, and the text that describes it."""
