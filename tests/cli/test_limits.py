"""The limits of a running exchange: Binance's, hardly any in the demo, or the operator's."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from rialto.cli.arguments import parser
from rialto.settings import Settings
from tests.cli.running import running

BINANCE = {"weight": 6_000, "requests": 300_000, "orders": (100, 200_000), "connections": 300}
DEMO = {
    "weight": 60_000_000,
    "requests": 300_000_000,
    "orders": (1_000_000, 1_000_000_000),
    "connections": 1_000_000,
}
CASES: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    ((), BINANCE),
    (("--demo",), DEMO),
    (("--limit", "weight-1m=12000"), {**BINANCE, "weight": 12_000}),
    (
        ("--demo", "--limit", "orders-10s=7", "--limit", "orders-1d=9"),
        {**DEMO, "orders": (7, 9)},
    ),
    (("--limit", "connections-5m=5", "--limit", "requests-5m=1"), {
        **BINANCE, "connections": 5, "requests": 1,
    }),
]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_limits(words: tuple[str, ...], expected: dict[str, Any]) -> None:
    arguments = parser().parse_args(["run", *words])
    limits = Settings(demo=arguments.demo, other_limits=dict(arguments.limit)).limits
    assert {
        "weight": limits.weight.limit,
        "requests": limits.requests.limit,
        "orders": (limits.orders_short.limit, limits.orders_long.limit),
        "connections": limits.connections.limit,
    } == expected


@pytest.mark.parametrize("text", ["weight=1", "weight-1m", "weight-1m=0", "weight-1m=x", "=1"])
def test_a_limit_that_is_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["run", "--limit", text])
    assert ended.value.code == 2
    assert "a limit is" in capsys.readouterr().err


def test_a_running_exchange_keeps_to_them(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--limit", "weight-1m=41") as exchange:
        url = exchange.ready()["url"]
        asked = [httpx.get(f"{url}/api/v3/exchangeInfo") for _ in range(3)]
        assert [reply.status_code for reply in asked] == [200, 200, 429]
        shown = {row["rateLimitType"]: row["limit"] for row in asked[0].json()["rateLimits"]}
        assert (shown["REQUEST_WEIGHT"], shown["RAW_REQUESTS"]) == (41, 300_000)
