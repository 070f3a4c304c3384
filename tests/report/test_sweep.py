"""The page of a sweep."""

from html.parser import HTMLParser

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.evaluation.comparison import summarize
from mnist_nn.experiments.space import Axis, Configuration
from mnist_nn.experiments.sweep import ConfigurationResult
from mnist_nn.report.sweep import build_sweep_page, describe

AXES = (Axis("learning_rate", (0.01, 0.1), is_log=True), Axis("hidden", ((8,), (9, 8))))


def make(
    number: int, rate: float, hidden: tuple[int, ...], *accuracies: float, diverged: int = 0
) -> ConfigurationResult:
    settings = {"learning_rate": rate, "hidden": hidden}
    configuration = Configuration(settings, NetworkConfig(hidden=hidden), TrainingConfig(learning_rate=rate))
    return ConfigurationResult(number, configuration, accuracies, accuracies, diverged)


RESULTS = (make(1, 0.01, (8,), 0.9, 0.92), make(2, 0.1, (9, 8), 0.94, 0.95), make(3, 0.1, (8,), diverged=2))


def build() -> str:
    return build_sweep_page(AXES, RESULTS, RESULTS[1], summarize([0.93, 0.94]), name="<b>.csv", data="mnist")


def test_the_page_says_what_was_found_and_escapes_names() -> None:
    page = build()
    for part in ("93.50 % (95 % interval of the mean", "3 configurations", "9/8", "&lt;b&gt;.csv", "94.50 %"):
        assert part in page
    assert "<b>.csv" not in page
    assert page.count("<svg") == 2
    assert build() == page


def test_the_page_is_html_that_loads_nothing() -> None:
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Parser().feed(build())
    assert not {"script", "link", "iframe"} & {tag for tag, _ in seen}
    assert not [attrs for _, attrs in seen if str(attrs.get("src") or "").startswith("http")]


def test_few_runs_are_described_as_such() -> None:
    assert describe(summarize([0.5])) == "50.00 % (1 run)"
    assert describe(None) == "every run diverged"
