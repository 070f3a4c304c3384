"""Measures of the source tree itself: how many rooms, layers, constants, copies; how long its functions are."""
