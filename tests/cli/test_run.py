"""rialto run, as a user meets it."""

import hashlib
import hmac
import os
import resource
import signal
import socket
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from rialto.cli.descriptors import KEPT_BACK
from rialto.cli.main import perform
from rialto.ops.verify import verify
from tests.cli.running import Running, running

Account = dict[str, Any]


def call(url: str, method: str, path: str, account: Account, **parameters: object) -> Any:
    """A signed call of /api/v3."""
    query = urlencode({**parameters, "timestamp": time.time_ns() // 1_000_000})
    signature = hmac.digest(account["api_secret"].encode(), query.encode(), hashlib.sha256).hex()
    answer = httpx.request(
        method,
        f"{url}/api/v3/{path}?{query}&signature={signature}",
        headers={"X-MBX-APIKEY": account["api_key"]},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def place(url: str, account: Account, side: str, quantity: str, price: str) -> Any:
    return call(
        *(url, "POST", "order", account),
        symbol="BTCUSDT",
        side=side,
        type="LIMIT",
        timeInForce="GTC",
        quantity=quantity,
        price=price,
    )


def balances(url: str, account: Account) -> dict[str, tuple[str, str]]:
    rows = call(url, "GET", "account", account)["balances"]
    return {row["asset"]: (row["free"], row["locked"]) for row in rows}


def test_the_demo_trades_stops_and_goes_on_as_it_was(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, "--demo") as exchange:
        ready = exchange.ready()
        url, (alice, bob) = ready["url"], ready["accounts"]
        assert place(url, alice, "SELL", "0.5", "50000")["status"] == "NEW"
        assert place(url, bob, "BUY", "0.2", "50000")["status"] == "FILLED"
        before = [balances(url, account) for account in (alice, bob)]
        status, out, err = exchange.stop()
        assert (status, "Traceback" in err) == (0, False), err
        for account in (alice, bob):
            assert account["api_key"] in out
            assert account["api_secret"] in out

    assert verify(data).verified

    with running(data, "--demo") as exchange:
        again = exchange.ready()
        assert again["accounts"] == [alice, bob]
        assert [balances(again["url"], account) for account in (alice, bob)] == before
        assert before[0]["BTC"] == ("99.50000000", "0.30000000")
        assert before[1]["BTC"] == ("100.19980000", "0.00000000")
        orders = call(again["url"], "GET", "openOrders", alice)
        assert [(order["origQty"], order["executedQty"]) for order in orders] == [
            ("0.50000000", "0.20000000")
        ]
        status, _, _ = exchange.stop(signal.SIGTERM)
        assert status == 0
    verdict = verify(data)
    assert (verdict.verified, verdict.sql_sequence) == (True, verdict.commands)


def test_without_demo_nothing_is_created(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--no-liquidity") as exchange:
        ready = exchange.ready()
        assert ready["accounts"] == []
        assert httpx.get(f"{ready['url']}/api/v3/exchangeInfo").json()["symbols"] == []
        exchange.stop()
    assert verify(tmp_path / "data").commands == 0


def test_the_first_page_and_the_metrics(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--demo") as exchange:
        url = exchange.ready()["url"]
        page = httpx.get(url)
        assert "<h1>Rialto</h1>" in page.text
        assert page.headers["content-type"].startswith("text/html")
        metrics = httpx.get(f"{url}/metrics").text
        assert "rialto_sequence 22.0" in metrics
        assert "rialto_inbox_commands 0.0" in metrics
        assert httpx.post(url).status_code == 405


def test_a_second_process_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with running(tmp_path / "data") as exchange:
        exchange.ready()
        second = Running(tmp_path / "data")
        status, _, err = second.wait()
        assert status == 1
        assert f"pid {exchange.process.pid}" in err
        assert "Traceback" not in err


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with running(tmp_path / "one") as exchange:
        port = exchange.ready()["url"].rpartition(":")[2]
        status, _, err = Running(tmp_path / "two", "--port", port).wait()
        assert (status, "Traceback" in err) == (1, False)
        assert "in use" in err


def test_a_ready_file_that_cannot_be_is_said_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    wrong = {
        tmp_path / "missing" / "ready.json": "No such file or directory",
        tmp_path / "file" / "ready.json": "Not a directory",
        tmp_path: "Is a directory",
    }
    for path, why in wrong.items():
        words = ["run", "--port", "0", "--data", str(tmp_path / "data"), "--ready-file", str(path)]
        assert perform(words) == 1
        assert capsys.readouterr() == ("", f"rialto run: --ready-file {path}: {why}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_engine_that_cannot_write_ends_the_process(tmp_path: Path) -> None:
    """No answer without a durable command; and no exchange that only looks alive."""
    with running(tmp_path / "data", "--demo") as exchange:
        ready = exchange.ready()
        resource.prlimit(exchange.process.pid, resource.RLIMIT_FSIZE, (1, 1))
        with pytest.raises((AssertionError, httpx.HTTPError)):
            place(ready["url"], ready["accounts"][0], "BUY", "0.01", "50000")
        status, _, err = exchange.wait()
        assert status == 1
        assert "stopping" in err
    verdict = verify(tmp_path / "data")
    assert (verdict.verified, verdict.sql_open_orders) == (True, 0)


def test_connections_leave_descriptors_for_the_logs(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--demo", descriptors=KEPT_BACK + 20) as exchange:
        ready = exchange.ready()
        port = int(ready["url"].rpartition(":")[2])
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(KEPT_BACK + 50)]
        open_files = Path(f"/proc/{exchange.process.pid}/fd")
        assert len(list(open_files.iterdir())) < KEPT_BACK
        for connection in idle:
            connection.close()
        until = time.monotonic() + 10
        while len(list(open_files.iterdir())) > 40:
            assert time.monotonic() < until, "the connections are still open"
        assert place(ready["url"], ready["accounts"][0], "BUY", "0.01", "50000")["orderId"] == 1
        status, _, err = exchange.stop()
        assert status == 0
        assert "room for 20 connections only" in err


def test_the_projector_is_started_again(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--demo") as exchange:
        ready = exchange.ready()
        (child,) = children(exchange.process.pid)
        os.kill(child, signal.SIGKILL)
        alice = ready["accounts"][0]
        order = place(ready["url"], alice, "BUY", "0.01", "50000")
        found = call(ready["url"], "GET", "allOrders", alice, symbol="BTCUSDT")
        assert [row["orderId"] for row in found] == [order["orderId"]]
        assert exchange.stop()[0] == 0


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def test_nobody_is_left_after_a_kill(tmp_path: Path) -> None:
    """The projector ends by itself, and what it had not folded yet is folded at the next start."""
    data = tmp_path / "data"
    with running(data, "--demo") as exchange:
        ready = exchange.ready()
        place(ready["url"], ready["accounts"][0], "BUY", "0.01", "50000")
        exchange.process.kill()
        exchange.wait()
    verdict = verify(data)  # waits for the projector
    assert verdict.verified
    with running(data, "--demo") as exchange:
        exchange.ready()
        assert exchange.stop()[0] == 0
    connection = sqlite3.connect(data / "rialto.sqlite")
    assert connection.execute("SELECT count(*) FROM orders").fetchone() == (1,)
    connection.close()
