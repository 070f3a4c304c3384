"""What went wrong in a training run: signs measured at the ends of epochs, and rules that name the fault.

`signs` measures, `quantities` turns history, signs and settings into plain numbers, and `rules.toml` has the rules as
data: thresholds with their sources, an observation, a reason and advice. `diagnose` applies them.
"""
