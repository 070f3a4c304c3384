"""A model as one C99 header, with float weights and with 8-bit weights; it allocates nothing and needs only <math.h>.

The frame of the header is header.h.template; this module fills in the numbers and the lines that depend on the network.
"""

import math
import re
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Dataset
from mnist_nn.data.deskewing import COLUMN_STEPS, SLANT_STEPS
from mnist_nn.errors import ConfigError, quote
from mnist_nn.evaluation.calibration import Z_FEATURES, Calibration
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.export.c.int8 import (
    MOST,
    MOST_BYTE,
    MOST_INPUTS,
    Int8,
    biases_with_refusal,
    measure_steps,
    weights_with_refusal,
)
from mnist_nn.export.limits import NOT_A_DIGIT, TOO_NEAR, collect_limits
from mnist_nn.export.metadata import LOWEST, collect_facts, format_shape, to_single
from mnist_nn.export.vectors import Vectors, predict_exactly
from mnist_nn.export.verification import INT8_TOLERANCE, TOLERANCE
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.activations import LEAK
from mnist_nn.nn.config import NetworkConfig

Array = npt.NDArray[Any]
MEASURED_ON = 10_000  # training images, at most
COLUMNS = 8  # numbers in a line
PREFIX = "mnist_nn"
STEPS_NAME = "mnist_nn_step"
NOT_A_DIGIT_NAME = "MNIST_NN_NOT_A_DIGIT"
ACCEPT_AT = "MNIST_NN_ACCEPT_AT_"
FLASH = " MNIST_NN_FLASH"
NO_FLOAT = "MNIST_NN_NO_FLOAT"
SPACE, ASCII = ord(" "), 2**7
AVR_ARRAY = 2**15 - 1  # bytes that an array may take there

EXPRESSIONS = {
    "sigmoid": f"1.0f / (1.0f + expf(z > {LOWEST}f ? -z : {-LOWEST}f))",
    "tanh": "tanhf(z)",
    "relu": "z > 0.0f ? z : 0.0f",
    "leaky_relu": f"z > 0.0f ? z : {LEAK}f * z",
}
TO_STEPS = """
/* The nearest whole number of steps, within a range. */
static inline int16_t mnist_nn_steps(float a, float step, float low, float high)
{
    const float q = floorf(a / step + 0.5f);
    return (int16_t)(q < low ? low : q > high ? high : q);
}
"""
DESKEW = """
/* Round a quotient down; b is positive. */
static inline int64_t mnist_nn_divide(int64_t a, int64_t b)
{
    return a / b - (a %% b < 0);
}

/* Shear a picture by its own moments so that its strokes stand upright, in whole numbers. */
static inline void mnist_nn_deskew(const unsigned char pixels[MNIST_NN_INPUTS], unsigned char upright[MNIST_NN_INPUTS])
{
    int32_t ink = 0, x = 0, y = 0, xy = 0, yy = 0;
    for (int r = 0; r < %(side)d; r++) {
        for (int c = 0; c < %(side)d; c++) {
            const int32_t p = pixels[r * %(side)d + c];
            ink += p, x += p * c, y += p * r, xy += p * r * c, yy += p * r * r;
        }
    }
    const int64_t covariance = (int64_t)ink * xy - (int64_t)x * y, variance = (int64_t)ink * yy - (int64_t)y * y;
    const int64_t slant = mnist_nn_divide(%(slant)d * covariance, variance > 1 ? variance : 1);
    const int64_t most = slant > %(slant)d ? %(slant)d : slant < -%(slant)d ? -%(slant)d : slant;
    for (int r = 0; r < %(side)d; r++) {
        const int64_t shift = ink ? mnist_nn_divide(most * ((int64_t)r * ink - y), (int64_t)%(steps)d * ink) : 0;
        const int whole = (int)mnist_nn_divide(shift, %(column)d), row = r * %(side)d;
        const int32_t part = (int32_t)(shift - (int64_t)whole * %(column)d);
        for (int c = 0; c < %(side)d; c++) {
            const int from = c + whole;
            const int32_t left = from >= 0 && from < %(side)d ? pixels[row + from] : 0;
            const int32_t right = from >= -1 && from < %(side)d - 1 ? pixels[row + from + 1] : 0;
            const int32_t mixed = (%(column)d - part) * left + part * right;
            upright[row + c] = (unsigned char)((mixed + %(column)d / 2) / %(column)d);
        }
    }
}
"""
UPRIGHT = """\
    unsigned char upright[MNIST_NN_INPUTS];
    mnist_nn_deskew(pixels, upright);
"""
SCORE = """\
    float second = z[label > 0 ? 0 : 1], rest = 0.0f;
    for (int i = 0; i < MNIST_NN_CLASSES; i++) {
        if (i != label && z[i] > second) second = z[i];
        rest += expf(z[i] - z[label]);
    }
    const float energy = z[label] + logf(rest);
    *is_digit = mnist_nn_sigmoid(z[MNIST_NN_CLASSES] + %sf * energy + %sf * z[label] + %sf * second + %sf);"""

JUDGED = """
/* Whether every picture passes the expected number of limits; pictures too close to a limit have none. */
static int mnist_nn_check_limits(void)
{
    int wrong = 0;
    for (int t = 0; t < MNIST_NN_TESTS; t++) {
        float probabilities[MNIST_NN_CLASSES], is_digit;
        const int label = mnist_nn_predict(mnist_nn_test_pixels[t], probabilities, &is_digit);
        const float confidence = probabilities[label] * is_digit;
        const int passed = %s;
        wrong += mnist_nn_test_passed[t] != %d && mnist_nn_test_passed[t] != passed;
    }
    printf("limit %%d pictures, %%d judged differently: %%s\\n", MNIST_NN_TESTS, wrong, wrong ? "WRONG" : "ok");
    return wrong == 0;
}
"""


def write(model: Model, vectors: Vectors, data: Dataset | None, prefix: str = PREFIX) -> bytes:
    """Write the header; the 8-bit form is measured on ``data``.

    Parameters
    ----------
    model, vectors, data
        The same as for all other formats.
    prefix
        The prefix of all names in the header (in capitals for constants), so that one program can include two headers.

    Raises
    ------
    ConfigError
        If the data does not fit, a layer is too wide for 32-bit sums, or the prefix cannot begin a C name.

    Examples
    --------
    >>> check_prefix("2nd")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mnist_nn.errors.ConfigError: prefix is '2nd'; give lower-case letters, digits and _, beginning with a letter, ...
    """
    check_prefix(prefix)
    data = _check(model, data)
    single = to_single(model)
    int8 = Int8.of(single, measure_steps(single, data.train.images[:: max(1, len(data.train) // MEASURED_ON)]))
    predictions = int8.predict(single, vectors.images)
    text = Template(files(__package__).joinpath("header.h.template").read_text("utf-8")).substitute(
        **_about(single, int8, data),
        **_code(single, int8),
        defines=_defines(single),
        arrays=_weights(single, int8) + _class_names(single),
        tests=len(vectors.images),
        vectors=_tests(vectors, predictions),
        check_limits=_check_limits(single.calibration),
        judged="mnist_nn_check_limits()" if single.calibration else "1",
        tolerance=TOLERANCE,
        tolerance_int8=INT8_TOLERANCE,
    )
    return rename(text, prefix).encode("ascii")


def _class_names(model: Model) -> str:
    """Write a function that names the classes, unless they are plain numbers."""
    if not model.class_names:
        return ""
    quoted = "".join(f'        "{escape(name)}",\n' for name in model.class_names)
    return (
        "\n/* The name of a class, in UTF-8. */\n"
        "static inline const char *mnist_nn_class_name(int label)\n{\n"
        f"    static const char *const names[MNIST_NN_CLASSES] = {{\n{quoted}    }};\n    return names[label];\n}}\n"
    )


def escape(name: str) -> str:
    r"""Write a text for C's quotation marks; all but plain letters and digits become octal numbers.

    Examples
    --------
    >>> print(escape('A "b" é'))
    A \042b\042 \303\251
    """
    return "".join(chr(b) if (chr(b).isalnum() and b < ASCII) or b == SPACE else f"\\{b:03o}" for b in name.encode())


def rename(text: str, prefix: str) -> str:
    """Replace the prefix of all names in a text, which is `PREFIX`.

    Examples
    --------
    >>> rename("mnist_nn_predict(x) MNIST_NN_INPUTS", "other")
    'other_predict(x) OTHER_INPUTS'
    """
    return text.replace(f"{PREFIX}_", f"{prefix}_").replace(f"{PREFIX.upper()}_", f"{prefix.upper()}_")


def check_prefix(prefix: str) -> None:
    """Raise ConfigError unless C names may begin with the prefix."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", prefix):
        raise ConfigError(
            f"prefix is {quote(prefix)}; give lower-case letters, digits and _, beginning with a letter, such as digits"
        )


def _check(model: Model, data: Dataset | None) -> Dataset:
    config = model.network.config
    if data is None:
        raise ConfigError(
            f"the 8-bit form in a C header is measured on images of {config.inputs} pixels and at most "
            f"{config.outputs} classes; give such a data set with --data DIR"
        )
    if other := data.describe_other(model.data):
        raise ConfigError(
            f"{other}; give the data the model was trained on with --data, because the 8-bit form is measured on it"
        )
    if max(config.sizes[:-1]) > MOST_INPUTS:
        raise ConfigError(
            f"a layer of {max(config.sizes[:-1])} units is too wide for 32-bit sums of 8-bit products, "
            f"which allow {MOST_INPUTS}; choose another format"
        )
    return data


def _about(model: Model, int8: Int8, data: Dataset) -> dict[str, str | int]:
    """Return the facts for the comment at the top."""
    config, test = model.network.config, data.test
    images = test.images.reshape(len(test), -1)
    shares = {
        "accuracy": (predict_exactly(model, images).label == test.labels).mean(),
        "accuracy_int8": (int8.predict(model, images).label == test.labels).mean(),
    }
    measured = f"of the {len(test):,} test images of {re.sub('[^A-Za-z0-9 ._-]', '_', data.name)}"
    rows, biases = int8.rows, 4 * sum(map(len, int8.biases))
    names = ", ".join(config.activation) or "no hidden layer"
    return {
        "made_by": collect_facts(model)["made_by"],
        "inputs": config.inputs,
        "classes": config.outputs,
        "shape": format_shape(config),
        "activations": f"{names}; {config.output} outputs",
        "uncalibrated": "" if model.calibration else "; always 1 here, because the model is not calibrated",
        "refusal": _refusal_comment(model.calibration),
        "bytes_float": 4 * sum(W.size for W in rows) + biases,
        "bytes_int8": sum(W.size for W in rows) + 2 * biases,
        "on_avr": "" if _fits_avr(rows) else "; only the 8-bit form, as no array may be above 32 KB",
        "largest_avr": "" if _fits_avr(rows) else f"#define {NO_FLOAT}\n",
        "stack": 4 * sum(config.sizes) + 4 * max(config.sizes[1:]) + 200 + (config.inputs if config.prepare else 0),
        **{name: f"{100 * share:.2f} % {measured}" for name, share in shares.items()},
    }


def _fits_avr(rows: Sequence[Array]) -> bool:
    """Whether every layer's float weights fit into one array on AVR."""
    return 4 * max(W.size for W in rows) <= AVR_ARRAY


def _refusal_comment(calibration: Calibration | None) -> str:
    if calibration is None:
        return ""
    return (
        " *\n * If is_digit < MNIST_NN_NOT_A_DIGIT, the picture does not show a digit. If the confidence is at least\n"
        " * MNIST_NN_ACCEPT_AT_0_01, accept the label: at most 0.01 (1 %) of the single digits accepted are wrong,\n"
        " * as tested with float weights on digits that the network has not learned from. One calibration in 20 may\n"
        " * break this promise. The other constants below promise other shares; a missing share cannot be reached.\n"
    )


def _defines(model: Model) -> str:
    widest = max(map(len, biases_with_refusal(model)))
    limits = collect_limits(model.calibration).items()
    lines = [f"#define MNIST_NN_WIDEST {widest}", *(f"#define {_constant(name)} {_float(at)}f" for name, at in limits)]
    return "\n".join(lines) + "\n"


def _constant(limit: str) -> str:
    """Return the name of the constant that holds a limit."""
    return NOT_A_DIGIT_NAME if limit == NOT_A_DIGIT else f"{ACCEPT_AT}{limit.replace('.', '_')}"


def _check_limits(calibration: Calibration | None) -> str:
    if calibration is None:
        return ""
    names = [name for name in collect_limits(calibration) if name != NOT_A_DIGIT]
    passes = [f"(confidence >= {_constant(name)})" for name in names]
    return JUDGED % (" + ".join([f"(is_digit >= {_constant(NOT_A_DIGIT)})", *passes]), TOO_NEAR)


def _weights(model: Model, int8: Int8) -> str:
    """Write the weights, biases and scales of every layer, input by input."""
    parts = []
    for k, (W, b) in enumerate(zip(weights_with_refusal(model), biases_with_refusal(model), strict=True)):
        parts += [
            f"#ifndef {NO_FLOAT}\n{_array('float', f'mnist_nn_W{k + 1}', W.T.ravel(), FLASH)}#endif\n",
            _array("float", f"mnist_nn_b{k + 1}", b, FLASH),
            _array("int8_t", f"mnist_nn_Q{k + 1}", int8.rows[k].T.ravel(), FLASH),
            _array("float", f"mnist_nn_scale{k + 1}", int8.factors[k], FLASH),
        ]
    if int8.steps:
        parts.append(_array("float", STEPS_NAME, np.array(int8.steps), FLASH))
    return "".join(parts)


def _code(model: Model, int8: Int8) -> dict[str, str]:
    config, temperature = model.network.config, model.calibration.temperature if model.calibration else 1.0
    used = {*config.activation, *(["sigmoid"] if config.output == "sigmoid" or model.calibration else [])}
    functions = "".join(
        f"\nstatic inline float mnist_nn_{name}(float z)\n{{\n    return {EXPRESSIONS[name]};\n}}\n"
        for name in EXPRESSIONS
        if name in used
    )
    tempered = f"z[i] / {_float(temperature)}f"
    shifted = f"expf((z[i] - z[label]) / {_float(temperature)}f)"
    output = f"mnist_nn_sigmoid({tempered})" if config.output == "sigmoid" else shifted
    return {
        "functions": functions + (TO_STEPS if config.hidden else "") + _deskewing(config),
        "upright": UPRIGHT if config.prepare else "",
        "picture": "upright" if config.prepare else "pixels",
        "output": f"        probabilities[i] = {output};",
        "is_digit": _score(model.calibration),
        "float_layers": _layers(int8, whole=False),
        "int8_layers": _layers(int8, whole=True),
    }


def _deskewing(config: NetworkConfig) -> str:
    if not config.prepare:
        return ""
    steps = {"slant": SLANT_STEPS, "column": COLUMN_STEPS, "steps": SLANT_STEPS // COLUMN_STEPS}
    return DESKEW % {"side": math.isqrt(config.inputs), **steps}


def _score(calibration: Calibration | None) -> str:
    if calibration is None:
        return "    *is_digit = 1.0f;"
    return SCORE % (*(_float(u) for u in calibration.weights[-Z_FEATURES:]), _float(calibration.bias))


def _layers(int8: Int8, *, whole: bool) -> str:
    """Write the lines that run one layer after the other."""
    lines, last = [], len(int8.rows)
    for k, rows in enumerate(int8.rows, 1):
        units, inputs = rows.shape
        suffix, numbers, fed = ("_int8", f"Q{k}, mnist_nn_scale{k}", "q") if whole else ("", f"W{k}", "a")
        lines.append(f"    float a{k}[{units}];")
        lines.append(
            f"    mnist_nn_layer{suffix}({inputs}, {units}, mnist_nn_{numbers}, mnist_nn_b{k}, {fed}{k - 1}, a{k});"
        )
        if k < last:
            lines += _after(int8, k, units, whole=whole)
    lines.append(f"    return mnist_nn_answer(a{last}, probabilities, is_digit);")
    return "\n".join(lines)


def _after(int8: Int8, k: int, units: int, *, whole: bool) -> list[str]:
    """Write the lines for the activation of hidden layer k and its rounding to steps."""
    name, loop = int8.activation[k - 1], f"    for (int u = 0; u < {units}; u++)"
    value = f"a{k}[u]" if name == "identity" else f"mnist_nn_{name}(a{k}[u])"
    if not whole:
        return [] if name == "identity" else [f"{loop} a{k}[u] = {value};"]
    low, high = (-MOST, MOST) if int8.signed[k - 1] else (0, MOST_BYTE)
    step = f"MNIST_NN_READ_FLOAT({STEPS_NAME} + {k - 1})"
    return [
        f"    int16_t q{k}[{units}];",
        f"{loop} q{k}[u] = mnist_nn_steps({value}, {step}, {low}.0f, {high}.0f);",
    ]


def _tests(vectors: Vectors, int8: Predictions) -> str:
    predictions, passed = vectors.predictions, vectors.passed
    return "".join(
        [
            _array("unsigned char", "mnist_nn_test_pixels", vectors.images),
            _array("float", "mnist_nn_test_probabilities", predictions.probabilities),
            _array("float", "mnist_nn_test_is_digit", predictions.is_digit),
            _array("float", "mnist_nn_int8_probabilities", int8.probabilities),
            _array("float", "mnist_nn_int8_is_digit", int8.is_digit),
            *([] if passed is None else [_array("int", "mnist_nn_test_passed", passed)]),
        ]
    )


def _array(kind: str, name: str, values: Array, place: str = "") -> str:
    sides = "".join(f"[{side}]" for side in values.shape)
    rows = [_numbers(row, kind) for row in np.atleast_2d(values)]
    body = rows[0] if values.ndim == 1 else ",\n".join(f"{{\n{row}\n}}" for row in rows)
    return f"static const {kind} {name}{sides}{place} = {{\n{body}\n}};\n"


def _numbers(values: Array, kind: str) -> str:
    """Write numbers with commas, several to a line; a float is the shortest text that gives the same float."""
    if kind == "float":
        texts = [f"{text}f" for text in values.astype(np.float32).astype(str).tolist()]
    else:
        texts = values.astype(str).tolist()
    return ",\n".join(", ".join(texts[at : at + COLUMNS]) for at in range(0, len(texts), COLUMNS))


def _float(value: float) -> str:
    return str(np.float32(value))
