"""API keys survive a restart, and nobody else can read their file."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rialto.identity import api_keys
from rialto.identity.api_keys import ApiKey, ApiKeys, Permission, TooManyKeys
from rialto.identity.key_limits import KeyLimits
from rialto.identity.public_keys import read_public_key
from rialto.messages.ids import AccountId

TRADER = Permission.READ | Permission.TRADE
ED25519_PEM = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "identity.sqlite"


def test_a_key_is_found_again_after_a_restart(path: Path) -> None:
    keys = ApiKeys.open(path)
    first = keys.create(AccountId(1), "alice", TRADER)
    second = keys.create(AccountId(2), "bob", Permission.READ, client_order_id_reusable=True)
    assert keys.find(first.key) == first
    keys.close()

    again = ApiKeys.open(path)
    assert again.all() == [first, second]
    assert again.find(second.key) == second
    assert again.find(second.key[:-1]) is None
    again.close()


def test_keys_and_secrets_are_64_random_characters(path: Path) -> None:
    keys = ApiKeys.open(path)
    made = [keys.create(AccountId(1), "alice", TRADER) for _ in range(10)]
    words = [word for key in made for word in (key.key, key.secret)]
    keys.close()
    assert {len(word) for word in words} == {64}
    assert len(set(words)) == len(words)


def test_only_the_owner_can_read_the_file(path: Path) -> None:
    path.touch(mode=0o644)
    keys = ApiKeys.open(path)
    keys.create(AccountId(1), "alice", TRADER)
    keys.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_in_a_log_line_shows_no_secret(path: Path) -> None:
    keys = ApiKeys.open(path)
    key = keys.create(AccountId(1), "alice", TRADER)
    keys.close()
    assert key.secret not in repr(key)
    assert key.key not in repr(key)


@pytest.mark.parametrize("user", ["", "x" * 65])
def test_a_user_has_a_name_of_1_to_64_characters(path: Path, user: str) -> None:
    keys = ApiKeys.open(path)
    with pytest.raises(ValueError, match="1 to 64"):
        keys.create(AccountId(1), user, TRADER)
    keys.close()


def test_the_number_of_keys_has_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "API_KEYS_MAX", 1)
    keys = ApiKeys.open(path)
    keys.create(AccountId(1), "alice", TRADER)
    with pytest.raises(TooManyKeys):
        keys.create(AccountId(2), "bob", TRADER)
    keys.close()


async def test_what_another_process_does_is_noticed(path: Path) -> None:
    """`rialto keys` while the exchange runs."""
    exchange, elsewhere = ApiKeys.open(path), ApiKeys.open(path)
    made = elsewhere.create(AccountId(1), "alice", TRADER)
    assert exchange.find(made.key) is None
    await exchange.refresh()
    assert exchange.find(made.key) == made
    own = exchange.create(AccountId(2), "bob", TRADER)
    assert elsewhere.delete(made.key)
    await exchange.refresh()
    assert exchange.all() == [own]
    await elsewhere.refresh()
    assert elsewhere.all() == [own]
    exchange.close()
    elsewhere.close()


async def test_what_cannot_be_read_changes_nothing(path: Path) -> None:
    exchange = ApiKeys.open(path)
    made = exchange.create(AccountId(1), "alice", TRADER)
    for column, value in (("limits", '{"moreLimits":1}'), ("type", "Ed448"), ("limits", "{")):
        with closing(sqlite3.connect(path)) as elsewhere:
            elsewhere.execute(f"UPDATE api_keys SET {column} = ?", (value,))
            elsewhere.commit()
        await exchange.refresh()
        assert exchange.all() == [made]
    exchange.close()


async def test_watching_goes_on_until_canceled(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "LOOK_EVERY_SECONDS", 0.001)
    exchange, elsewhere = ApiKeys.open(path), ApiKeys.open(path)
    watching = asyncio.create_task(exchange.watch())
    for _ in range(2):
        made = elsewhere.create(AccountId(1), "alice", TRADER)
        async with asyncio.timeout(10):
            while exchange.find(made.key) is None:  # noqa: ASYNC110 - nobody else is told
                await asyncio.sleep(0)
    watching.cancel()
    await asyncio.wait({watching})
    exchange.close()
    elsewhere.close()


def test_a_deleted_key_is_gone(path: Path) -> None:
    keys = ApiKeys.open(path)
    made = keys.create(AccountId(1), "alice", TRADER)
    assert keys.delete(made.key)
    assert not keys.delete(made.key)
    keys.close()
    again = ApiKeys.open(path)
    assert again.all() == []
    again.close()


def test_a_key_keeps_its_limits_and_public_key(path: Path) -> None:
    keys = ApiKeys.open(path)
    limits = KeyLimits(("10.0.0.0/8", "::1/128"), ("BTCUSDT",), {"USDT": "2500.5"}, 10)
    made = keys.create(
        AccountId(1), "alice", TRADER, public_key=read_public_key(ED25519_PEM), limits=limits
    )
    assert made.secret == ""
    assert made.limits.addresses == ("10.0.0.0/8", "::1")
    keys.close()
    again = ApiKeys.open(path)
    assert again.find(made.key) == made
    again.close()


def test_a_file_of_an_earlier_version_is_read(path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.execute(
            "CREATE TABLE api_keys (number INTEGER NOT NULL PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
            " secret TEXT NOT NULL, account INTEGER NOT NULL, user TEXT NOT NULL,"
            " permissions INTEGER NOT NULL, client_order_id_reusable BOOLEAN NOT NULL)"
        )
        old.execute("INSERT INTO api_keys VALUES (1, 'k', 's', 7, 'alice', 3, 0)")
        old.commit()
    for _ in range(2):
        keys = ApiKeys.open(path)
        assert keys.all() == [ApiKey("k", "s", AccountId(7), "alice", TRADER)]
        keys.close()
