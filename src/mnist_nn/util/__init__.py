"""Helpers for all packages: safe writing of files, checks of values, random numbers, and addresses.

Nothing here knows about networks, digits or pictures.
"""
