"""`mnist_nn.estimator.MLPDigitClassifier` beside scikit-learn's MLPClassifier, both as a user calls them."""
