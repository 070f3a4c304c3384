"""Checking students' files, each in a process of its own with a time limit."""
