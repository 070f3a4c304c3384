"""A fuzzer that reads the server's own description: nothing that it makes up is answered otherwise than described."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE

pytest.importorskip("schemathesis", reason="schemathesis is not installed, which makes up the requests")

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
)
EXAMPLES = 40  # of each operation
LEAST_OPERATIONS, LEAST_CASES = 9, 500  # else the description hides what is there


def test_nothing_made_up_is_answered_otherwise_than_described(served: Any, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{served.url}/openapi.json", "--no-color"]
    command += ["--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS), "--warnings", "off"]
    command += ["--max-examples", str(EXAMPLES), "--seed", "1", "--generation-database", "none", "--no-shrink"]
    command += [
        "--request-timeout",
        str(PATIENCE),
        "--report",
        "json",
        "--report-json-path",
        str(tmp_path / "report.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["operations"]["tested"] == report["operations"]["total"] >= LEAST_OPERATIONS
    assert report["test_cases"]["generated"] > LEAST_CASES
    assert served.ask("GET", "/v2/health/ready").status == 200
