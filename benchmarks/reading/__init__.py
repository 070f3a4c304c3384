"""What `mnist-nn read` makes of pictures whose truth is known: pages, canvases, and what is no digit."""
