"""Benchmarks of many networks and many images at once."""
