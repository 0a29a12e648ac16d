"""API keys survive a restart, and nobody else can read their file."""

from pathlib import Path

import pytest

from rialto.identity import api_keys
from rialto.identity.api_keys import ApiKeys, Permission, TooManyKeys
from rialto.messages.ids import AccountId

TRADER = Permission.READ | Permission.TRADE


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
