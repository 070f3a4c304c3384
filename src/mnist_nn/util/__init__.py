"""What every package needs and none owns: files replaced whole, checked values, random bits, addresses.

Nothing here knows of networks, digits or pictures.
"""
