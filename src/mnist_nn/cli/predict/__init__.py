"""The work of ``mnist-nn predict`` for a whole data set: images in a stream, and a table that grows row by row."""
