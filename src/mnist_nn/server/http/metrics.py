"""The metrics of a server, for Prometheus; each server has its own registry."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from mnist_nn.server.http.request_context import CLIENT_CLOSED_REQUEST, RequestContext

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ROWS_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """The metrics of one server.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.observe_batch(3)
    >>> "mnist_nn_batch_rows_sum 3.0" in metrics.render().decode()
    True
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        labels = ("method", "route", "status")
        self._requests = Counter("mnist_nn_requests", "Requests answered.", labels, registry=registry)
        self._seconds = Histogram(
            "mnist_nn_request_seconds",
            "Time from receiving a request to answering it.",
            ["route"],
            buckets=SECONDS_BUCKETS,
            registry=registry,
        )
        self._in_flight = Gauge("mnist_nn_requests_in_flight", "Requests in progress.", registry=registry)
        self._refused = Counter("mnist_nn_refused", "Requests rejected, by status.", ["status"], registry=registry)
        self._rows = Histogram(
            "mnist_nn_batch_rows", "Images in each forward pass.", buckets=ROWS_BUCKETS, registry=registry
        )
        self._labelled: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._decisions = Counter("mnist_nn_decisions", "Numbers read, by decision.", ["decision"], registry=registry)

    def start_request(self) -> None:
        """Count a request that starts."""
        self._in_flight.inc()

    def end_request(self, context: RequestContext) -> None:
        """Count a request that has ended."""
        self._in_flight.dec()
        key = (context.method, context.route, context.status)
        if key not in self._labelled:
            self._labelled[key] = self._requests.labels(*key), self._seconds.labels(context.route)
        requests, seconds = self._labelled[key]
        requests.inc()
        seconds.observe(context.seconds)
        if 400 <= context.status < CLIENT_CLOSED_REQUEST or context.status == 503:  # noqa: PLR2004 as HTTP numbers them
            self._refused.labels(context.status).inc()

    def observe_batch(self, rows: int) -> None:
        """Count a forward pass and its images."""
        self._rows.observe(rows)

    def count_decision(self, decision: str) -> None:
        """Count a number that was read, or an empty page."""
        self._decisions.labels(decision).inc()

    def render(self) -> bytes:
        """Write all metrics in Prometheus' text format."""
        return generate_latest(self._registry)
