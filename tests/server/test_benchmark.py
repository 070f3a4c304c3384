"""The race that the benchmark runs: both servers answer as the library does, and one that does not is found out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_nn import Model, Network, save_model

pytestmark = pytest.mark.slow
pytest.importorskip("orjson", reason="orjson is not installed, which the peer of the benchmark uses")


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    return pytest.importorskip("benchmarks.serving.race", reason="this copy of the tests came without the benchmarks")


def test_both_answer_as_the_library_does_and_take_the_load(
    race: Any, model_file: Path, apart: Callable[..., Any]
) -> None:
    settings = race.Settings(model_file, ("mnist-nn serve", "ONNX Runtime"), (2,), 1, 1, None, None)
    lines = apart(race.race, settings)
    assert [line.case for line in lines][:4] == [case.name for case in race.CASES]
    for line in lines:
        assert set(line.found) == set(settings.contestants if line.case != race.READING.name else ("mnist-nn serve",))
        for (measured,) in line.found.values():
            assert measured.requests > 0
            assert measured.failed == measured.broken == 0
            assert 0 < measured.p50 <= measured.p99 < measured.seconds
    head, *rows = race.table(lines, settings.contestants)
    assert {len(row) for row in rows} == {len(head)}


def test_a_server_of_something_else_is_not_raced(race: Any, model_file: Path, tmp_path: Path, apart: Any) -> None:
    other = save_model(tmp_path / "other.safetensors", Model(Network.create(seed=9)))
    with race.model_files(model_file) as files, race.running("ONNX Runtime", files, None) as server:
        apart(race.check, server, files[0])
        with pytest.raises(ValueError, match="otherwise than the library"):
            apart(race.check, server, other)
