"""From data to deployed: train, judge, calibrate, read, export and serve a network, each step checked.

Open it with ``marimo edit notebooks/deployed.py`` or run it with ``python notebooks/deployed.py``.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="From data to deployed")

with app.setup:
    import json
    import subprocess
    import sys
    import tempfile
    from pathlib import Path
    from urllib.request import Request, urlopen

    import marimo as mo
    import numpy as np
    from matplotlib.figure import Figure

    from mnist_nn import (
        Model,
        Network,
        Reader,
        Samples,
        evaluate,
        load_data,
        load_model,
        plots,
        save_model,
        train,
    )
    from mnist_nn.data import verify as verify_data
    from mnist_nn.data.augmentation import augment
    from mnist_nn.data.non_digits import KINDS, non_digits
    from mnist_nn.errors import MissingExtraError
    from mnist_nn.evaluation.calibration_fit import calibrate
    from mnist_nn.evaluation.prediction import predict
    from mnist_nn.evaluation.reliability import predict_samples, reliability, risk_coverage
    from mnist_nn.export import export, verify
    from mnist_nn.imaging import read_pages
    from mnist_nn.nn.presets import configure
    from mnist_nn.training.placement import split
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
    # From data to deployed

    This notebook goes from four data files to an answer over HTTP: load the data, look at it, train, evaluate,
    calibrate, read a page, use a scikit-learn pipeline, export to ONNX and C, and serve. Each step is a few lines that
    you can copy. Most steps end with a check, because a deployed model must give the same answers as the one that you
    trained.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 1 · Load the data and check it

    MNIST is part of the package, so nothing is downloaded. We compare the SHA-256 of each file with the published one.
    """)
    return


@app.cell
def _():
    data = load_data("mnist")
    told(
        f"{len(data.train):,} training and {len(data.test):,} test images of {data.train.images.shape[1:]} bytes",
        f"images of each digit: {np.bincount(data.train.labels).tolist()}",
        *(f"{check.file:24} {'as published' if check.ok else check.problem}" for check in verify_data(data)),
    )
    return (data,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 2 · Look at the data

    Always look at your data before you train. Move the slider through the training images.
    """)
    return


@app.cell
def _(data):
    first = mo.ui.slider(0, len(data.train) - 16, step=16, value=0, label="from image", include_input=True)
    first
    return (first,)


@app.cell
def _(data, first):
    _some = data.train.take(range(first.value, first.value + 16))
    plots.digits(_some.images, [str(label) for label in _some.labels])
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 3 · Train

    A preset is a complete set of settings. We hold out 5,000 of the training images: they show how well the training is
    going, and in section 5 we use them for the calibration. We do not use the test images before section 4.

    `train` is a generator that yields each epoch when it is done. The loop can log it, draw it, save it, or stop.
    """)
    return


@app.cell
def _():
    preset = mo.ui.dropdown(["classic", "small", "sprint95", "sprint97", "sprint98"], value="sprint97", label="preset")
    preset
    return (preset,)


@app.cell
def _(data, preset):
    shape, training = configure(preset.value, {"validation": 5000})
    _lines = []
    for epoch in train(Network.create(shape, training.seed), data.train, training):
        _scores = epoch.scores
        _lines.append(
            f"epoch {_scores.epoch:2}: loss {_scores.loss:.4f}, held out {_scores.validation_loss:.4f} and "
            f"{_scores.validation_accuracy:.2%} right, {_scores.seconds:.2f} s"
        )
        mo.output.replace(mo.plain_text("\n".join(_lines)))  # in the notebook, the lines appear during training
    network = epoch.network
    told(f"{preset.value}: {'-'.join(map(str, shape.sizes))}, {network.parameter_count:,} parameters", *_lines)
    return epoch, network, training


@app.cell
def _(epoch):
    plots.learning_curves(epoch.checkpoint.history)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 4 · Evaluate

    Now we use the test images, once. An accuracy needs its confidence interval: with 10,000 images, a difference of a
    few tenths of a percent between two networks may be chance.
    """)
    return


@app.cell
def _(data, network):
    result = evaluate(network, data.test)
    _low, _high = result.interval
    _mixed = result.confusion - np.diag(result.confusion.diagonal())
    _true, _said = np.unravel_index(_mixed.argmax(), _mixed.shape)
    told(
        f"{result.accuracy:.2%} right, 95 % interval {_low:.2%} to {_high:.2%}",
        f"the weakest digit is {result.recall.argmin()}: {result.recall.min():.2%} of them are read correctly",
        f"the most common mistake: a {_true} read as a {_said}, {_mixed.max()} times",
    )
    return (result,)


@app.cell
def _(result):
    plots.confusion(result)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 5 · Calibrate, so that it can refuse

    The network has ten answers and will give one of them even for a picture of a horse. From the held-out images and
    distorted copies of them, `calibrate` fits what is missing: a temperature, so that answers with 90 % confidence are
    right nine times in ten; a score that tells digits from everything else; and a table that shows what each threshold
    costs.

    There is only one temperature for tidy and distorted digits, so look at both below. On distorted digits the network
    is too confident. The temperature corrects this, but makes it a little too cautious on tidy digits. People's
    handwriting is more like the distorted ones.
    """)
    return


@app.cell
def _(data, epoch, network, training):
    held_out = split(data.train, training)[1]
    calibration = calibrate(network, held_out, randomness.fold(randomness.key(0), randomness.CALIBRATION))
    model = Model.of(
        epoch.checkpoint, training, data={"name": data.name, "sha256": data.digest}, calibration=calibration
    )

    _distorted = Samples(augment(data.test.images, randomness.key(1), "affine"), data.test.labels)
    after, bins, _lines = predict_samples(network, data.test, calibration), {}, []
    for _name, _samples in (("tidy", data.test), ("distorted", _distorted)):
        for _when, _fitted in (("before", None), ("after", calibration)):
            _outcomes = predict_samples(network, _samples, _fitted)
            bins[f"{_name}, {_when}"] = reliability(_outcomes.predictions.top_probability, _outcomes.right)
        _first, _second = (bins[f"{_name}, {_when}"].error for _when in ("before", "after"))
        _lines.append(f"calibration error, {_name:9} test images: {_first:.4f} before, {_second:.4f} after")
    told(
        f"temperature {calibration.temperature:.3f}",
        *_lines,
        f"the lowest error rate that this model can guarantee: {calibration.least_error:.2%}",
    )
    return after, bins, calibration, model


@app.cell
def _(bins):
    plots.calibration_diagram({name: found for name, found in bins.items() if name.startswith("distorted")})
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    Now choose the error rate that you can accept, and the network says "I don't know" as often as necessary. The limit
    holds for tidy and for distorted digits separately and has a margin for chance, so tidy test images do better than
    promised. The threshold also rejects most pictures that are not digits (signs, letters and scribbles, newly drawn),
    but not all.
    """)
    return


@app.cell
def _():
    max_error = mo.ui.slider(
        steps=[0.005, 0.01, 0.02, 0.05, 0.1],
        value=0.01,
        label="largest error rate among accepted answers",
        show_value=True,
    )
    max_error
    return (max_error,)


@app.cell
def _(after, calibration, data, max_error, network):
    tolerated = max(max_error.value, calibration.least_error)
    point = calibration.operating_point(tolerated)

    accepted = after.predictions.confidence >= point.threshold
    wrong_among_accepted = float(np.mean(~after.right[accepted]))
    _no_digits = {kind: non_digits(kind, 100, randomness.key(2), data.test.images) for kind in KINDS}
    _predictions = {kind: predict(network, images, calibration) for kind, images in _no_digits.items()}
    taken = {kind: float(np.mean(found.confidence >= point.threshold)) for kind, found in _predictions.items()}
    told(
        f"for at most {tolerated:.2%} errors, accept a confidence of {point.threshold:.4f} or more",
        f"promised on held-out digits: at most {point.error:.2%} wrong, {point.coverage:.1%} accepted",
        f"kept on the test digits:     {wrong_among_accepted:.2%} wrong, {accepted.mean():.1%} accepted",
        "accepted although not digits: " + ", ".join(f"{kind} {share:.0%}" for kind, share in taken.items()),
    )
    return point, tolerated


@app.cell
def _(after, point, tolerated):
    _curve = risk_coverage(after.predictions.confidence, after.right)
    plots.refusal_curve(_curve, {f"max_error {tolerated:g}": _curve.at(point.threshold)})
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 6 · Read a page

    A `Reader` finds the ink on a page, frames each piece the way MNIST's images are framed, and passes it to the
    network. The network that we trained has seen only tidy images. The packaged model has also learned from distorted
    ones, so it accepts more of the same page at the same limit on errors.
    """)
    return


@app.cell
def _(model, tolerated):
    _examples = Path(__file__).resolve().parents[1] / "examples"
    (page,) = read_pages(_examples / "page.jpg")
    own = Reader(model, max_error_per_digit=tolerated)(page)
    packaged = Reader(max_error_per_digit=tolerated)(page)

    _lines = []
    for _name, _reading in (("trained above", own), ("packaged", packaged)):
        _accepted = sum(number.decision == "digit" for number in _reading.numbers)
        _lines.append(f"{_name}: {_accepted} of {len(_reading.numbers)} numbers accepted as a whole")
        _lines += (f"    {line}" for line in _reading.text.splitlines())
    told(*_lines)
    return own, packaged, page


@app.cell(hide_code=True)
def _(own, packaged, page):
    _figure = Figure(figsize=(9, 4.4), layout="constrained")
    _styles = {"digit": ("tab:blue", "-"), "doubtful": ("tab:orange", "--"), "not a digit": ("black", ":")}
    for _ax, _name, _reading in zip(
        _figure.subplots(1, 2), ("trained above", "packaged"), (own, packaged), strict=True
    ):
        _ax.imshow(page.pixels, cmap="gray")
        _ax.set(title=_name, xticks=(), yticks=())
        for _number in _reading.numbers:
            for _digit in _number.digits:
                _left, _top, _right, _bottom = _digit.box
                _color, _line = _styles[_digit.decision]
                _corners = [_left, _right, _right, _left, _left], [_top, _top, _bottom, _bottom, _top]
                _ax.plot(*_corners, color=_color, linestyle=_line, linewidth=1)
                _box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                _ax.text(_left, _top, _digit.text, color=_color, fontsize=7, verticalalignment="bottom", bbox=_box)
    for _decision, (_color, _line) in _styles.items():
        _ax.plot([], [], color=_color, linestyle=_line, label=_decision)
    _figure.legend(*_ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    _figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 7 · Use it in scikit-learn

    `MLPDigitClassifier` is the same network as a classifier. It has the parameters of `MLPClassifier` and more, and
    works in pipelines, in cross-validation and in searches. It does not scale its input, so the pipeline does.
    """)
    return


@app.cell
def _(data):
    try:
        from mnist_nn.estimator import MLPDigitClassifier
    except MissingExtraError as error:
        mo.stop(True, told(f"left out: {error}"))
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    X, y = data.train.images[:3000].reshape(3000, -1), data.train.labels[:3000]
    classifier = MLPDigitClassifier((50,), dropout=0.2, max_iter=30, n_iter_no_change=None, random_state=0)
    pipeline = make_pipeline(MaxAbsScaler(), classifier)
    folds = cross_val_score(pipeline, X, y, cv=3)
    held_back = pipeline.fit(X, y).score(data.test.images.reshape(10_000, -1), data.test.labels)
    told(
        f"3,000 images, three folds: {', '.join(f'{fold:.1%}' for fold in folds)}",
        f"fitted on all 3,000: {held_back:.2%} of the test images right",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 8 · Save, export, verify

    The model file holds everything: parameters, settings, history and calibration. `export` writes the model for other
    runtimes, including the scaling of pixels, the temperature and the refusal. `verify` runs the exported file in its
    own runtime (ONNX Runtime, or a program compiled by the C compiler of this machine) and compares the results with
    the reference engine. Differences of about 10⁻⁶ are float32 rounding.
    """)
    return


@app.cell
def _(model):
    folder = Path(tempfile.mkdtemp(prefix="mnist-nn-"))
    saved = save_model(folder / "digits.safetensors", model)

    verified, _lines = {}, [f"{saved}  {saved.stat().st_size:,} bytes"]
    for _format, _suffix in (("onnx", ".onnx"), ("c", ".h")):
        try:
            _file = saved.with_suffix(_suffix)
            _file.write_bytes(export(load_model(saved), _format))
            _found = verify(load_model(saved), _file)
        except MissingExtraError as error:
            _lines.append(f"{_format}: left out, {error}")
            continue
        verified[_format] = _found
        _size, _outcome = f"{_file.stat().st_size:,} bytes", "good" if _found.good else "WRONG"
        _lines.append(f"{_file}  {_size}, {_outcome} in {_found.runtime}")
        _lines += (f"    {row.output:26} {row.largest:8.1e}, allowed {row.tolerance:g}" for row in _found.differences)
    told(*_lines)
    return saved, verified


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    The ONNX file works without this package. Its input is the image as bytes, and these are its outputs:
    """)
    return


@app.cell
def _(data, result, saved, verified):
    if "onnx" not in verified:
        mo.stop(True, told("left out: there is no ONNX file"))
    import onnxruntime

    _session = onnxruntime.InferenceSession(saved.with_suffix(".onnx"), providers=["CPUExecutionProvider"])
    _names = [output.name for output in _session.get_outputs()]
    from_onnx = dict(zip(_names, _session.run(_names, {"X": data.test.images}), strict=True))
    onnx_accuracy = float(np.mean(from_onnx["label"] == data.test.labels))
    told(
        *(f"{name:13} {value.dtype} {value.shape}" for name, value in from_onnx.items()),
        f"{onnx_accuracy:.2%} of the test images right, {result.accuracy:.2%} in this package",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 9 · Serve

    `mnist-nn serve MODEL` speaks the Open Inference Protocol, so clients for Triton and KServe work unchanged, and it
    reads pictures at `/read`. Here we start it on a free port of this machine. It prints its address, and we query it
    with Python's standard library. Then we stop it the way a service manager would: it finishes the requests that it
    has begun and exits with code 0.
    """)
    return


@app.cell
def _(after, data, saved):
    def ask(url, body=None, kind="application/json"):
        """Send a request, and read the JSON that comes back."""
        with urlopen(Request(url, data=body, headers={"Content-Type": kind}), timeout=30) as response:  # noqa: S310
            return json.loads(response.read())

    _command = [sys.executable, "-m", "mnist_nn", "serve", str(saved), "--port", "0", "--json", "--quiet"]
    with subprocess.Popen(_command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as _server:
        try:
            _first = _server.stdout.readline()
            if not _first:
                mo.stop(True, told(f"left out: {_server.stderr.read().strip()}"))
            _here = json.loads(_first)
            metadata = ask(f"{_here['url']}/v2/models/{_here['name']}")
            _images = data.test.images[:3]
            _tensor = {"name": "X", "datatype": "UINT8", "shape": _images.shape, "data": _images.ravel().tolist()}
            _request = json.dumps({"inputs": [_tensor]}).encode()
            answered = ask(f"{_here['url']}/v2/models/{_here['name']}/infer", _request)
            _picture = (Path(__file__).resolve().parents[1] / "examples" / "digit.png").read_bytes()
            (picture,) = ask(f"{_here['url']}/read", _picture, "image/png")
        finally:
            _server.terminate()
    exit_code = _server.returncode

    served = {output["name"]: np.array(output["data"]).reshape(output["shape"]) for output in answered["outputs"]}
    served_apart = float(np.abs(served["probabilities"] - after.predictions.probabilities[:3]).max())
    told(
        f"input of the model: {metadata['inputs']}",
        f"labels {served['label'].tolist()}, confidence {served['confidence'].round(4).tolist()}",
        f"largest difference from the probabilities in this notebook: {served_apart:.1e}",
        *(
            f"/read of examples/digit.png: {n['text']}, {n['decision']}, {n['confidence']:.4f}"
            for n in picture["numbers"]
        ),
        f"stopped, exit code {exit_code}",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Where to go from here

    You can do the same from a shell: `mnist-nn train --preset sprint97 --validation 5000 --model digits.safetensors`,
    then `evaluate`, `calibrate`, `read`, `export`, `verify` and `serve`, each with `--json`.
    `docs/explanation/refusal.md` explains what the limit of section 5 guarantees and what it does not, and
    `docs/how-to/export.md` describes the exported files.
    """)
    return


if __name__ == "__main__":
    app.run()
