"""The process in which a student's file runs: it checks one file, and answers with one JSON object on standard output.

The file's own output is thrown away. Nothing here limits what the code may do; the time limit is that of the process
which started this one.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any


def check_file(file: str, settings: dict[str, Any]) -> str:
    """Check one file, and return the element of the document for it as JSON.

    Examples
    --------
    >>> print(check_file("gone.py", {}))
    {"file": "gone.py", "error": "there is no file 'gone.py'; give the path of a student's .py file"}
    """
    from mnist_nn.cli.documents.check_code import CheckCodeError, checked_code
    from mnist_nn.errors import MnistNNError
    from mnist_nn.evaluation.student.check import check_student
    from mnist_nn.util.documents import as_json

    try:
        return as_json(checked_code(Path(file), check_student(file, **settings)), indent=None)
    except MnistNNError as error:
        return as_json(CheckCodeError(file=Path(file), error=str(error)), indent=None)


def main() -> None:
    """Answer the request in the first argument, and end at once, even if the code has started threads."""
    request = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the code prints, by whatever way
    with answers:
        answers.write(check_file(request["file"], request["settings"]))
    os._exit(0)


if __name__ == "__main__":
    main()
