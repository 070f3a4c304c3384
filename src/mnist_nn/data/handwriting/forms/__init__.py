"""The forms of the ten digits as people write them: the strokes of the pen, as control points of smooth lines.

Slant, width, jitter and the pen's own width belong to the hand (`styles`) and are not here.
"""
