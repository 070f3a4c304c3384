"""What every room needs and no field owns: files replaced whole, checked values, random bits, addresses.

Nothing here knows of networks, digits or pictures.
"""
