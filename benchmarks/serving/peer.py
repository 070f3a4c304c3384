"""The peer: ONNX Runtime behind FastAPI and uvicorn, with nothing in between that the task does not ask for.

``python -m benchmarks.serving.peer MODEL.onnx``. The same paths, JSON and binary tensors as ours. What a careful
engineer does for speed is done: orjson parses the body, not a schema; pixels become an array by way of bytes, quicker
than number by number; orjson writes answers straight from NumPy; the session has one thread (more only cost time at
this size) and runs in the event loop (a pass takes less than handing it to a thread); uvloop and httptools carry the
connection; nothing is logged.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import orjson
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from uvicorn.supervisors import Multiprocess

from benchmarks.serving.payloads import INFER, NAME

MODEL = "MNIST_NN_PEER_MODEL"  # names the file to the processes that uvicorn starts
HEADER = "Inference-Header-Content-Length"
KINDS = {"tensor(int64)": "INT64", "tensor(float)": "FP32"}


def create_app(path: Path) -> FastAPI:
    """Make the application."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    kinds = {output.name: KINDS[output.type] for output in session.get_outputs()}
    app = FastAPI()

    @app.get("/v2/health/ready")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post(INFER)
    async def infer(request: Request) -> Response:
        body = await request.body()
        length = request.headers.get(HEADER)
        document, x = _parsed(body, length)
        wanted = document.get("outputs")
        names = [output["name"] for output in wanted] if wanted else list(kinds)
        try:
            values = session.run(names, {"X": x})
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise HTTPException(400, str(error)) from error
        answer = _in_bytes if length else _in_json
        return answer(
            document.get("id"), [(name, kinds[name], value) for name, value in zip(names, values, strict=True)]
        )

    return app


def _parsed(body: bytes, length: str | None) -> tuple[dict[str, Any], np.ndarray]:
    try:
        if length is None:
            document = orjson.loads(body)
            tensor = document["inputs"][0]
            return document, np.frombuffer(bytes(tensor["data"]), np.uint8).reshape(tensor["shape"])
        view, size = memoryview(body), int(length)
        document = orjson.loads(view[:size])
        return document, np.frombuffer(view[size:], np.uint8).reshape(document["inputs"][0]["shape"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise HTTPException(400, f"not a request of the protocol: {error}") from error


def _head(name: str, kind: str, value: np.ndarray) -> dict[str, Any]:
    return {"name": name, "datatype": kind, "shape": value.shape}


def _in_json(identity: str | None, outputs: list[tuple[str, str, np.ndarray]]) -> Response:
    tensors = [_head(*output) | {"data": output[2].ravel()} for output in outputs]
    document = {"model_name": NAME, "model_version": "1", "id": identity, "outputs": tensors}
    return Response(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


def _in_bytes(identity: str | None, outputs: list[tuple[str, str, np.ndarray]]) -> Response:
    tensors = [_head(*output) | {"parameters": {"binary_data_size": output[2].nbytes}} for output in outputs]
    head = orjson.dumps({"model_name": NAME, "model_version": "1", "id": identity, "outputs": tensors})
    body = b"".join([head, *(value.tobytes() for _, _, value in outputs)])
    return Response(body, media_type="application/octet-stream", headers={HEADER: str(len(head))})


def app() -> FastAPI:
    """Make the application in a process that uvicorn starts."""
    return create_app(Path(os.environ[MODEL]))


def main() -> None:
    """Serve on a free port of this machine, and say where in one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving.peer", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--processes", type=int, default=1, help="that share the port, as uvicorn's --workers")
    options = parser.parse_args()
    os.environ[MODEL] = str(options.model)
    config = uvicorn.Config(
        f"{__spec__.name}:app", factory=True, port=0, workers=options.processes, access_log=False, log_level="warning"
    )
    listening = config.bind_socket()
    print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}", "pid": os.getpid()}), flush=True)
    if options.processes == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        Multiprocess(config, sockets=[listening]).run()


if __name__ == "__main__":
    main()
