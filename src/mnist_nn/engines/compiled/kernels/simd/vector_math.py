"""exp, log, sigmoid, tanh, softplus and the Threefry generator, for all lanes of a vector at once (see vector.py)."""

import numpy as np

from mnist_nn.engines.compiled.kernels.options import inline
from mnist_nn.engines.compiled.kernels.simd.lanes import (
    absolute,
    as_bits,
    fma,
    from_bits,
    maximum,
    rotate_left,
    select,
    to_float,
)

_LOG2E = np.float32(1.44269504088896341)
_LN2_HIGH = np.float32(0.693359375)  # few enough bits that n * _LN2_HIGH is exact
_LN2_LOW = np.float32(-2.12194440e-4)


_ROUNDER = np.float32(12582912)  # 1.5 * 2**23: adding it leaves no room for a fraction, and puts n in the lowest bits


@inline
def clamp(x, low, high):
    """Limit x to low .. high. NaN stays NaN, so that a network that diverges shows it (`maximum` would hide it)."""
    return select(x < low, low, select(x > high, high, x))


@inline
def _exp_parts(x):
    """2**n and q = exp(r) - 1, where x = n ln 2 + r and |r| <= ln 2 / 2; |x| is at most about 88."""
    shifted = fma(x, _LOG2E, _ROUNDER)
    n = shifted - _ROUNDER
    r = fma(n, -_LN2_LOW, fma(n, -_LN2_HIGH, x))
    p = fma(r, 1.9875691500e-4, 1.3981999507e-3)
    p = fma(p, r, 8.3334519073e-3)
    p = fma(p, r, 4.1665795894e-2)
    p = fma(p, r, 1.6666665459e-1)
    p = fma(p, r, 5.0000001201e-1)
    power = from_bits((as_bits(shifted) << 23) + 0x3F800000)  # n goes straight into the exponent's bits
    return power, fma(p, r * r, r)


@inline
def exp(x):
    """e**x; x is limited to -87.3 .. 88.3, where float32 has results with full precision."""
    power, q = _exp_parts(clamp(x, -87.33, 88.37))
    return fma(q, power, power)


@inline
def log(x):
    """The natural logarithm of positive, normal, finite x (Cephes' polynomial)."""
    bits = as_bits(x)
    above = (bits & 0x7FFFFF) > 0x3504F3  # mantissa above sqrt 2: halve it, so that it lies around 1
    exponent = (bits >> 23) - 127
    m = from_bits((bits & 0x7FFFFF) | 0x3F800000)
    n = to_float(select(above, exponent + 1, exponent))
    f = select(above, m * 0.5, m) - 1.0
    p = fma(f, 7.0376836292e-2, -1.1514610310e-1)
    for c in (
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    ):
        p = fma(p, f, c)
    z = f * f
    tail = fma(z, -0.5, fma(f * z, p, n * _LN2_LOW))
    return fma(n, _LN2_HIGH, f + tail)


@inline
def sigmoid(z):
    """1 / (1 + exp(-z)); z is limited to ±87.3, which keeps the result above the slow denormal numbers."""
    power, q = _exp_parts(clamp(0.0 - z, -87.33, 87.33))
    return 1.0 / (fma(q, power, power) + 1.0)


@inline
def sigmoid_and_softplus(z):
    """sigmoid(z) and d = 1 + exp(-|z|): softplus(z) is max(z, 0) + log d, and d, in 1 to 2, may be multiplied up."""
    u = exp(0.0 - absolute(z))
    d = u + 1.0
    return select(z < 0.0, u, 1.0) / d, d


@inline
def softplus(z):
    """log(1 + exp(z))."""
    return maximum(z, 0.0) + log1p_of_unit(exp(0.0 - absolute(z)))


@inline
def log1p_of_unit(u):
    """log(1 + u) for 0 <= u <= 1: the error of rounding 1 + u is put back to first order."""
    d = u + 1.0
    return log(d) + (u - (d - 1.0)) / d


@inline
def tanh(x):
    """The hyperbolic tangent, as expm1(2|x|) / (expm1(2|x|) + 2) with the sign put back."""
    power, q = _exp_parts(clamp(absolute(x) * 2.0, 0.0, 20.0))
    expm1 = fma(q, power, power - 1.0)
    return from_bits(as_bits(expm1 / (expm1 + 2.0)) | (as_bits(x) & 0x80000000))


@inline
def _four_rounds(x0, x1, r0, r1, r2, r3):
    """Four rounds of Threefry: add, rotate, exclusive or."""
    x0 = x0 + x1
    x1 = rotate_left(x1, r0) ^ x0
    x0 = x0 + x1
    x1 = rotate_left(x1, r1) ^ x0
    x0 = x0 + x1
    x1 = rotate_left(x1, r2) ^ x0
    x0 = x0 + x1
    x1 = rotate_left(x1, r3) ^ x0
    return x0, x1


@inline
def threefry(key0, key1, counter0, counter1):
    """Threefry2x32 with 20 rounds, as in `util.randomness`: a scalar key, vector counters, two words per lane."""
    key2 = key0 ^ key1 ^ np.uint32(0x1BD11BDA)
    x0, x1 = counter0 + key0, counter1 + key1
    x0, x1 = _four_rounds(x0, x1, 13, 15, 26, 6)
    x0, x1 = x0 + key1, x1 + key2 + 1
    x0, x1 = _four_rounds(x0, x1, 17, 29, 16, 24)
    x0, x1 = x0 + key2, x1 + key0 + 2
    x0, x1 = _four_rounds(x0, x1, 13, 15, 26, 6)
    x0, x1 = x0 + key0, x1 + key1 + 3
    x0, x1 = _four_rounds(x0, x1, 17, 29, 16, 24)
    x0, x1 = x0 + key1, x1 + key2 + 4
    x0, x1 = _four_rounds(x0, x1, 13, 15, 26, 6)
    return x0 + key2, x1 + key0 + 5
