"""What the first use on a machine costs: machine code, memory and the start of the server."""
