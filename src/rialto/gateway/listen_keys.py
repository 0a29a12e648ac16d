"""Listen keys: names of user streams, each good for an hour after it was last asked for.

In:  an account, a key, and what time it is.
Out: the account's one key, or Refused with Binance's code.
Never: kept over a restart; clients ask for a new one when theirs is unknown.
"""

import secrets

import msgspec

from rialto.gateway.wire.errors import INVALID_LISTEN_KEY, TOO_MANY_REQUESTS, Refused
from rialto.messages.ids import AccountId

LISTEN_KEY_US = 3600 * 1_000_000
LISTEN_KEYS_MAX = 100_000
LISTEN_KEY_BYTES = 32  # 64 characters


class ListenKey(msgspec.Struct):
    text: str
    account: AccountId
    expires_us: int


class ListenKeys:
    def __init__(self) -> None:
        self._keys: dict[str, ListenKey] = {}  # the one that expires first comes first
        self._of_account: dict[AccountId, ListenKey] = {}

    def create(self, account: AccountId, now_us: int) -> str:
        """The key of an account, renewed; a new one if it has none."""
        key = self._of_account.get(account)
        if key is None:
            if len(self._keys) >= LISTEN_KEYS_MAX:
                raise Refused(TOO_MANY_REQUESTS)
            key = ListenKey(secrets.token_hex(LISTEN_KEY_BYTES), account, 0)
            self._of_account[account] = key
        self._renew(key, now_us)
        return key.text

    def renew(self, account: AccountId, text: str, now_us: int) -> None:
        self._renew(self._owned(account, text), now_us)

    def delete(self, account: AccountId, text: str) -> None:
        self._forget(self._owned(account, text))

    def find(self, text: str) -> ListenKey | None:
        return self._keys.get(text)

    def expire(self, now_us: int) -> list[ListenKey]:
        """Forget those whose time is over, and say which they were."""
        expired = []
        for key in self._keys.values():
            if key.expires_us > now_us:
                break
            expired.append(key)
        for key in expired:
            self._forget(key)
        return expired

    def _owned(self, account: AccountId, text: str) -> ListenKey:
        key = self._keys.get(text)
        if key is None or key.account != account:
            raise Refused(INVALID_LISTEN_KEY)
        return key

    def _renew(self, key: ListenKey, now_us: int) -> None:
        self._keys.pop(key.text, None)
        self._keys[key.text] = key
        key.expires_us = now_us + LISTEN_KEY_US

    def _forget(self, key: ListenKey) -> None:
        del self._keys[key.text]
        del self._of_account[key.account]
