"""rialto keys, as an operator uses it: beside a running exchange, and without one."""

import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rialto.cli.main import perform
from tests.cli.running import POLL_S, running

NOTICED_S_MAX = 10.0


def account(url: str, key: dict[str, Any]) -> httpx.Response:
    query = f"timestamp={time.time_ns() // 1000}"
    signature = hmac.digest(key["secret"].encode(), query.encode(), hashlib.sha256).hex()
    headers = {"X-MBX-APIKEY": key["apiKey"]}
    return httpx.get(f"{url}/api/v3/account?{query}&signature={signature}", headers=headers)


def status_becomes(url: str, key: dict[str, Any], status: int) -> None:
    until = time.monotonic() + NOTICED_S_MAX
    while account(url, key).status_code != status:
        assert time.monotonic() < until, f"no {status}"
        time.sleep(POLL_S)


def test_a_running_exchange_notices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    with running(data, "--demo") as exchange:
        url = exchange.ready()["url"]
        words = ["--data", str(data), "--account", "1", "--user", "alice", "--json"]
        assert perform(["keys", "create", *words]) == 0
        made = json.loads(capsys.readouterr().out)
        status_becomes(url, made, 200)
        assert perform(["keys", "delete", made["apiKey"], "--data", str(data)]) == 0
        status_becomes(url, made, 401)
        assert exchange.stop()[0] == 0


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "commands").mkdir()
    return tmp_path


def test_a_key_is_made_listed_and_deleted(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public = Ed25519PrivateKey.generate().public_key()
    pem = directory / "public.pem"
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    words = ["--account", "7", "--user", "desk", "--permissions", "read,trade"]
    words += ["--ip", "10.0.0.0/8", "--ip", "::1", "--symbol", "BTCUSDT"]
    words += ["--max-notional", "USDT=2500", "--orders-per-second", "5"]
    words += ["--public-key", str(pem), "--data", str(directory)]
    assert perform(["keys", "create", *words, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    key = made.pop("apiKey")
    assert made == {
        "type": "Ed25519",
        "account": 7,
        "user": "desk",
        "permissions": ["read", "trade"],
        "limits": {
            "addresses": ["10.0.0.0/8", "::1"],
            "symbols": ["BTCUSDT"],
            "notional_max": {"USDT": "2500"},
            "orders_per_second": 5,
        },
    }
    assert perform(["keys", "list", "--data", str(directory)]) == 0
    assert capsys.readouterr().out == (
        f"{key}  Ed25519, account 7, desk: read, trade\n"
        "  from               10.0.0.0/8, ::1\n"
        "  symbols            BTCUSDT\n"
        "  at most            2500 USDT\n"
        "  orders per second  5\n"
    )
    assert perform(["keys", "delete", key, "--data", str(directory)]) == 0
    assert perform(["keys", "delete", key, "--data", str(directory)]) == 1
    assert perform(["keys", "list", "--data", str(directory), "--json"]) == 0
    assert capsys.readouterr().out == "deleted\n[]\n"


def test_a_secret_is_shown_once(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        perform(["keys", "create", "--account", "1", "--user", "a", "--data", str(directory)]) == 0
    )
    first = capsys.readouterr().out
    secret = first.splitlines()[-1].split()[-1]
    assert "a: read\n" in first and len(secret) == 64
    assert perform(["keys", "list", "--data", str(directory)]) == 0
    assert secret not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--user", ""], "1 to 64 characters"),
        (["--ip", "nowhere"], "no IP address"),
        (["--symbol", "btcusdt"], "upper case"),
        (["--max-notional", "USDT=much"], "no amount of USDT"),
        (["--public-key", __file__], "public key"),
        (["--public-key", "nowhere.pem"], "nowhere.pem"),
        (["--data", "nowhere"], "nowhere"),
    ],
    ids=lambda value: str(value[0])[2:] if isinstance(value, list) else "",
)
def test_what_makes_no_key_is_said_in_one_line(
    directory: Path, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    usual = ["--account", "1", "--user", "alice", "--data", str(directory)]
    assert perform(["keys", "create", *usual, *words]) == 1
    said = capsys.readouterr().err
    assert said.startswith("rialto keys: ") and why in said and said.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["--account", "-1"], ["--permissions", "all"], ["--max-notional", "5"]]
)
def test_what_is_asked_wrongly(directory: Path, words: list[str]) -> None:
    usual = ["--account", "1", "--user", "alice", "--data", str(directory)]
    with pytest.raises(SystemExit):
        perform(["keys", "create", *usual, *words])
