"""What ``mnist-nn compare`` found, and what it says about it."""
