"""The network as a scikit-learn classifier, for use in pipelines and parameter searches.

It calls the library and does no numerics itself: `mnist_nn.estimator.parameters` makes the configurations,
`mnist_nn.train` trains, and the result is an ordinary `Network`. Only this package needs scikit-learn.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples
from mnist_nn.data.class_weights import balance
from mnist_nn.engines import select
from mnist_nn.errors import DataError, MissingExtraError, quote, shorten
from mnist_nn.estimator import parameters
from mnist_nn.estimator.attributes import LEAST_OUTPUTS, FittedAttributes
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

    Parameters have MLPClassifier's names and defaults if they mean the same; docs/how-to/scikit-learn.md has a table.
    All numbers are used unchanged, even bytes, so scale them as for any network: ``X / 255`` for pixels.

    Parameters
    ----------
    hidden_layer_sizes
        Width of each hidden layer, or one number for one layer; empty for softmax regression.
    activation
        ``sigmoid`` (or ``logistic``), ``tanh``, ``relu``, ``leaky_relu`` or ``identity``: one for all hidden layers,
        or one for each.
    output, loss, initializer, dtype
        As in `NetworkConfig` and `TrainingConfig`.
    solver
        ``sgd``, ``momentum``, ``nesterov``, ``adam`` or ``adamw``.
    alpha
        L2 penalty, divided by the batch size as in MLPClassifier or, with weights, by the weight of that many samples.
    batch_size
        Samples per update; ``auto`` for 200, or for all samples if there are fewer.
    learning_rate, learning_rate_init
        How the learning rate falls during training (``constant``, ``step``, ``cosine``, ``linear``), and its initial
        value; None for the library's default.
    prepare
        The preparation of the samples before the first layer, such as ``"deskew,crop=24,pool=2"``: steps of
        `mnist_nn.nn.preparation.Steps`. All of them but ``deskew`` become part of the first layer's weights.
        ``deskew`` needs square pictures with numbers from 0 to 1, which are rounded to multiples of 1/255.
    max_iter
        Largest number of epochs.
    tol, n_iter_no_change
        Stop when neither the best nor the mean training loss of ``n_iter_no_change`` epochs is at least ``tol`` better
        than before; None to never stop early. If ``max_iter`` is reached first, there is a ConvergenceWarning, but not
        with None.
    early_stopping, validation_fraction
        Hold out this share or number of samples, and stop when the accuracy on them has not risen for
        ``n_iter_no_change`` epochs; the best epoch's weights are kept. With ``n_iter_no_change=None`` training does not
        stop early, and the held-out samples only appear in the history.
    momentum, beta_1, beta_2, epsilon
        Constants of the solvers that use them.
    dropout
        Share of hidden units to drop: one number, or one for each hidden layer.
    max_norm
        Largest norm of the weights into a hidden unit; None for no limit.
    prune_from
        Begin with hidden layers of this width, or of these, and leave out the units that matter least in steps over the
        first half of ``max_iter``, until the layers have ``hidden_layer_sizes``; empty for no pruning.
    label_smoothing
        Share of every label that is spread evenly over all classes; 0 for none.
    teacher
        A trained `Network` or model, for example the ``network_`` of another estimator, whose answers are learned in
        addition to the labels; None for no teacher.
    teacher_share, teacher_temperature
        Share of the teacher's answers in the targets, and the number that divides its weighted sums; only with a
        teacher.
    ema_decay
        Use the moving average of the weights, taken after every epoch, with this decay; 0 for none.
    augmentation
        Train on distorted copies of square pictures. X must then contain whole numbers from 0 to 255, which are divided
        by 255.
    augment
        Values of the distortion, such as ``{"rotation": 15, "alpha": 38}``, that replace those of ``augmentation``.
    subset
        Train on this many samples, with the classes in the same proportions; None for all.
    freeze
        Number of layers to freeze, from the first, for example with ``warm_start``.
    class_weight
        None, ``balanced``, or a dictionary from class to weight.
    warm_start
        Continue training when `fit` is called again, instead of starting from the beginning.
    random_state
        Random seed or generator for everything random.
    order_seed
        Random seed for the order of samples, the subset and the held-out samples alone; None for that of
        ``random_state``.
    verbose
        Print the loss after each epoch, and the accuracy on held-out samples.
    engine
        ``auto``, ``compiled`` or ``reference``, for training and for predicting many samples.
    callback
        Function that is called with the `Epoch` after each epoch; training stops if it returns True.

    Attributes
    ----------
    classes_, n_features_in_, feature_names_in_
        As in every classifier.
    checkpoint_
        The current state of the training, from which `network_`, `coefs_`, `loss_curve_` and so on are read
        (`FittedAttributes`).

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
        prepare: str = "",
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
        prune_from: int | Sequence[int] = (),
        label_smoothing: float = 0.0,
        teacher: Any = None,
        teacher_share: float = 0.9,
        teacher_temperature: float = 1.0,
        ema_decay: float = 0.0,
        augmentation: str = "none",
        augment: str | Mapping[str, float] = "",
        subset: int | None = None,
        freeze: int = 0,
        class_weight: str | dict[Any, float] | None = None,
        warm_start: bool = False,
        random_state: Any = None,
        order_seed: int | None = None,
        verbose: bool | int = False,
        dtype: str = "float32",
        engine: str = "auto",
        callback: Callable[[Epoch], bool | None] | None = None,
    ) -> None:
        self.hidden_layer_sizes, self.activation, self.output = hidden_layer_sizes, activation, output
        self.loss, self.initializer, self.solver, self.alpha = loss, initializer, solver, alpha
        self.prepare, self.prune_from = prepare, prune_from
        self.batch_size, self.learning_rate, self.learning_rate_init = batch_size, learning_rate, learning_rate_init
        self.max_iter, self.tol, self.n_iter_no_change = max_iter, tol, n_iter_no_change
        self.early_stopping, self.validation_fraction = early_stopping, validation_fraction
        self.momentum, self.beta_1, self.beta_2, self.epsilon = momentum, beta_1, beta_2, epsilon
        self.dropout, self.max_norm, self.augmentation, self.subset = dropout, max_norm, augmentation, subset
        self.augment, self.teacher = augment, teacher
        self.teacher_share, self.teacher_temperature = teacher_share, teacher_temperature
        self.label_smoothing, self.ema_decay = label_smoothing, ema_decay
        self.freeze, self.class_weight, self.warm_start = freeze, class_weight, warm_start
        self.random_state, self.order_seed = random_state, order_seed
        self.verbose, self.dtype, self.engine, self.callback = verbose, dtype, engine, callback

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on samples of shape (n, features), dense or sparse, and their labels of any type and shape (n,)."""
        parameters.check_settings(self.get_params(deep=False))
        goes_on = bool(self.warm_start) and hasattr(self, "checkpoint_")
        X, y = self._check(X, y, reset=not goes_on)
        classes = parameters.find_classes(y)
        if goes_on and not np.array_equal(classes, self.classes_):
            raise DataError(
                f"warm_start needs the same classes as the last fit, {self.classes_.tolist()}, but y has "
                f"{classes.tolist()}; give samples of the same classes, or start again with warm_start=False"
            )
        self.classes_, self._is_table = classes, goes_on and self._is_table
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
        """Train on these samples for one epoch; the first call must name all ``classes`` that will ever occur."""
        parameters.check_settings(self.get_params(deep=False))
        goes_on = hasattr(self, "checkpoint_")
        if not goes_on and classes is None:
            raise DataError("the first call of partial_fit needs classes, an array of all labels that will ever occur")
        if self.class_weight == "balanced":
            raise DataError("class_weight 'balanced' needs all samples at once; for partial_fit, give a dictionary")
        X, y = self._check(X, y, reset=not goes_on)
        named = self.classes_ if classes is None else parameters.find_classes(classes)
        if not goes_on:
            self.classes_ = named
        elif not np.array_equal(named, self.classes_):
            raise DataError(
                f"classes are {named.tolist()}, but in the first call they were {self.classes_.tolist()}; give "
                "the same classes again, or leave them out"
            )
        samples = self._make_samples(X, y, sample_weight)
        self._keep(next(self._run(samples, goes_on=goes_on, once=True)))
        return self

    def predict(self, X: Any) -> Array:
        """Return the class of each sample, shape (n,)."""
        label = self._predict(X).label
        return np.asarray(self.classes_[label.clip(max=len(self.classes_) - 1)])

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, in the order of `classes_`: float64 of shape (n, classes)."""
        found = self._predict(X).probabilities
        return found if len(self.classes_) > 1 else np.ones((len(found), 1))

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of the probabilities."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _check(self, X: Any, *y: Any, reset: bool = False) -> Any:
        """Let scikit-learn check the data, without converting floats."""
        kinds = ["float64", "float32"] if checks.find_name(self.dtype, ["float64"]) else ["float32", "float64"]
        checked = validate_data(self, X, *y, reset=reset, accept_sparse="csr", dtype=kinds)
        if y:
            if checked[1].dtype == object:
                parameters.find_classes(checked[1])
            check_classification_targets(checked[1])
        return checked

    def _make_samples(self, X: Any, y: Array, sample_weight: Any) -> Samples:
        """Convert the data to the library's form, with labels as numbers from 0."""
        labels = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        strange = self.classes_[labels] != y
        if strange.any():
            raise DataError(
                f"label {quote(y[strange].tolist()[0])} is not one of the classes, {shorten(self.classes_.tolist())}; "
                "name all classes that will ever occur in the first call of partial_fit"
            )
        weights = None
        if sample_weight is not None or self.class_weight is not None:
            weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
            balanced = isinstance(self.class_weight, str)
            weights = weights * (balance(labels) if balanced else compute_sample_weight(self.class_weight, y))
        self._takes_pixels = checks.find_name(self.augmentation, ["none"]) is None or bool(self.augment)
        self._is_table |= parameters.is_table(X, self.classes_, pixels=self._takes_pixels)
        return Samples(self._as_images(X), labels.astype(np.int64), weights)

    @property
    def divides_pixels(self) -> bool:
        """Whether the estimator was fitted with `augmentation`, which divides whole numbers from 0 to 255 by 255."""
        return self._takes_pixels

    def _as_images(self, X: Any) -> Any:
        return parameters.as_images(X) if self._takes_pixels else X

    def _run(self, samples: Samples, *, goes_on: bool, once: bool = False) -> Iterator[Epoch]:
        """Create a network or continue with the existing one; training starts when the first epoch is requested."""
        settings, done = self.get_params(deep=False), self.checkpoint_.epoch if goes_on else 0
        if not goes_on:
            self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        epochs = max(self.max_iter, done + 1) if once else done + self.max_iter
        holds_out = bool(self.early_stopping) and not once
        size = len(samples) if samples.weights is None else float(samples.weights.sum())
        config = parameters.make_training_config(settings, len(samples), size, self._seed, epochs, holds_out=holds_out)
        shape = parameters.make_network_config(settings, self.n_features_in_, max(LEAST_OUTPUTS, len(self.classes_)))
        if goes_on:
            start = parameters.continue_from(self.checkpoint_, shape, config)
        else:
            start = Checkpoint.start(Network.create(shape, self._seed), config)
        return train(start.network, samples, config, engine=self.engine, teacher=self.teacher, resume=start)

    def _keep(self, epoch: Epoch) -> bool:
        """Keep the result of an epoch, report it, and return whether to stop."""
        self.checkpoint_, scores = epoch.checkpoint, epoch.scores
        if self.verbose:
            print(f"Iteration {scores.epoch}, loss = {scores.loss:.8f}")  # noqa: T201  # asked for
            if scores.validation_accuracy is not None:
                print(f"Validation score: {scores.validation_accuracy:f}")  # noqa: T201  # likewise
        return self.callback is not None and bool(self.callback(epoch))

    def _warn_unless_converged(self) -> None:
        """Warn like MLPClassifier if all epochs are done and training has not converged."""
        at, n = self.checkpoint_, self.n_iter_no_change
        if n is None or (at.best is not None and at.epoch - at.best.epoch >= n):
            return
        warnings.warn(
            f"training has not converged after max_iter = {self.max_iter} epochs; raise max_iter or tol, or "
            "set n_iter_no_change=None to train for exactly max_iter epochs",
            ConvergenceWarning,
            stacklevel=3,
        )

    def _predict(self, X: Any) -> Predictions:
        """Run the network, in float64 for few samples; the probabilities are always float64."""
        check_is_fitted(self)
        images, network, engine = self._as_images(self._check(X)), self.checkpoint_.chosen, self.engine
        if select.takes_double(network, images.shape[0]):
            network, engine = Network.of(replace(network.config, dtype="float64"), network.parameters), "reference"
        return interpret(network, forward(network, images, engine).astype(np.float64))
