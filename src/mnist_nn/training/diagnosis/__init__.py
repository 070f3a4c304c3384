"""What went wrong in a training run: signs measured at the ends of epochs, and rules that name the fault.

`signs` measures, `quantities` puts history, signs and settings into plain numbers, and `rules.toml` has the rules as
data: figures, their sources, what is seen, why it happens and what to try. `diagnose` applies them.
"""
