"""The rules of the diagnosis and examples of them, for programs in other languages.

``python tests/shared/diagnosis_golden.py`` writes them. Each vector has the quantities of a training and what is said
of it: every rule at its figures and beside them.
"""

import json
from pathlib import Path
from typing import Any

from mnist_nn.training.diagnosis.diagnose import apply_rules, export_rules, load_rules

GOLDEN = Path(__file__).with_name("diagnosis_golden.json")
SOUND = {
    "epochs": 5.0, "updates": 5000.0, "classes": 10.0, "label_kinds": 10.0, "accuracy": 0.95, "advantage": 0.94,
    "rate": 0.03, "rate_ratio": 1.0, "input_rms": 0.33, "input_spread": 0.19, "unnamed": 0.0, "decay": 0.0, "l2": 0.0,
    "distortion": 0.0, "dropout": 0.0, "narrowest": 20.0, "layers": 2.0, "frozen": 0.0, "weight_growth": 1.2,
    "loss_peak": 0.8, "loss_fall": 0.2,
    "dead": 0.0, "dead_layer": 1.0, "dead_units": 0.0, "saturated": 0.0, "saturated_layer": 1.0, "first_gradient": 0.3,
    "first_equal": 0.0, "gap": 0.01, "validation_peak": 1.0,
}  # fmt: skip
"""The quantities of a training in which nothing is wrong."""
STEPS = {"<": -1e-3, "<=": 0.0, ">": 1e-3, ">=": 0.0}


def make_golden() -> dict[str, Any]:
    """Make the rules and the vectors as plain JSON values."""
    cases = [SOUND, {"label_kinds": 1.0}]
    for rule in load_rules():
        holds, misses = dict(SOUND), dict(SOUND)
        for name, sign, figure in rule["when"]:
            bound = SOUND[figure] if isinstance(figure, str) else figure
            holds[name] = (
                min(holds[name], bound + STEPS[sign]) if "<" in sign else max(holds[name], bound + STEPS[sign])
            )
        name, sign, figure = rule["when"][0]
        misses = {**holds, name: SOUND[name]}
        cases += [holds, misses]
    vectors = [{"quantities": case, "sentences": [one.sentence for one in apply_rules(case)]} for case in cases]
    return {**export_rules(), "vectors": vectors}


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(make_golden(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
