"""The work of ``mnist-nn read``: read files one by one, and print, save or explain each page."""
