"""Draws pictures of one number each on realistic paper: `kinds` does it with the help of the other modules."""
