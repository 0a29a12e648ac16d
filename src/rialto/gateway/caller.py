"""Who is asking: API key, address, signature, time and permission, checked before anything else is
looked at.

In:  the key of the header, the signed bytes, the signing parameters, and the clock.
Out: a Caller; or Refused with Binance's code.
Never: a second use of a signature to change something.
"""

import re
from collections.abc import Callable, MutableMapping
from decimal import Decimal
from enum import Enum
from functools import lru_cache

import msgspec

from rialto.gateway.replays import Replays
from rialto.gateway.wire import parameters
from rialto.gateway.wire.errors import (
    BAD_API_KEY_FORMAT,
    BAD_SIGNATURE,
    EMPTY_PARAMETER,
    GREATER_THAN_ALLOWED,
    ILLEGAL_CHARACTERS,
    MANDATORY_PARAMETER,
    REJECTED_API_KEY,
    TIMESTAMP_AHEAD,
    TIMESTAMP_TOO_OLD,
    TOO_PRECISE,
    Refused,
)
from rialto.identity.api_keys import API_KEYS_MAX, ApiKey, Permission
from rialto.identity.key_limits import may_come_from
from rialto.identity.signatures import Verify, verifier
from rialto.messages.ids import AccountId

RECV_WINDOW_MS = 5_000
RECV_WINDOW_MS_MAX = 60_000
AHEAD_US_MAX = 1_000_000
TIMESTAMP_US_MIN = 1_483_228_800_000_000  # 2017-01-01
SIGNING_PARAMETERS = ("timestamp", "recvWindow", "signature")
_API_KEY = re.compile(r"[A-Za-z0-9]{64}")
_SIGNATURE = b"signature="
_AMPERSAND = ord("&")
WINDOWS_REMEMBERED_MAX = 1_024

Clock = Callable[[], int]  # microseconds since 1970


class Security(Enum):
    """What an endpoint asks of its caller: (a key, a signature, a permission)."""

    NONE = (False, False, Permission(0))
    KEY = (True, False, Permission.READ)
    TRADE = (True, True, Permission.TRADE)
    USER_DATA = (True, True, Permission.READ)
    SESSION = (True, True, Permission.READ | Permission.TRADE)  # either will do

    def __init__(self, keyed: bool, signed: bool, permission: Permission) -> None:
        self.keyed = keyed
        self.signed = signed
        self.permission = permission


class Caller(msgspec.Struct, frozen=True, gc=False):
    """One request's sender. time_divisor turns microseconds into the unit that the answer shows."""

    address: str
    received_us: int
    time_divisor: int = 1_000
    key: ApiKey | None = None
    expires_us: int = 0  # timestamp + recvWindow of a signed request

    @property
    def account(self) -> AccountId:
        assert self.key is not None, "an endpoint without a key has no account"
        return self.key.account

    def check_still_in_time(self, now_us: int) -> None:
        """Again just before the engine: a request that waited too long is refused, not executed."""
        if now_us > self.expires_us:
            raise Refused(TIMESTAMP_TOO_OLD)


def signed_payload(query: bytes, body: bytes) -> bytes:
    """The bytes that are signed: query and body as sent, joined by nothing, without the
    signature.
    """
    return _unsigned(query) + _unsigned(body)


def _unsigned(raw: bytes) -> bytes:
    start = raw.find(_SIGNATURE)
    if start < 0:
        return raw
    if start and raw.find(b"&", start) < 0 and raw[start - 1] == _AMPERSAND:
        return raw[: start - 1]  # it stands last, as nearly always
    return b"&".join(pair for pair in raw.split(b"&") if not pair.startswith(_SIGNATURE))


class Authentication:
    """Turns a key and a signature into a permission to go on."""

    def __init__(self, find_key: Callable[[str], ApiKey | None], clock: Clock) -> None:
        self._find_key = find_key
        self._clock = clock
        # Signatures from before the start may have been used then; nothing remembers them.
        self._timestamp_us_min = max(clock() // 1000 * 1000, TIMESTAMP_US_MIN)
        self._replays = Replays()
        self._verifiers: dict[str, Verify] = {}  # by API key

    def find(self, key: str | None, permission: Permission, address: str) -> ApiKey:
        """The key of a request from an address, if it may do this; one of the permissions will
        do.
        """
        found = None if key is None else self._find_key(key)
        # The & of an IntFlag makes a new one each time; that of its numbers costs nothing.
        if found is not None and int.__and__(found.permissions, permission):
            listed = found.limits.addresses
            if not listed or may_come_from(listed, address):
                return found
        if key is None or _API_KEY.fullmatch(key) is None:
            raise Refused(BAD_API_KEY_FORMAT)
        raise Refused(REJECTED_API_KEY)

    def is_known(self, key: ApiKey) -> bool:
        """Whether it is not deleted."""
        return self._find_key(key.key) is not None

    def check_signed(
        self,
        key: ApiKey,
        payload: bytes,
        texts: MutableMapping[str, str],
        *,
        only_asks: bool = False,
    ) -> int:
        """Takes the signing parameters out of texts; gives the time at which the request
        expires. only_asks: nothing is changed by it, so that it may be asked again.
        """
        if "signature" not in texts:
            raise Refused(MANDATORY_PARAMETER, "signature")
        if "timestamp" not in texts:
            raise Refused(MANDATORY_PARAMETER, "timestamp")
        digest = self._verified(key, payload, texts.pop("signature"))
        now_us = self._clock()
        expires_us = self._in_time(texts, now_us)
        self._replays.check(digest, expires_us, now_us, only_asks=only_asks)
        return expires_us

    def check_time(self, texts: MutableMapping[str, str]) -> int:
        """The same for a request of a session, which is authenticated and signs nothing."""
        if "timestamp" not in texts:
            raise Refused(MANDATORY_PARAMETER, "timestamp")
        return self._in_time(texts, self._clock())

    def _in_time(self, texts: MutableMapping[str, str], now_us: int) -> int:
        """When the request expires, if it has not yet."""
        timestamp_us = _timestamp_us(texts.pop("timestamp"))
        if timestamp_us >= now_us + AHEAD_US_MAX:
            raise Refused(TIMESTAMP_AHEAD)
        expires_us = timestamp_us + _recv_window_us(texts.pop("recvWindow", None))
        if now_us > expires_us or timestamp_us < self._timestamp_us_min:
            raise Refused(TIMESTAMP_TOO_OLD)
        return expires_us

    def _verified(self, key: ApiKey, payload: bytes, signature: str) -> bytes:
        """What stands for the signature, if it is the right one."""
        verify = self._verifiers.get(key.key)
        if verify is None:
            if len(self._verifiers) >= API_KEYS_MAX:  # most of them of keys that are deleted
                self._verifiers.clear()
            verify = self._verifiers[key.key] = verifier(key)
        signed = verify(payload, signature)
        if signed is None:
            raise Refused(BAD_SIGNATURE)
        return signed


def _timestamp_us(text: str) -> int:
    if not text:
        raise Refused(EMPTY_PARAMETER, "timestamp")
    return parameters.time_us("timestamp", text)


@lru_cache(WINDOWS_REMEMBERED_MAX)
def _recv_window_us(text: str | None) -> int:
    """Milliseconds with up to three decimals. A client sends the same one every time."""
    if text is None:
        return RECV_WINDOW_MS * 1000
    if not text:
        raise Refused(EMPTY_PARAMETER, "recvWindow")
    window_ms: Decimal = parameters.decimal("recvWindow", text)
    if window_ms > RECV_WINDOW_MS_MAX:
        raise Refused(GREATER_THAN_ALLOWED, "recvWindow", RECV_WINDOW_MS_MAX)
    window_us = window_ms * 1000
    if window_us != int(window_us):
        raise Refused(TOO_PRECISE, "recvWindow")
    if window_us == 0:
        raise Refused(ILLEGAL_CHARACTERS, "recvWindow", parameters.DECIMAL_RANGE)
    return int(window_us)
