"""Models as one C99 header, in float and in 8 bits: written here, and checked with this machine's C compiler."""
