"""The meanings of names in people's code: `W1`, `weights_ih` and `hiddenWeights` are the same matrix.

These are tables of words that occur in public programs. The names of functions and methods are here too.
"""

import inspect
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

WORDS = {
    "x": "x input inputs image images img data a0 xbatch batchx xtrain trainx inputdata features sample samples row rows"
    " inputarray inputvector inputlist inputslist pixels batch xs inp minibatchx trainingdata datapoint",
    "l": "y l t label labels target targets ytrue expected onehot desired answer ybatch ytrain truth d targetslist tgt"
    " targetlist targetvector ylabel groundtruth real yreal yonehot onehoty labelsonehot actual expectedoutput ys"
    " targetoutput targetarray trainy batchy gt trueoutput correct yt lab expectedoutputs desiredoutput answers",
    "eta": "step eta lr learningrate alpha rate stepsize lrate learnrate learn α η",
    "weights": "weights ws w thetas weightmatrices",
    "biases": "biases bs b bias",
    "params": "params parameters p model network net nn theta state layers param",
    "cache": "cache caches memory activations forwardcache intermediate intermediates saved tape mem fwd memo acts",
    "grads": "grads gradients grad nablas g deltas",
    "o": "o output outputs yhat ypred ypredicted prediction predictions pred preds probs out finaloutput finaloutputs"
    " result al ŷ yp ycap predicted outputactivation probabilities",
    "epochs": "epochs epoch iterations nepochs numepochs niter iters numiterations maxiter numiter niterations steps",
    "batch": "batchsize minibatchsize m n nsamples numsamples bs size",
    "quiet": "verbose printcost printloss printevery debug log show plot",
    "case": "case",
    "sizes": "sizes layersizes layers layerdims dims architecture arch layout shape topology structure units nodes",
    "n0": "inputsize ninput nin inputs inputnodes inputdim nx ni numinputs inputs inputneurons inputunits input inputlayersize"
    " sizeinput ninputs inodes nfeatures features numinput indim d din i inputlayer nn0 numfeatures insize isize",
    "n1": "nhid hiddensize nhidden nh hidden hiddennodes hiddendim hid hiddenneurons hiddenunits hiddenlayersize sizehidden"
    " numhidden hnodes h nhiddens hiddens dh hiddenlayer hsize numhiddens",
    "n2": "outputsize noutput nout outputs outputnodes outputdim no ny numoutputs outputneurons outputunits output"
    " outputlayersize sizeoutput noutputs onodes numclasses nclasses classes outdim o dout numoutput k c outputlayer"
    " outsize osize",
}  # fmt: skip
"""The meanings and their names, in lower case without underscores; n0 to n2 are widths of layers."""

PREFIXES = {
    "dW": "dw gradw gw nablaw deltaw dldw wgrad dweights gradweights weightsgrad dedw djdw gradientw dlw",
    "db": "db gradb gb nablab deltab dldb bgrad dbias dbiases gradbias biasgrad dedb djdb gradientb dlb",
    "W": "w weights weight theta syn wt synapse",
    "b": "b bias biases bi",
    "delta": "delta d dz error err δ errors dldz",
    "z": "z s u net",
    "a": "a act activation layer l output out",
}
LAYERS = {
    "first": "ih xh h hidden hid in inputhidden i inputtohidden inh",
    "last": "ho hy o output out hiddenoutput y hiddentooutput hout",
}

FORWARD = "forward feedforward forwardpass forwardpropagation forwardprop forwardpropagate propagate predict query think run activate call output compute"
BACKWARD = "backward backprop backpropagation backwardpass backwardpropagation backwardprop backpropagate gradients computegradients computegrads grad back gradient"
UPDATE = "update updateparameters updateparams updateweights step applygradients optimize gradientdescent updateparam applyupdate sgd"
TRAIN = "train trainstep trainonbatch fit learn updateminibatch trainbatch trainsample trainone sgd trainiteration learnone traininstance update"
EVERY = f"{FORWARD} {BACKWARD} {TRAIN}"
INITIALIZE = "initialize init initializeparameters initparams initializeparams initnetwork initializenetwork createnetwork initparameters initweights initializeweights makeparams"
COST = "loss cost computeloss computecost lossfunction costfunction crossentropy mse meansquarederror calculateloss calcloss error crossentropyloss mseloss"

SHORT = 6  # letters of names such as xb or y_tr, whose first letter says what they are

_WORDS = {meaning: frozenset(words.split()) for meaning, words in WORDS.items()}
_LAYERS = {place: words.split() for place, words in LAYERS.items()}
_PATTERN = re.compile(
    "^(?P<kind>{})(?P<layer>[0-9]+|{})$".format(
        "|".join(sorted((w for words in PREFIXES.values() for w in words.split()), key=len, reverse=True)),
        "|".join(sorted((w for words in _LAYERS.values() for w in words), key=len, reverse=True)),
    )
)
_REVERSED = re.compile("^(?P<layer>hidden|output|out|hid|first|second)(?:layer)?(?P<kind>{})$".format(
    "|".join(sorted((w for words in PREFIXES.values() for w in words.split()), key=len, reverse=True))))  # fmt: skip
_KINDS = {word: kind for kind, words in reversed(PREFIXES.items()) for word in words.split()}


@lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    """Write a name without the differences of style.

    Examples
    --------
    >>> plain("self._hiddenWeights"), plain("W_1")
    ('hiddenweights', 'w1')
    """
    return name.rsplit(".", 1)[-1].replace("_", "").lower()


@lru_cache(maxsize=10_000)
def parse(name: str, layers: int, *, first: int = 1) -> tuple[str, int] | None:
    """Parse a name with a layer in it: the kind of quantity and the layer, counted from 1.

    ``first`` is the number of the program's first layer.

    Examples
    --------
    >>> parse("W_ih", 2), parse("dW2", 2), parse("delta_o", 2), parse("W0", 2, first=0), parse("hidden_bias", 2)
    (('W', 1), ('dW', 2), ('delta', 2), ('W', 1), ('b', 1))
    >>> parse("momentum", 2)
    """
    found = _PATTERN.match(plain(name)) or _REVERSED.match(plain(name))
    if not found:
        return {
            "logits": ("z", layers),
            "scores": ("z", layers),
            "h": ("a", 1),
            "hidden": ("a", 1),
            "hiddenoutputs": ("a", 1),
            "hiddens": ("a", 1),
        }.get(plain(name))
    kind, place = _KINDS[found["kind"]], found["layer"]
    if place.isdigit():
        layer = int(place) + (1 - first if kind in {"W", "b", "dW", "db"} else 0)
    else:
        layer = 1 if place in {*_LAYERS["first"], "first"} else layers
    return (kind, layer) if 1 <= layer <= layers else None


@lru_cache(maxsize=10_000)
def meanings(name: str) -> tuple[str, ...]:
    """List what a name without a layer may mean.

    Examples
    --------
    >>> meanings("learning_rate"), meanings("X_train"), meanings("spam")
    (('eta',), ('x',), ())
    """
    short = plain(name)
    found = tuple(meaning for meaning, words in _WORDS.items() if short in words)
    if not found and len(short) <= SHORT and short[:1] in {"x", "y"}:
        return ("x" if short[0] == "x" else "l",)
    return found


def is_gradient(name: str) -> bool:
    """Say whether a name is that of a gradient or of an optimizer's state, not of a parameter.

    Examples
    --------
    >>> is_gradient("dW1"), is_gradient("W1"), is_gradient("velocity_w")
    (True, False, True)
    """
    return bool(
        re.match(
            r"(d[wb]|d_|grad|delta|nabla|velocity|momentum|[vm]_d?[wb]|[vm]d[wb]|sum|acc|cache|error|prev)",
            name.rsplit(".", 1)[-1].lower(),
        )
    )


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """List the parameters of a function that can be given one by one."""
    bound = inspect.ismethod(function)
    found = _signature(getattr(function, "__func__", function))
    return found[1:] if bound else found


@lru_cache(maxsize=1_000)
def _signature(function: Callable[..., Any]) -> list[inspect.Parameter]:
    star = {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}
    return [p for p in inspect.signature(function).parameters.values() if p.kind not in star]
