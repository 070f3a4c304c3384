"""The commands of mnist-nn, one module each, with the command's options and what it does with them."""
