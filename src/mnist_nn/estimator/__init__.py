"""The network as a scikit-learn classifier: `MLPDigitClassifier`. Needs the extra ``sklearn``.

It calls the library and does no numerics itself.
"""

from mnist_nn.estimator.classifier import MLPDigitClassifier

__all__ = ["MLPDigitClassifier"]
