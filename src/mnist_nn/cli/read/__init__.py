"""What mnist-nn read does with its files: read them one after another, and print, save or explain each page."""
