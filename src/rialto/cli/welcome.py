"""What a person reads and a script gets once the exchange serves."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from rialto.identity.api_keys import ApiKey
from rialto.ops.demo import DemoKeys
from rialto.settings import Settings

READY_FILE_MODE = 0o600

FixPorts = Mapping[str, int]  # by the kind of session
SayReady = Callable[[str, DemoKeys | None, FixPorts], None]


@contextmanager
def ready_file(path: Path | None) -> Iterator[SayReady]:
    """The file is there while the exchange serves, and at no other time."""

    def say_ready(url: str, keys: DemoKeys | None, fix: FixPorts) -> None:
        if path is not None:
            ready = _ready(url, keys) | ({"fix": fix} if fix else {})
            _write_whole(path, msgspec.json.encode(ready))

    if path is None:
        yield say_ready
        return
    _make_way(path)
    try:
        yield say_ready
    finally:
        path.unlink(missing_ok=True)


def _ready(url: str, keys: DemoKeys | None) -> dict[str, object]:
    if keys is None:
        return {"url": url, "accounts": []}
    accounts = [_account(key) for key in keys.traders]
    return {"url": url, "accounts": accounts, "operator": _account(keys.operator)}


def _account(key: ApiKey) -> dict[str, object]:
    return {
        "account": key.account,
        "user": key.user,
        "api_key": key.key,
        "api_secret": key.secret,
    }


def _make_way(path: Path) -> None:
    """OSError if the file could not be written later, when the exchange serves already."""
    unnamed = _unnamed(path)
    try:
        _write(unnamed, b"")
        unnamed.unlink()
        path.unlink(missing_ok=True)
    except OSError as reason:
        raise OSError(f"--ready-file {path}: {reason.strerror}") from None


def _write_whole(path: Path, content: bytes) -> None:
    """Nobody sees half of it."""
    unnamed = _unnamed(path)
    _write(unnamed, content)
    unnamed.rename(path)


def _unnamed(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.tmp")


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READY_FILE_MODE)
    with open(descriptor, "wb") as file:
        file.write(content)


def announce(url: str, settings: Settings, keys: DemoKeys | None, fix: FixPorts) -> None:
    """To standard output, for the person who started it."""
    print(f"Rialto serves {url}, data in {settings.data.resolve()}. Ctrl-C stops it.", flush=True)
    if fix:
        print("FIX:", ", ".join(f"{name} on {port}" for name, port in fix.items()), flush=True)
    if keys is None:
        return
    alice, bob = keys.traders
    print(DEMO.format(url=url, alice=alice, bob=bob, operator=keys.operator), flush=True)


DEMO = """
  account 1  alice   key     {alice.key}
                     secret  {alice.secret}
  account 2  bob     key     {bob.key}
                     secret  {bob.secret}
  operator           key     {operator.key}
                     secret  {operator.secret}

Look around: {url} and {url}/docs
Place an order for alice (paste it into a shell), and see it on the book:

  Q="symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=50000"
  Q="$Q&timestamp=$(date +%s000)"
  S=$(printf %s "$Q" | openssl dgst -sha256 -hmac {alice.secret} -r)
  curl -s -X POST "{url}/api/v3/order?$Q&signature=${{S%% *}}" \\
    -H "X-MBX-APIKEY: {alice.key}"; echo
  curl -s "{url}/api/v3/depth?symbol=BTCUSDT"; echo

With ccxt, over WebSocket, and the first design's own door: docs/guide/quickstart.md
"""
