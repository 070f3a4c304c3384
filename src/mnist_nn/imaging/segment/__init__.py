"""From the ink of a page to its numbers, in reading order, each cut into segments that may be digits.

Which of them are digits, and which digits, is for those who read.
"""
