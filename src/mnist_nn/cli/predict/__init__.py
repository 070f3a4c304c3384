"""What mnist-nn predict does for a whole data set: images in a stream, and a table that grows row by row."""
