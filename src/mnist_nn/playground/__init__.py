"""The playground: the page itself, its files by name, and the server that shows it in a browser on this machine."""
