"""What mnist-nn train does beside the training itself: files, progress, the summary at the end."""
