"""Finds the numbers in the ink of a page, in reading order, and cuts each into segments that may be digits.

The readers decide which of them are digits.
"""
