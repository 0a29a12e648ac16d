"""The pages besides the documentation: the first one, and the metrics."""

from importlib import resources

from rialto.gateway.app import Gateway
from rialto.gateway.pages import HTML, Page
from rialto.telemetry import METRICS_CONTENT_TYPE, Metrics


def mount_pages(gateway: Gateway, metrics: Metrics) -> None:
    welcome = resources.files(__package__).joinpath("welcome.html").read_bytes()
    gateway.mount("/", Page(HTML, lambda: welcome))
    gateway.mount("/metrics", Page(METRICS_CONTENT_TYPE, metrics.page))
