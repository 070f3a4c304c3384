"""The playground: the page itself, its files by name, and the server that shows it in this machine's browser."""
