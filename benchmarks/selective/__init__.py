"""How often a limit on errors is broken, and what keeping it costs: ``python -m benchmarks.selective``."""
