"""Models as plain arrays in a safetensors or an npz file: writing such files, and checking them."""
