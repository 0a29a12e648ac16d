"""What the processes say about themselves: log lines of JSON on stderr, and metrics for Prometheus.

Never: a secret, a signature or a query string in a line.
"""

import logging
import sys
import time
from collections.abc import Callable

import msgspec
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

METRICS_CONTENT_TYPE = CONTENT_TYPE_LATEST
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLines(logging.Formatter):
    """One line, one object; what a caller passes as `extra` becomes fields."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}Z",
            "level": record.levelname,
            "from": record.name,
            "what": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _ORDINARY}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


def log_to_stderr(level: int = logging.INFO) -> None:
    """For the whole process, once, by the composition root."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    logging.basicConfig(handlers=[lines], level=level, force=True)
    for chatty in ("uvicorn", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class Metrics:
    """Gauges that read the running parts when somebody asks; the parts know nothing of metrics."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()

    def watch(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Names carry their unit: rialto_projection_lag_commands."""
        Gauge(name, meaning, registry=self._registry).set_function(read)

    def page(self) -> bytes:
        return generate_latest(self._registry)
