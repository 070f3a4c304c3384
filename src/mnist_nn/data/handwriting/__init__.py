"""A seeded generator of handwriting: hands, their digits, and lines of digits.

Everything is a pure function of a key. The results are for training, calibration, benchmarks and tests.
"""
