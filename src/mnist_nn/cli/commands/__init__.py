"""The commands of mnist-nn, one module each: its options, and what it does with them."""
