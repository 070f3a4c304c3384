"""The equations, one by one: the classic network on one real image, then on all of MNIST.

Open it with ``marimo edit notebooks/equations.py`` or run it with ``python notebooks/equations.py``.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="The equations, one by one")

with app.setup:
    import time

    import marimo as mo
    import numpy as np
    from matplotlib.figure import Figure

    from mnist_nn import Network, NetworkConfig, TrainingConfig, evaluate, load_data, train
    from mnist_nn.nn.config import resolve_learning_rate
    from mnist_nn.util import randomness


@app.function
def told(*lines):
    """Show lines as the output of a cell: a script prints them, an app shows them below the code of the cell."""
    text = "\n".join(lines)
    if mo.app_meta().mode == "script" and text:
        print(text)
    shown = mo.plain_text(text) if text else None
    return mo.show_code(shown, position="above") if mo.app_meta().mode == "run" else shown


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    # The equations, one by one

    A network that reads digits consists of eight short equations. This notebook computes them in order on one real
    image of MNIST, and each takes one line of NumPy:

    $$
    \begin{aligned}
    z_h &= W_{ih}\, x + b_{ih} & h &= \sigma(z_h) & z_o &= W_{ho}\, h + b_{ho} & o &= \sigma(z_o) \\
    \delta_o &= o - l & \delta_h &= (W_{ho}^T \delta_o) \odot h \odot (1 - h) &
    \frac{\partial L}{\partial W} &= \delta\, (\text{input})^T & W &\leftarrow W - \eta\, \frac{\partial L}{\partial W}
    \end{aligned}
    $$

    The network has 784 pixels, 20 hidden units and 10 outputs. Vectors are columns, as in a textbook, and $\odot$
    multiplies element by element. You can check every derivative: next to it is the slope that we measure by changing
    the number a little. At the end, the same lines learn to read all of MNIST, and we compare them with the library.

    Move a slider, and everything below it is computed again.
    """)
    return


@app.cell
def _():
    data = load_data("mnist")
    which = mo.ui.slider(0, len(data.train) - 1, value=0, label="training image", include_input=True, debounce=True)
    stage = mo.ui.dropdown(["fresh", "after one epoch"], value="fresh", label="weights")
    mo.hstack([which, stage], justify="start")
    return data, stage, which


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 1 · The image, $x$ and $l$

    An image has 28×28 bytes: 0 is paper, 255 is ink. Divide it by 255 and stack its rows into one column, and you have
    $x$. The label $l$ is a column of ten numbers: 1 for the right digit and 0 for the others.
    """)
    return


@app.cell
def _(data, which):
    image, label = data.train.images[which.value], int(data.train.labels[which.value])

    x = image.reshape(784, 1) / 255
    l = np.eye(10)[:, [label]]

    told(
        f"image {which.value} is a {label}",
        f"x {x.shape} from {x.min():g} to {x.max():g}; {np.mean(x > 0):.0%} of the pixels have ink",
        f"l {l.shape}  {l.ravel()}",
    )
    return image, l, label, x


@app.cell(hide_code=True)
def _(image, label, x):
    _figure = Figure(figsize=(9, 2.4), layout="constrained")
    _left, _right = _figure.subplots(1, 2, width_ratios=(1, 3))
    _left.imshow(image, cmap="gray_r")
    _left.set(title=f"a {label}", xticks=(), yticks=())
    _right.fill_between(np.arange(784), x.ravel(), step="mid", color="0.3")
    _right.set(title="the same as x: row after row", xlabel="number of the pixel", ylabel="x")
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 2 · What can be learned: $W_{ih}$, $b_{ih}$, $W_{ho}$, $b_{ho}$

    The network has 15,910 parameters. The weights start as small random numbers, and the biases start at zero. The
    random numbers follow from a seed, so everybody gets the same ones. We use float64 here because we are going to
    measure derivatives; float32 is enough for training.
    """)
    return


@app.cell
def _(data, stage):
    network = Network.create(NetworkConfig(dtype="float64"), seed=0)
    if stage.value == "after one epoch":
        (_epoch,) = train(Network.create(seed=0), data.train, TrainingConfig(epochs=1))
        network = Network.of(network.config, _epoch.network.parameters)

    W_ih, W_ho = network.weights
    b_ih, b_ho = (b.reshape(-1, 1) for b in network.biases)

    told(
        f"W_ih {W_ih.shape}, b_ih {b_ih.shape}, W_ho {W_ho.shape}, b_ho {b_ho.shape}",
        f"the weights of hidden unit 0 go from {W_ih[0].min():.4f} to {W_ih[0].max():.4f}",
    )
    return W_ho, W_ih, b_ho, b_ih, network


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 3 · The hidden layer weighs the pixels: $z_h = W_{ih}\, x + b_{ih}$

    The shapes are $(20 \times 784) \cdot (784 \times 1) + (20 \times 1)$. Each hidden unit has one weight for each
    pixel. It multiplies every pixel by its weight and adds up the products. Choose a unit to see this as pictures.
    """)
    return


@app.cell
def _(W_ih, b_ih, x):
    z_h = W_ih @ x + b_ih

    told(f"z_h {z_h.shape}", f"{z_h.ravel().round(3)}")
    return (z_h,)


@app.cell
def _():
    unit = mo.ui.slider(0, 19, value=0, label="hidden unit", show_value=True)
    unit
    return (unit,)


@app.cell(hide_code=True)
def _(W_ih, unit, x, z_h):
    _pictures = {
        "x": x.ravel(),
        f"row {unit.value} of W_ih": W_ih[unit.value],
        f"their product, sum {z_h[unit.value, 0]:.3f}": W_ih[unit.value] * x.ravel(),
    }
    _figure = Figure(figsize=(9, 3), layout="constrained")
    for _ax, (_title, _values) in zip(_figure.subplots(1, 3), _pictures.items(), strict=True):
        _limit = np.abs(_values).max()
        _shown = _ax.imshow(_values.reshape(28, 28), cmap="RdBu_r", vmin=-_limit, vmax=_limit)
        _ax.set(title=_title, xticks=(), yticks=())
        _figure.colorbar(_shown, ax=_ax, shrink=0.8)
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 4 · Each unit makes a soft decision: $h = \sigma(z_h)$, with $\sigma(z) = 1 / (1 + e^{-z})$

    The shape stays $(20 \times 1)$. A large positive sum gives almost 1, and a large negative sum gives almost 0. The
    slope of this curve is $\sigma' = h\,(1 - h)$, which is never more than a quarter. We will need it in section 8.
    """)
    return


@app.cell
def _():
    def sigmoid(z):
        """Compute σ(z). The library's version also keeps float32 from overflowing below -88."""
        return 1 / (1 + np.exp(-z))

    told()
    return (sigmoid,)


@app.cell
def _(sigmoid, z_h):
    h = sigmoid(z_h)

    told(f"h {h.shape}", f"{h.ravel().round(3)}")
    return (h,)


@app.cell(hide_code=True)
def _(h, sigmoid, unit, z_h):
    _figure = Figure(figsize=(9, 2.6), layout="constrained")
    _ax = _figure.subplots()
    _z = np.linspace(-6, 6, 200)
    _ax.plot(_z, sigmoid(_z), color="0.7", label="σ")
    _ax.plot(_z, sigmoid(_z) * (1 - sigmoid(_z)), ":", color="0.5", label="its slope")
    _ax.plot(z_h, h, "o", label="the 20 hidden units")
    _ax.plot(z_h[unit.value], h[unit.value], "o", markersize=11, fillstyle="none", label=f"unit {unit.value}")
    _ax.set(xlabel="z", ylabel="σ(z)")
    _ax.legend()
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 5 · The output layer does the same: $z_o = W_{ho}\, h + b_{ho}$ and $o = \sigma(z_o)$

    The shapes are $(10 \times 20) \cdot (20 \times 1) + (10 \times 1)$. There are ten outputs, one for each digit. The
    largest one is the answer.
    """)
    return


@app.cell
def _(W_ho, b_ho, h, label, sigmoid):
    z_o = W_ho @ h + b_ho
    o = sigmoid(z_o)

    told(
        f"z_o {z_o.shape}  {z_o.ravel().round(3)}",
        f"o   {o.shape}  {o.ravel().round(3)}",
        f"the answer is {o.argmax()}, the label {label}",
    )
    return o, z_o


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 6 · How wrong is that? Two losses

    The classic rule prints the **mean squared error**:

    $$\mathrm{MSE} = \frac{1}{n} \sum_i (o_i - l_i)^2 .$$

    We also compute a second loss, the **summed binary cross-entropy**. Section 7 shows why:

    $$\mathrm{BCE} = -\sum_i \left[\, l_i \ln o_i + (1 - l_i) \ln(1 - o_i) \,\right].$$
    """)
    return


@app.cell
def _():
    def mean_squared_error(o, l):
        """Compute the loss that the classic rule prints."""
        return np.mean((o - l) ** 2)

    def cross_entropy(o, l):
        """Add up the surprise of ten yes-or-no answers; o is kept away from 0 and 1, where a logarithm is infinite."""
        o = np.clip(o, 1e-16, 1 - 1e-16)
        return -np.sum(l * np.log(o) + (1 - l) * np.log(1 - o))

    told()
    return cross_entropy, mean_squared_error


@app.cell
def _(cross_entropy, l, mean_squared_error, o):
    told(f"MSE {mean_squared_error(o, l):.6f}", f"BCE {cross_entropy(o, l):.6f}")
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 7 · The error at the output: $\delta_o = o - l$

    The shape is $(10 \times 1)$. An output that is too large has a positive error, and one that is too small a negative
    error. $\delta_o$ should be $\partial L / \partial z_o$, the change of the loss when we change $z_o$. But of *which*
    loss? We can measure it: move each number a little up and a little down, and see how the loss changes.

    $$\frac{\partial L}{\partial p} \approx \frac{L(p + s) - L(p - s)}{2 s}, \qquad s = 10^{-5}.$$
    """)
    return


@app.cell
def _():
    def numerical(loss, *arrays, step=1e-5):
        """Measure the slope of a loss along every number of some arrays, without any calculus."""
        arrays = [np.array(p) for p in arrays]
        slopes = [np.empty_like(p) for p in arrays]
        for p, slope in zip(arrays, slopes, strict=True):
            for at in np.ndindex(p.shape):
                kept = p[at]
                p[at] = kept + step
                up = loss(*arrays)
                p[at] = kept - step
                down = loss(*arrays)
                p[at], slope[at] = kept, (up - down) / (2 * step)
        return slopes

    def distance(a, b):
        """Compute ‖a - b‖ / (‖a‖ + ‖b‖): 0 for equal arrays, 1 for opposite ones."""
        return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))

    told()
    return distance, numerical


@app.cell
def _(
    cross_entropy,
    distance,
    l,
    mean_squared_error,
    numerical,
    o,
    sigmoid,
    z_o,
):
    delta_o = o - l

    (bce_slope,) = numerical(lambda z: cross_entropy(sigmoid(z), l), z_o)
    (mse_slope,) = numerical(lambda z: mean_squared_error(sigmoid(z), l), z_o)
    _rows = np.hstack([delta_o, bce_slope, mse_slope])
    told(
        "digit    delta_o   slope of BCE   slope of MSE",
        *(f"{digit:5} {ours:10.6f} {bce:14.6f} {mse:14.6f}" for digit, (ours, bce, mse) in enumerate(_rows)),
        f"distance from delta_o: {distance(delta_o, bce_slope):8.1e} {distance(delta_o, mse_slope):14.2f}",
    )
    return bce_slope, delta_o, mse_slope


@app.cell(hide_code=True)
def _(bce_slope, delta_o, mse_slope):
    _figure = Figure(figsize=(9, 2.6), layout="constrained")
    _ax = _figure.subplots()
    _digits = np.arange(10)
    _ax.bar(_digits, delta_o.ravel(), color="0.8", label="delta_o = o - l")
    _ax.plot(_digits, bce_slope, "o", label="measured slope of BCE")
    _ax.plot(_digits, mse_slope, "x", markersize=8, label="measured slope of MSE")
    _ax.axhline(0, color="0.5", linewidth=0.8)
    _ax.set(xlabel="output", xticks=_digits, ylabel="∂L/∂z_o")
    _ax.legend()
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **The classic rule prints one loss and descends another.** As far as we can measure, $o - l$ is the gradient of the
    cross-entropy. In $\partial\,\mathrm{BCE} / \partial o_i = (o_i - l_i) / (o_i (1 - o_i))$, the denominator equals
    the slope of the sigmoid, so the two cancel. For the MSE nothing cancels, and the gradient is
    $\frac{2}{n} (o - l) \odot o \odot (1 - o)$. Section 11 shows what this means for learning. From here on, $L$ is the
    cross-entropy.

    ## 8 · The error goes back one layer: $\delta_h = (W_{ho}^T\, \delta_o) \odot h \odot (1 - h)$

    We compute $(20 \times 10) \cdot (10 \times 1)$ and then multiply element by element by $(20 \times 1)$. Two factors
    decide how much a hidden unit contributed to the errors: its weights to the outputs ($W_{ho}^T \delta_o$), and how
    much its own sum still moves it ($h (1 - h)$). $\delta_h$ should be $\partial L / \partial z_h$, so we change $z_h$
    and measure:
    """)
    return


@app.cell
def _(
    W_ho,
    b_ho,
    cross_entropy,
    delta_o,
    distance,
    h,
    l,
    numerical,
    sigmoid,
    z_h,
):
    delta_h = (W_ho.T @ delta_o) * h * (1 - h)

    (delta_h_slope,) = numerical(lambda z: cross_entropy(sigmoid(W_ho @ sigmoid(z) + b_ho), l), z_h)
    told(
        f"delta_h  {delta_h.shape}  {delta_h[:6, 0].round(6)} …",
        f"measured {delta_h_slope.shape}  {delta_h_slope[:6, 0].round(6)} …",
        f"distance {distance(delta_h, delta_h_slope):.1e}",
    )
    return delta_h, delta_h_slope


@app.cell(hide_code=True)
def _(W_ho, delta_h, delta_h_slope, delta_o):
    _figure = Figure(figsize=(9, 2.6), layout="constrained")
    _ax = _figure.subplots()
    _units = np.arange(20)
    _ax.bar(_units, (W_ho.T @ delta_o).ravel(), color="0.9", label="blame: W_hoᵀ delta_o")
    _ax.bar(_units, delta_h.ravel(), color="0.6", width=0.5, label="delta_h: blame × slope")
    _ax.plot(_units, delta_h_slope, "o", label="measured slope of BCE")
    _ax.set(xlabel="hidden unit", xticks=_units, ylabel="∂L/∂z_h")
    _ax.legend()
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 9 · The gradients: $\partial L / \partial W_{ho} = \delta_o h^T$, $\partial L / \partial W_{ih} = \delta_h x^T$

    The shapes are $(10 \times 1) \cdot (1 \times 20)$ and $(20 \times 1) \cdot (1 \times 784)$: every error times every
    input. A bias is a weight on an input that is always 1, so its gradient is $\delta$ itself. Each row of
    $\delta_h x^T$ is the image times one number. Where the image has no ink the gradient is zero, so a fast program can
    skip those pixels.
    """)
    return


@app.cell
def _(delta_h, delta_o, h, x):
    dW_ho, db_ho = delta_o @ h.T, delta_o
    dW_ih, db_ih = delta_h @ x.T, delta_h

    told(f"dL/dW_ih {dW_ih.shape}, dL/db_ih {db_ih.shape}, dL/dW_ho {dW_ho.shape}, dL/db_ho {db_ho.shape}")
    return dW_ho, dW_ih, db_ho, db_ih


@app.cell
def _(sigmoid):
    def answer(x, W_ih, b_ih, W_ho, b_ho):
        """Compute o from the image and the parameters, to see how it changes when a parameter changes."""
        return sigmoid(W_ho @ sigmoid(W_ih @ x + b_ih) + b_ho)

    told()
    return (answer,)


@app.cell
def _(
    W_ho,
    W_ih,
    answer,
    b_ho,
    b_ih,
    cross_entropy,
    dW_ho,
    dW_ih,
    db_ho,
    db_ih,
    distance,
    l,
    mean_squared_error,
    numerical,
    x,
):
    parameters = {"W_ih": W_ih, "b_ih": b_ih, "W_ho": W_ho, "b_ho": b_ho}
    gradients = {"W_ih": dW_ih, "b_ih": db_ih, "W_ho": dW_ho, "b_ho": db_ho}
    of_bce = numerical(lambda *p: cross_entropy(answer(x, *p), l), *parameters.values())
    of_mse = numerical(lambda *p: mean_squared_error(answer(x, *p), l), *parameters.values())

    _lines = []
    for (_name, _ours), _bce, _mse in zip(gradients.items(), of_bce, of_mse, strict=True):
        _at = np.unravel_index(np.abs(_ours).argmax(), _ours.shape)
        _line = f"{_name} {_ours.size:14,} {_ours[_at]:11.8f} {_bce[_at]:11.8f} {distance(_ours, _bce):13.1e}"
        _lines.append(f"{_line} {distance(_ours, _mse):14.2f}")
    told("gradient of  numbers      largest   measured  distance, all  from the MSE's", *_lines)
    return gradients, of_bce, of_mse, parameters


@app.cell(hide_code=True)
def _(dW_ho, dW_ih, gradients, of_bce, of_mse, unit):
    _figure = Figure(figsize=(9, 6), layout="constrained")
    _axes = _figure.subplots(2, 2)
    for _ax, _values, _title in (
        (_axes[0, 0], dW_ho, "∂L/∂W_ho"),
        (_axes[0, 1], dW_ih[unit.value].reshape(28, 28), f"row {unit.value} of ∂L/∂W_ih, as a picture"),
    ):
        _limit = np.abs(_values).max()
        _shown = _ax.imshow(_values, cmap="RdBu_r", vmin=-_limit, vmax=_limit)
        _ax.set(title=_title, xticks=(), yticks=())
        _figure.colorbar(_shown, ax=_ax, shrink=0.8)
    _axes[0, 0].set(xlabel="hidden units", ylabel="outputs")
    _ours = np.concatenate([g.ravel() for g in gradients.values()])
    for _ax, _measured, _name in ((_axes[1, 0], of_bce, "BCE"), (_axes[1, 1], of_mse, "MSE")):
        _ax.axline((0, 0), slope=1, color="0.7", label="equal")
        _ax.plot(np.concatenate([g.ravel() for g in _measured]), _ours, ".", markersize=3, label="all 15,910")
        _ax.set(xlabel=f"measured slope of {_name}", ylabel="backpropagated")
        _ax.legend()
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 10 · The update: $W \leftarrow W - \eta\, \partial L/\partial W$, $b \leftarrow b - \eta\, \partial L/\partial b$

    The network takes one step against the gradient, and $\eta$ sets its length. If $\eta$ is too small, the network
    learns little. If it is too large, the network memorizes this image and gets worse on all others: the dotted line is
    the mean loss of 1,000 other images.
    """)
    return


@app.cell
def _():
    eta = mo.ui.slider(
        steps=[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0], value=0.03, label="rate η", show_value=True
    )
    eta
    return (eta,)


@app.cell
def _(
    W_ho,
    W_ih,
    answer,
    b_ho,
    b_ih,
    cross_entropy,
    dW_ho,
    dW_ih,
    db_ho,
    db_ih,
    eta,
    l,
    mean_squared_error,
    o,
    x,
):
    W_ih_new = W_ih - eta.value * dW_ih
    b_ih_new = b_ih - eta.value * db_ih
    W_ho_new = W_ho - eta.value * dW_ho
    b_ho_new = b_ho - eta.value * db_ho

    updated = (W_ih_new, b_ih_new, W_ho_new, b_ho_new)
    o_new = answer(x, *updated)
    told(
        f"        before      after one update with η = {eta.value:g}",
        f"BCE   {cross_entropy(o, l):8.5f}   {cross_entropy(o_new, l):8.5f}",
        f"MSE   {mean_squared_error(o, l):8.5f}   {mean_squared_error(o_new, l):8.5f}",
    )
    return o_new, updated


@app.cell(hide_code=True)
def _(
    answer,
    cross_entropy,
    data,
    eta,
    gradients,
    l,
    mean_squared_error,
    o,
    o_new,
    parameters,
    x,
):
    _figure = Figure(figsize=(9, 2.8), layout="constrained")
    _left, _right = _figure.subplots(1, 2)
    _rates = np.geomspace(1e-3, 10, 60)
    _steps = [[p - _r * gradients[_name] for _name, p in parameters.items()] for _r in _rates]
    _others, _l = data.train.images[-1000:].reshape(-1, 784).T / 255, np.eye(10)[:, data.train.labels[-1000:]]
    _left.plot(_rates, [cross_entropy(answer(x, *p), l) for p in _steps], label="BCE of this image")
    _left.plot(_rates, [10 * mean_squared_error(answer(x, *p), l) for p in _steps], "--", label="its MSE × 10")
    _left.plot(
        _rates, [cross_entropy(answer(_others, *p), _l) / 1000 for p in _steps], ":", label="BCE of 1,000 others"
    )
    _left.axvline(eta.value, color="0.5", linewidth=0.8)
    _left.set(xscale="log", xlabel="η", ylabel="loss after the update")
    _left.legend()
    _right.bar(np.arange(10) - 0.2, o.ravel(), width=0.4, color="0.7", label="o before")
    _right.bar(np.arange(10) + 0.2, o_new.ravel(), width=0.4, label="o after")
    _right.set(xlabel="output", xticks=np.arange(10), ylim=(0, 1))
    _right.legend()
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 11 · What the mismatch does

    Suppose that somebody "corrects" the classic rule: they use the true gradient of the printed loss,
    $\delta_o = \frac{2}{n} (o - l) \odot o \odot (1 - o)$, and keep the learning rate. At the start of training the
    direction hardly changes, but the length does. A sigmoid's slope is at most a quarter, so each $\delta_o$ becomes at
    least $\frac{n}{2} \cdot 4 = 20$ times smaller, and the network seems to learn almost nothing. After training the
    difference is larger, because $o (1 - o)$ is almost 0 where the outputs are confident.

    Each loss therefore needs its own learning rate. In the library the two rules have different names: `classic_mse`
    prints the MSE and descends the cross-entropy, and says so; `mse` and `cross_entropy` descend the loss that they
    print.
    """)
    return


@app.cell
def _(W_ho, distance, gradients, h, l, o, of_bce, of_mse, x):
    true_delta_o = 2 / 10 * (o - l) * o * (1 - o)
    _true_delta_h = (W_ho.T @ true_delta_o) * h * (1 - h)
    true_gradients = [_true_delta_h @ x.T, _true_delta_h, true_delta_o @ h.T, true_delta_o]

    def flat(groups):
        """Join all parameters into one long vector."""
        return np.concatenate([g.ravel() for g in groups])

    classic, true, mse, bce = flat(gradients.values()), flat(true_gradients), flat(of_mse), flat(of_bce)
    mismatch = {
        "classic from MSE": distance(classic, mse),
        "classic from BCE": distance(classic, bce),
        "true from MSE": distance(true, mse),
        "true from BCE": distance(true, bce),
    }
    shorter = np.linalg.norm(classic) / np.linalg.norm(true)
    cosine = classic @ true / np.linalg.norm(classic) / np.linalg.norm(true)

    told(
        "all 15,910 derivatives   distance from MSE    from BCE",
        f"o - l, the classic rule  {mismatch['classic from MSE']:17.1e} {mismatch['classic from BCE']:11.1e}",
        f"(2/n)(o - l) o (1 - o)   {mismatch['true from MSE']:17.1e} {mismatch['true from BCE']:11.1e}",
        f"The true MSE gradient is {shorter:.1f} times shorter; the cosine between the two is {cosine:.3f}.",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 12 · The library makes the same step

    We take the same network, the same image and the same rate, and make one update with each of the library's engines:
    the reference engine (NumPy, float64) and the compiled engine (float32). The differences from our update are
    rounding errors: near 1, float64 is exact to $10^{-16}$ and float32 to $6 \cdot 10^{-8}$.
    """)
    return


@app.cell
def _(data, eta, network, updated, which):
    _image = data.train.take([which.value])
    _rule = TrainingConfig(loss="classic_mse", learning_rate=eta.value, epochs=1)
    (_reference,) = train(network, _image, _rule, engine="reference")
    (_compiled,) = train(Network.of(NetworkConfig(), network.parameters), _image, _rule, engine="compiled")

    def apart(found):
        """Find the largest difference between any of the 15,910 parameters and ours."""
        pairs = zip(updated, found.network.parameters, strict=True)
        return max(float(np.abs(ours.ravel() - theirs.ravel()).max()) for ours, theirs in pairs)

    from_reference, from_compiled = apart(_reference), apart(_compiled)
    told(
        f"largest difference after the update: reference engine {from_reference:.1e}, compiled {from_compiled:.1e}",
        f"the library reports {_reference.scores.loss:.6f} (MSE) and descends {_reference.scores.descended:.6f} (BCE)",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 13 · Learning repeats these lines

    One pass over all images, in random order, is called an *epoch*. Below are the equations of this page inside a `for`
    loop. The order comes from the library's random number generator, so that the library can learn the same images in
    the same order. Choose the number of images; NumPy learns about 20,000 in a second.
    """)
    return


@app.cell
def _(mean_squared_error, sigmoid):
    def learn(images, labels, order, eta, W_ih, b_ih, W_ho, b_ho):
        """Update the four arrays in place, once for each image; return the mean of the MSEs."""
        total = 0.0
        for i in order:
            x = images[i].reshape(784, 1) / 255
            l = np.eye(10)[:, [labels[i]]]
            h = sigmoid(W_ih @ x + b_ih)
            o = sigmoid(W_ho @ h + b_ho)
            delta_o = o - l
            delta_h = (W_ho.T @ delta_o) * h * (1 - h)
            W_ho -= eta * delta_o @ h.T
            b_ho -= eta * delta_o
            W_ih -= eta * delta_h @ x.T
            b_ih -= eta * delta_h
            total += mean_squared_error(o, l)
        return total / len(order)

    told()
    return (learn,)


@app.cell
def _():
    images = mo.ui.slider(
        steps=[1000, 5000, 20_000, 60_000], value=20_000, label="training images", show_value=True, debounce=True
    )
    epochs = mo.ui.slider(1, 10, value=1, label="epochs", show_value=True, debounce=True)
    mo.hstack([images, epochs], justify="start")
    return epochs, images


@app.cell
def _(answer, data, epochs, images, learn):
    start = Network.create(NetworkConfig(dtype="float64"), seed=0)
    some, rate = data.train.take(range(images.value)), resolve_learning_rate(start.config, TrainingConfig())
    learned = [p.reshape(len(p), -1).copy() for p in start.parameters]  # W_ih, b_ih, W_ho, b_ho
    _columns = data.test.images.reshape(-1, 784).T / 255
    accuracies, _lines, _begin = [], [], time.perf_counter()
    for _epoch in range(epochs.value):
        _key = randomness.fold(randomness.key(0), randomness.SHUFFLE, _epoch)
        _order = randomness.permutation(_key, len(some))
        _loss = learn(some.images, some.labels, _order, rate, *learned)
        _right = answer(_columns, *learned).argmax(axis=0) == data.test.labels
        accuracies.append(float(_right.mean()))
        _lines.append(f"epoch {_epoch + 1}: MSE {_loss:.5f}, {accuracies[-1]:.2%} of the test images right")
    _micros = (time.perf_counter() - _begin) / epochs.value / len(some) * 1e6
    told(*_lines, f"η = {rate:g}; {_micros:.0f} µs an image")
    return accuracies, learned, rate, some, start


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    Now the library trains from the same start, first with the reference engine and then with the compiled one. The last
    line is the result of ten epochs over all 60,000 images with the compiled engine.
    """)
    return


@app.cell
def _(accuracies, data, epochs, learned, rate, some, start):
    def by_library(network, samples, engine, count):
        """Train with the library; return the network, its test accuracy, and the time for each image."""
        *_, last = train(network, samples, TrainingConfig(learning_rate=rate, epochs=count), engine=engine)
        micros = sum(row.seconds for row in last.checkpoint.history) / count / len(samples) * 1e6
        return last.network, evaluate(last.network, data.test).accuracy, micros

    *_, _warm = train(Network.create(), data.train.take(range(100)), TrainingConfig(epochs=1), engine="compiled")
    library = {
        "reference, float64": by_library(start, some, "reference", epochs.value),
        "compiled, float32": by_library(Network.create(seed=0), some, "compiled", epochs.value),
        "compiled, 60,000 × 10": by_library(Network.create(seed=0), data.train, "compiled", 10),
    }
    weights_apart = max(
        float(np.abs(ours.ravel() - theirs.ravel()).max())
        for ours, theirs in zip(learned, library["reference, float64"][0].parameters, strict=True)
    )

    told(
        f"the loop above        {accuracies[-1]:.2%}",
        *(f"{name:21} {accuracy:.2%} {micros:7.2f} µs an image" for name, (_, accuracy, micros) in library.items()),
        f"largest difference of a weight between loop and reference engine, after {epochs.value} epoch(s): "
        f"{weights_apart:.1e}",
    )
    return


@app.cell(hide_code=True)
def _(learned, start):
    _figure = Figure(figsize=(9, 4.2), layout="constrained")
    _axes = _figure.subplots(4, 10)
    for _row, _W, _title in ((0, start.weights[0], "before"), (2, learned[0], "after")):
        _limit = np.abs(_W).max()
        for _unit, _ax in enumerate(_axes[_row : _row + 2].ravel()):
            _ax.imshow(_W[_unit].reshape(28, 28), cmap="RdBu_r", vmin=-_limit, vmax=_limit)
            _ax.set(xticks=(), yticks=())
        _axes[_row, 0].set_ylabel(_title)
    _figure.suptitle("What the 20 hidden units look for: their rows of W_ih")
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Where to go from here

    - `src/mnist_nn/engines/reference.py` has the same equations for any depth, with batches, dropout and every loss, in
      one file. `docs/explanation/mathematics.md` derives them.
    - `mnist-nn play` shows every number of one update in the browser.
    - `mnist-nn check-gradients --loss mse --hidden 30,30` measures the gradients of any configuration.
    - The notebook `deployed.py` goes from here to a model that runs elsewhere.
    """)
    return


if __name__ == "__main__":
    app.run()
