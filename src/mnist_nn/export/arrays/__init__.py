"""Models as plain arrays, a safetensors or an npz file: written here, and checked as anybody would read them."""
