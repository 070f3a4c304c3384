"""Models as one C99 header, in float and in 8 bits: writing it, and checking it with this machine's C compiler."""
