"""Five exercises: write the equations of a network in NumPy; each checks itself. This is the solution.

Open it with ``marimo edit notebooks/assignment_solution.py``. The notebook for students is ``notebooks/assignment.py``,
which is this one without the lines between BEGIN SOLUTION and END SOLUTION.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Write a network yourself")

with app.setup:
    import marimo as mo
    import numpy as np

    from mnist_nn import check_equation, load_data

    try:
        from mograder.runtime import check
    except ImportError:

        def check(label, checks):
            """Show what failed, as mograder does where it is installed."""
            failures = [message for passed, message in checks if not passed]
            return mo.callout(
                mo.md("\n\n".join([f"**{label}**", *(failures or ["Right."])])), "danger" if failures else "success"
            )


@app.function
def grade(label, name, function):
    """Check one function, and show what is wrong with it; the last word says whether it is right."""
    report = check_equation(name, function)
    if mo.app_meta().mode == "script":
        print(f"{label}: {'right' if report.passed else report}")
    return check(label, [(report.passed, str(report).replace("\n", "\n\n"))]), report.passed


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    # Write a network yourself

    In five exercises you write the forward pass, the loss, the backward pass and the update of a network with one
    hidden layer. Each exercise is a function with some lines missing. As soon as you run it, the cell below it says
    whether it is right, or which equation is wrong, with your number and the right one.

    A batch $x$ has one sample in each row. $W_{ih}$ has a row for each hidden unit and a column for each input, and
    $W_{ho}$ has a row for each output. The label $l$ is one-hot. So $W x$ is `x @ W.T`.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 1 · The forward pass

    $$z_h = W_{ih}\, x + b_{ih} \qquad h = \sigma(z_h) \qquad z_o = W_{ho}\, h + b_{ho} \qquad o = \sigma(z_o)$$

    with $\sigma(z) = 1 / (1 + e^{-z})$. Return $z_h$, $h$, $z_o$ and $o$.
    """)
    return


@app.cell
def _():
    def forward(x, W_ih, b_ih, W_ho, b_ho):
        """Compute z_h, h, z_o and o, a row for each sample."""
        z_h = h = z_o = o = None
        ### BEGIN SOLUTION
        z_h = x @ W_ih.T + b_ih
        h = 1 / (1 + np.exp(-z_h))
        z_o = h @ W_ho.T + b_ho
        o = 1 / (1 + np.exp(-z_o))
        ### END SOLUTION
        return z_h, h, z_o, o

    return (forward,)


@app.cell(hide_code=True)
def _(forward):
    _shown, forward_passed = grade("1 · forward pass", "forward", forward)
    _shown
    return (forward_passed,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 2 · The loss

    $$L = \frac{1}{n} \sum_i (o_i - l_i)^2$$

    over the $n$ outputs, and then the mean over the batch.
    """)
    return


@app.cell
def _():
    def loss(o, l):
        """Compute the mean squared error, one number."""
        L = None
        ### BEGIN SOLUTION
        L = np.mean((o - l) ** 2)
        ### END SOLUTION
        return L

    return (loss,)


@app.cell(hide_code=True)
def _(loss):
    _shown, loss_passed = grade("2 · loss", "loss", loss)
    _shown
    return (loss_passed,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 3 · The error at the output

    $$\delta_o = o - l$$

    This is the rule of the classic network. Of which loss is it the gradient? Look at section 7 of `equations.py`.
    """)
    return


@app.cell
def _():
    def output_delta(o, l):
        """Compute the error at the output, a row for each sample."""
        delta_o = None
        ### BEGIN SOLUTION
        delta_o = o - l
        ### END SOLUTION
        return delta_o

    return (output_delta,)


@app.cell(hide_code=True)
def _(output_delta):
    _shown, output_delta_passed = grade("3 · output error", "output_delta", output_delta)
    _shown
    return (output_delta_passed,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 4 · The error at the hidden layer

    $$\delta_h = (W_{ho}^T\, \delta_o) \odot h \odot (1 - h)$$
    """)
    return


@app.cell
def _():
    def hidden_delta(W_ho, delta_o, h):
        """Carry the error back one layer, a row for each sample."""
        delta_h = None
        ### BEGIN SOLUTION
        delta_h = (delta_o @ W_ho) * h * (1 - h)
        ### END SOLUTION
        return delta_h

    return (hidden_delta,)


@app.cell(hide_code=True)
def _(hidden_delta):
    _shown, hidden_delta_passed = grade("4 · hidden error", "hidden_delta", hidden_delta)
    _shown
    return (hidden_delta_passed,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 5 · The update

    $$W \leftarrow W - \eta\, \frac{\partial L}{\partial W} \qquad
    b \leftarrow b - \eta\, \frac{\partial L}{\partial b}$$

    The gradient of the weights is $\delta\, (\text{input})^T$ and that of a bias is $\delta$, each as the **mean** over
    the batch. Return the new parameters, and leave the old ones as they are.
    """)
    return


@app.cell
def _():
    def update(x, h, delta_h, delta_o, W_ih, b_ih, W_ho, b_ho, eta):
        """Return the parameters after one step."""
        ### BEGIN SOLUTION
        n = len(x)
        W_ih = W_ih - eta * delta_h.T @ x / n
        b_ih = b_ih - eta * delta_h.mean(axis=0)
        W_ho = W_ho - eta * delta_o.T @ h / n
        b_ho = b_ho - eta * delta_o.mean(axis=0)
        ### END SOLUTION
        return W_ih, b_ih, W_ho, b_ho

    return (update,)


@app.cell(hide_code=True)
def _(update):
    _shown, update_passed = grade("5 · update", "update", update)
    _shown
    return (update_passed,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Your network learns to read

    When all five are right, your functions learn from 3,000 images of MNIST here, and read 1,000 that they have not
    seen.
    """)
    return


@app.cell
def _(
    forward,
    forward_passed,
    hidden_delta,
    hidden_delta_passed,
    loss,
    loss_passed,
    output_delta,
    output_delta_passed,
    update,
    update_passed,
):
    results = [forward_passed, loss_passed, output_delta_passed, hidden_delta_passed, update_passed]
    accuracy = None
    if all(results):
        data, rng = load_data("mnist"), np.random.default_rng(0)
        images, labels = data.train.images[:3000].reshape(-1, 784) / 255, np.eye(10)[data.train.labels[:3000]]
        p = [rng.normal(0, 0.05, (20, 784)), np.zeros(20), rng.normal(0, 0.05, (10, 20)), np.zeros(10)]
        for _start in [*range(0, 3000, 10)] * 3:
            x, l = images[_start : _start + 10], labels[_start : _start + 10]
            _, h, _, o = forward(x, *p)
            delta_o = output_delta(o, l)
            p = update(x, h, hidden_delta(p[2], delta_o, h), delta_o, *p, 0.3)
        *_, o = forward(data.test.images[:1000].reshape(-1, 784) / 255, *p)
        accuracy = float(np.mean(o.argmax(axis=1) == data.test.labels[:1000]))
        _line = f"{accuracy:.1%} right, loss {loss(o, np.eye(10)[data.test.labels[:1000]]):.4f}"
    else:
        _line = f"{sum(results)} of 5 exercises are right."
    if mo.app_meta().mode == "script":
        print(_line)
    mo.plain_text(_line)
    return accuracy, results


if __name__ == "__main__":
    app.run()
