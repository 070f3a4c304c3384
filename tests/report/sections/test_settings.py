"""Every setting is listed, beside the default where it differs."""

from typing import Any

from mnist_nn import Model


def test_every_setting_is_listed(page: Any, model: Model) -> None:
    assert model.training is not None
    found = {row[0]: row[1:] for rows in page.tables if rows[0][0] == "setting" for row in rows[1:]}
    assert set(found) == {*model.network.config.to_dict(), *model.training.to_dict()}
    assert found["learning_rate"] == ["0.03, chosen to suit the other settings", ""]
    assert found["epochs"] == ["3", "10"]
    assert found["hidden"] == ["20", ""]
