"""The network as a scikit-learn classifier, for whoever has pipelines and searches already.

It calls the library and owns no numerics: the configurations come from `mnist_nn.estimator.parameters`, training from
`mnist_nn.train`, and what is learned is an ordinary `Network`. This package alone needs scikit-learn.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples
from mnist_nn.engines import select
from mnist_nn.errors import DataError, MissingExtraError
from mnist_nn.estimator import parameters
from mnist_nn.estimator.attributes import FittedAttributes
from mnist_nn.estimator.parameters import Plateau
from mnist_nn.evaluation.prediction import Predictions, forward, interpret
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.loop import Epoch, train
from mnist_nn.util import checks

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils import check_random_state
    from sklearn.utils.class_weight import compute_sample_weight
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
except ImportError as error:
    raise MissingExtraError(
        "mnist_nn.estimator needs scikit-learn 1.6 or later; install it with: pip install 'mnist-nn[sklearn]'"
    ) from error

Array = npt.NDArray[Any]


class MLPDigitClassifier(FittedAttributes, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A multilayer perceptron for digits or any other classes, trained by this package.

    Parameters have MLPClassifier's names and defaults where they mean the same; docs/scikit-learn.md has the table.
    Numbers are taken as they are, bytes too: scale them as for any network, ``X / 255`` for pixels.

    Parameters
    ----------
    hidden_layer_sizes
        Width of each hidden layer, or one number; empty for softmax regression.
    activation
        ``sigmoid`` (or ``logistic``), ``tanh``, ``relu``, ``leaky_relu`` or ``identity``: one for all hidden layers,
        or one for each.
    output, loss, initializer, dtype
        As in `NetworkConfig` and `TrainingConfig`.
    solver
        ``sgd``, ``momentum``, ``nesterov``, ``adam`` or ``adamw``.
    alpha
        L2 penalty, divided by the size of the batch as in MLPClassifier, or by the weight of as many samples.
    batch_size
        Samples an update; ``auto`` for 200, or all if they are fewer.
    learning_rate, learning_rate_init
        How the rate falls over the run (``constant``, ``step``, ``cosine``, ``linear``), and where it starts; None for
        the library's own choice.
    max_iter
        Epochs at most.
    tol, n_iter_no_change
        Stop when neither the best nor the mean training loss of ``n_iter_no_change`` epochs is at least ``tol`` better
        than before; None never. Where ``max_iter`` comes first, a ConvergenceWarning says so, but not with None.
    early_stopping, validation_fraction
        Hold out this share, or this number of samples, and stop instead when its accuracy has not risen for
        ``n_iter_no_change`` epochs; the best epoch's weights are kept. With None nothing stops: the history alone.
    momentum, beta_1, beta_2, epsilon
        Constants of the solvers that have them.
    dropout
        Share of hidden units dropped: one number, or one for each hidden layer.
    max_norm
        Longest vector of weights into a hidden unit; None for no limit.
    augmentation
        Learn from distorted copies of square pictures; X then holds whole numbers from 0 to 255, divided by 255.
    subset
        Learn from this many samples, every class in its proportion; None for all.
    class_weight
        None, ``balanced``, or a dictionary from class to weight.
    warm_start
        Go on from what was learned when `fit` is called again.
    random_state
        Decides everything random.
    verbose
        Print the loss after each epoch, and the accuracy on samples held out.
    engine
        ``auto``, ``compiled`` or ``reference``, for training and for predicting in bulk.
    callback
        Called with the `Epoch` after each; training stops if it returns True.

    Attributes
    ----------
    classes_, n_features_in_, feature_names_in_
        As in every classifier.
    checkpoint_
        Where training stands; `network_`, `coefs_`, `loss_curve_` and the like are read from it (`FittedAttributes`).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPDigitClassifier(random_state=0, activation=("tanh",), dropout=0.1, n_iter_no_change=None).fit(X, y)
    >>> model.score(X, y) > 0.9, len(model.loss_curve_) == model.n_iter_
    (True, True)
    """

    classes_: Array
    checkpoint_: Checkpoint

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str | Sequence[str] = "relu",
        *,
        output: str = "softmax",
        loss: str = "cross_entropy",
        initializer: str = "glorot_uniform",
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float | None = 0.001,
        max_iter: int = 200,
        tol: float = 1e-4,
        n_iter_no_change: int | None = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        momentum: float = 0.9,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        dropout: float | Sequence[float] = 0.0,
        max_norm: float | None = None,
        augmentation: str = "none",
        subset: int | None = None,
        class_weight: str | dict[Any, float] | None = None,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool | int = False,
        dtype: str = "float32",
        engine: str = "auto",
        callback: Callable[[Epoch], bool | None] | None = None,
    ) -> None:
        self.hidden_layer_sizes, self.activation, self.output = hidden_layer_sizes, activation, output
        self.loss, self.initializer, self.solver, self.alpha = loss, initializer, solver, alpha
        self.batch_size, self.learning_rate, self.learning_rate_init = batch_size, learning_rate, learning_rate_init
        self.max_iter, self.tol, self.n_iter_no_change = max_iter, tol, n_iter_no_change
        self.early_stopping, self.validation_fraction = early_stopping, validation_fraction
        self.momentum, self.beta_1, self.beta_2, self.epsilon = momentum, beta_1, beta_2, epsilon
        self.dropout, self.max_norm, self.augmentation, self.subset = dropout, max_norm, augmentation, subset
        self.class_weight, self.warm_start, self.random_state = class_weight, warm_start, random_state
        self.verbose, self.dtype, self.engine, self.callback = verbose, dtype, engine, callback

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from samples of shape (n, features), dense or sparse, and their classes, any labels of shape (n,)."""
        parameters.check_settings(self.get_params(deep=False))
        goes_on = bool(self.warm_start) and hasattr(self, "checkpoint_")
        X, y = self._check(X, y, reset=not goes_on)
        classes = parameters.find_classes(y)
        if goes_on and not np.array_equal(classes, self.classes_):
            raise DataError(
                f"warm_start needs the classes of the last fit, {self.classes_.tolist()}, and y has "
                f"{classes.tolist()}; give samples of the same classes, or begin anew with warm_start=False"
            )
        if len(classes) == 1:
            raise DataError("a classifier cannot learn from 1 class; give samples of at least 2 classes")
        self.classes_ = classes
        samples = self._make_samples(X, y, sample_weight)
        plateau = Plateau(self.tol, None if self.early_stopping else parameters.read_patience(self.n_iter_no_change))
        for epoch in self._run(samples, goes_on=goes_on):
            stop = self._keep(epoch)
            if plateau.update(epoch.scores.loss) or stop:
                break
        else:
            self._warn_unless_converged()
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Learn from these samples for one epoch; the first call names all ``classes`` that will ever come."""
        parameters.check_settings(self.get_params(deep=False))
        goes_on = hasattr(self, "checkpoint_")
        if not goes_on and classes is None:
            raise DataError("the first call of partial_fit needs classes, an array of all labels that will come")
        if self.class_weight == "balanced":
            raise DataError("class_weight 'balanced' needs all samples at once; give partial_fit a dictionary")
        X, y = self._check(X, y, reset=not goes_on)
        named = self.classes_ if classes is None else parameters.find_classes(classes)
        if not goes_on:
            self.classes_ = named
        elif not np.array_equal(named, self.classes_):
            raise DataError(
                f"classes are {named.tolist()}, and in the first call they were {self.classes_.tolist()}; "
                "give the same again, or leave them out"
            )
        samples = self._make_samples(X, y, sample_weight)
        self._keep(next(self._run(samples, goes_on=goes_on, once=True)))
        return self

    def predict(self, X: Any) -> Array:
        """Return the class of each sample, shape (n,)."""
        label = self._predict(X).label
        return np.asarray(self.classes_[label])

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, in the order of `classes_`: float64 of shape (n, classes)."""
        return self._predict(X).probabilities

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of the probabilities."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _check(self, X: Any, *y: Any, reset: bool = False) -> Any:
        """Let scikit-learn check the data, and keep floats that are floats already."""
        kinds = ["float64", "float32"] if checks.find_name(self.dtype, ["float64"]) else ["float32", "float64"]
        checked = validate_data(self, X, *y, reset=reset, accept_sparse="csr", dtype=kinds)
        if y:
            if checked[1].dtype == object:
                parameters.find_classes(checked[1])
            check_classification_targets(checked[1])
        return checked

    def _make_samples(self, X: Any, y: Array, sample_weight: Any) -> Samples:
        """Put data together as the library takes it, the labels as numbers from 0."""
        labels = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        strange = self.classes_[labels] != y
        if strange.any():
            raise DataError(
                f"label {y[strange].tolist()[0]!r} is none of the classes; they are: {self.classes_.tolist()}; "
                "name all that will ever come in the first call of partial_fit"
            )
        weights = None
        if sample_weight is not None or self.class_weight is not None:
            weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
            weights = weights * compute_sample_weight(self.class_weight, y)
        self._takes_pixels = checks.find_name(self.augmentation, ["none"]) is None
        return Samples(self._as_images(X), labels.astype(np.int64), weights)

    def _as_images(self, X: Any) -> Any:
        return parameters.as_images(X) if self._takes_pixels else X

    def _run(self, samples: Samples, *, goes_on: bool, once: bool = False) -> Iterator[Epoch]:
        """Make a new network or take the one that is there; nothing is learned until the first epoch is asked for."""
        settings, done = self.get_params(deep=False), self.checkpoint_.epoch if goes_on else 0
        if not goes_on:
            self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        epochs = max(self.max_iter, done + 1) if once else done + self.max_iter
        holds_out = bool(self.early_stopping) and not once
        size = len(samples) if samples.weights is None else float(samples.weights.sum())
        config = parameters.make_training_config(settings, len(samples), size, self._seed, epochs, holds_out=holds_out)
        shape = parameters.make_network_config(settings, self.n_features_in_, len(self.classes_))
        name = select.choose_for_fit(self.engine, shape, config, len(samples))
        if goes_on:
            start = parameters.continue_from(self.checkpoint_, shape, config)
        else:
            start = Checkpoint.start(Network.create(shape, self._seed), config)
        return train(start.network, samples, config, engine=name, resume=start)

    def _keep(self, epoch: Epoch) -> bool:
        """Keep what was learned, tell whoever wants to know, and return whether to stop."""
        self.checkpoint_, scores = epoch.checkpoint, epoch.scores
        if self.verbose:
            print(f"Iteration {scores.epoch}, loss = {scores.loss:.8f}")  # noqa: T201  # asked for
            if scores.validation_accuracy is not None:
                print(f"Validation score: {scores.validation_accuracy:f}")  # noqa: T201  # likewise
        return self.callback is not None and bool(self.callback(epoch))

    def _warn_unless_converged(self) -> None:
        """Warn where MLPClassifier does: all epochs are done, and nothing said that it is enough."""
        at, n = self.checkpoint_, self.n_iter_no_change
        if n is None or (at.best is not None and at.epoch - at.best.epoch >= n):
            return
        warnings.warn(
            f"max_iter is {self.max_iter}, and after as many epochs training has not converged; "
            "raise max_iter or tol, or set n_iter_no_change=None if this is how long you want to train",
            ConvergenceWarning,
            stacklevel=3,
        )

    def _predict(self, X: Any) -> Predictions:
        """Ask the network, about few samples in float64; the probabilities are float64 in any case."""
        check_is_fitted(self)
        images, network, engine = self._as_images(self._check(X)), self.network_, self.engine
        if select.takes_double(network, images.shape[0]):
            network, engine = Network.of(replace(network.config, dtype="float64"), network.parameters), "reference"
        return interpret(network, forward(network, images, engine).astype(np.float64))
