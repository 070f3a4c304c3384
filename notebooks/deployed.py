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
    from mnist_nn.training.loop import split
    from mnist_nn.util import randomness


@app.function
def told(*lines):
    """Give lines as the output of a cell: printed by a script, and below the code in an app, which hides code else."""
    text = "\n".join(lines)
    if mo.app_meta().mode == "script" and text:
        print(text)
    shown = mo.plain_text(text) if text else None
    return mo.show_code(shown, position="above") if mo.app_meta().mode == "run" else shown


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    # From data to deployed

    All the way from four files to an answer over HTTP: load, look, train, judge, calibrate, read a page, join a
    scikit-learn pipeline, export to ONNX and C, serve. Each step is a few lines to copy, and each ends with a check,
    because a model is deployed only when it is known to say the same thing there as here.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 1 · Load the data, and know that it is the right data

    MNIST is inside the package; nothing is downloaded. The SHA-256 of each file is compared with the published one.
    """)
    return


@app.cell
def _():
    data = load_data("mnist")
    told(
        f"{len(data.train):,} training and {len(data.test):,} test images of {data.train.images.shape[1:]} bytes",
        f"of each digit: {np.bincount(data.train.labels).tolist()}",
        *(f"{check.file:24} {'as published' if check.ok else check.problem}" for check in verify_data(data)),
    )
    return (data,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 2 · Look at it

    Always. Move the slider through the training images.
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

    A preset is a complete set of settings with a reason. 5,000 of the training images are held out: they tell how
    training goes, and later how sure the network may be. The test images stay shut until section 4.

    `train` is a generator: each epoch arrives when it is done, and this loop may log it, draw it, save it or stop.
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
        mo.output.replace(mo.plain_text("\n".join(_lines)))  # in the notebook, the lines come while it trains
    network = epoch.network
    told(f"{preset.value}: {'-'.join(map(str, shape.sizes))}, {network.parameter_count:,} numbers", *_lines)
    return epoch, network, training


@app.cell
def _(epoch):
    plots.learning_curves(epoch.checkpoint.history)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 4 · Judge

    Now the test images, once. An accuracy without its interval is half an answer: with 10,000 images, two networks that
    differ by less than some tenths of a percent are not known to differ.
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
        f"the weakest digit is {result.recall.argmin()}, of which {result.recall.min():.2%} are found",
        f"the commonest mistake: a {_true} taken for a {_said}, {_mixed.max()} times",
    )
    return (result,)


@app.cell
def _(result):
    plots.confusion(result)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## 5 · Calibrate, and let it refuse

    A network knows ten answers and gives one of them to a horse. `calibrate` uses the held-out images, and distorted
    copies of them, to fit what it lacks: a temperature, so that 90 % sure means right nine times in ten; a score for
    "is this a digit at all"; and a table of what every threshold costs.

    There is one temperature for the tidy and the distorted, so watch both below: on distorted digits a network is too
    sure of itself, and what mends that makes it a little too modest about the tidy ones. People's writing is distorted.
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
        f"the least share of errors that this model can promise: {calibration.least_error:.2%}",
    )
    return after, bins, calibration, model


@app.cell
def _(bins):
    plots.calibration_diagram({name: found for name, found in bins.items() if name.startswith("distorted")})
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    Now choose the error that you can live with; the network says "I don't know" as often as that takes. The promise
    is about digits, the tidy and the distorted ones each, and has a margin for chance: so tidy test images do better.
    What is no digit at all (signs, letters and scribbles, drawn anew) mostly fails the threshold too, not always.
    """)
    return


@app.cell
def _():
    max_error = mo.ui.slider(
        steps=[0.005, 0.01, 0.02, 0.05, 0.1], value=0.01, label="errors to tolerate among the accepted", show_value=True
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
        f"tolerate {tolerated:.2%}: accept from a confidence of {point.threshold:.4f} on",
        f"promised on held-out digits: at most {point.error:.2%} wrong, {point.coverage:.1%} accepted",
        f"kept on the test digits:     {wrong_among_accepted:.2%} wrong, {accepted.mean():.1%} accepted",
        "accepted of what is no digit: " + ", ".join(f"{kind} {share:.0%}" for kind, share in taken.items()),
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

    A `Reader` finds the ink on a page, frames each piece as MNIST's pictures are framed, and asks the network. What was
    trained above has only seen tidy pictures; the model that comes with the package has learned from distorted ones,
    and is surer of the same page, with the same promise about errors.
    """)
    return


@app.cell
def _(model, tolerated):
    _examples = Path(__file__).resolve().parents[1] / "examples"
    (page,) = read_pages(_examples / "page.jpg")
    own = Reader(model, max_error=tolerated)(page)
    packaged = Reader(max_error=tolerated)(page)

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
    ## 7 · In scikit-learn

    The same network as a classifier, with `MLPClassifier`'s parameters and more: in a pipeline, under cross-validation,
    in a search. It takes numbers as they are, so the pipeline scales them.
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

    The model file holds all of it: numbers, settings, history, calibration. `export` writes it for other runtimes,
    scaling, temperature and refusal inside, and `verify` runs the file in *that* runtime (ONNX Runtime, or what this
    machine's C compiler makes of it) and compares with the reference engine. 10⁻⁶ is float32's rounding.
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
    Whoever gets the ONNX file needs nothing of this package. Bytes go in, these come out:
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

    `mnist-nn serve MODEL` speaks the Open Inference Protocol, so that clients of Triton and KServe work as they are,
    and reads pictures at `/read`. Here it runs for a moment on a free port of this machine. It says where it listens,
    is asked with nothing but Python's standard library, and is stopped as a service manager would: it finishes what it
    has begun and exits with 0.
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
        f"it takes {metadata['inputs']}",
        f"labels {served['label'].tolist()}, confidence {served['confidence'].round(4).tolist()}",
        f"largest difference of a probability from this notebook's: {served_apart:.1e}",
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

    The same from a shell: `mnist-nn train --preset sprint97 --validation 5000 --model digits.safetensors`, then
    `evaluate`, `calibrate`, `read`, `export`, `verify` and `serve`, each with `--json`. `docs/refusal.md` says what the
    promise of section 5 means and what it does not; `docs/export.md` what is in each file.
    """)
    return


if __name__ == "__main__":
    app.run()
