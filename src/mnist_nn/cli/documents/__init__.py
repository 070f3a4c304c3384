"""The output of each command with ``--json``, as one pydantic model each; the JSON Schemas are generated from them.

Only this table is imported with the program; each model is imported when it is needed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

# By command, `data-info` for `data info`: where its document is, as `module:class`. The server answers with what
# `read` prints, so that document is beside what it describes.
DOCUMENTS = {
    "audit": "mnist_nn.cli.documents.audit:AuditDocument",
    "calibrate": "mnist_nn.cli.documents.calibrate:CalibrateDocument",
    "check-code": "mnist_nn.cli.documents.check_code:CheckCodeDocument",
    "check-gradients": "mnist_nn.cli.documents.check_gradients:CheckGradientsDocument",
    "compare": "mnist_nn.cli.documents.compare:CompareDocument",
    "data-export": "mnist_nn.cli.documents.data:DataExportDocument",
    "data-info": "mnist_nn.cli.documents.data:DataInfoDocument",
    "data-verify": "mnist_nn.cli.documents.data:DataVerifyDocument",
    "evaluate": "mnist_nn.cli.documents.evaluate:EvaluateDocument",
    "export": "mnist_nn.cli.documents.export:ExportDocument",
    "play": "mnist_nn.cli.documents.play:PlayDocument",
    "predict": "mnist_nn.cli.documents.predict:PredictDocument",
    "read": "mnist_nn.reading.document:ReadDocument",
    "report": "mnist_nn.cli.documents.report:ReportDocument",
    "serve": "mnist_nn.cli.documents.serve:ServeDocument",
    "sweep": "mnist_nn.cli.documents.sweep:SweepDocument",
    "train": "mnist_nn.cli.documents.train:TrainDocument",
    "train-reader": "mnist_nn.cli.documents.train_reader:TrainReaderDocument",
    "verify": "mnist_nn.cli.documents.verify:VerifyDocument",
}


def document(name: str) -> "type[BaseModel]":
    """Import the pydantic model of a command's document.

    Examples
    --------
    >>> list(document("data-export").model_fields)
    ['files']
    """
    module, _, attribute = DOCUMENTS[name].partition(":")
    found: type[BaseModel] = getattr(import_module(module), attribute)
    return found


def schema_of(name: str) -> dict[str, Any]:
    """Generate the JSON Schema of a command's document.

    Examples
    --------
    >>> schema_of("data-export")["$id"]
    'urn:mnist-nn:schema:data-export'
    """
    from mnist_nn.util.documents import schema_of

    return schema_of(document(name), name)
