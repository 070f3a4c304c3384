"""What a server counts, for Prometheus: each server has a registry of its own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from mnist_nn.server.http.request_record import CLIENT_LEFT, Record

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """The figures of one server.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.passed(3)
    >>> "mnist_nn_batch_rows_sum 3.0" in metrics.text().decode()
    True
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        labels = ("method", "route", "status")
        self._requests = Counter("mnist_nn_requests", "Requests that were answered.", labels, registry=registry)
        self._seconds = Histogram(
            "mnist_nn_request_seconds", "From a request to its answer.", ["route"], buckets=SECONDS, registry=registry
        )
        self._in_flight = Gauge("mnist_nn_requests_in_flight", "Requests worked on now.", registry=registry)
        self._refused = Counter("mnist_nn_refused", "Requests refused, by status.", ["status"], registry=registry)
        self._rows = Histogram("mnist_nn_batch_rows", "Images in a forward pass.", buckets=ROWS, registry=registry)
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._verdicts = Counter("mnist_nn_verdicts", "Numbers read, by verdict.", ["verdict"], registry=registry)

    def begun(self) -> None:
        """Count a request in."""
        self._in_flight.inc()

    def ended(self, record: Record) -> None:
        """Count a request out."""
        self._in_flight.dec()
        key = (record.method, record.route, record.status)
        if key not in self._known:
            self._known[key] = self._requests.labels(*key), self._seconds.labels(record.route)
        requests, seconds = self._known[key]
        requests.inc()
        seconds.observe(record.seconds)
        if 400 <= record.status < CLIENT_LEFT or record.status == 503:  # noqa: PLR2004 as HTTP numbers them
            self._refused.labels(record.status).inc()

    def passed(self, rows: int) -> None:
        """Count a forward pass."""
        self._rows.observe(rows)

    def read(self, verdict: str) -> None:
        """Count a number, or a page with nothing on it."""
        self._verdicts.labels(verdict).inc()

    def text(self) -> bytes:
        """Write all figures in Prometheus' format."""
        return generate_latest(self._registry)
