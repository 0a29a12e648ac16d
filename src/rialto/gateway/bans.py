"""Addresses that went on asking after they were told to wait: banned, and longer each time.

In:  which address was refused, and when.
Out: Refused with status 418 for as long as a ban lasts.
Never: a clock, or more than ADDRESSES_MAX of them remembered.
"""

from collections import OrderedDict

import msgspec

from rialto.gateway.wire.errors import BANNED, Refused

ADDRESSES_MAX = 100_000  # then the ban of longest ago is forgotten
REFUSALS_MAX = 50  # within one minute; whoever is refused more often is banned
MINUTE_US = 60_000_000
FIRST_US = 2 * MINUTE_US  # how long the first ban lasts; each further one twice as long
LONGEST_US = 3 * 24 * 60 * MINUTE_US
FORGIVEN_AFTER_US = LONGEST_US  # from the end of a ban; the next one is a first one again


class Ban(msgspec.Struct):
    until_us: int = 0
    width_us: int = 0  # how long it lasts


class Bans:
    def __init__(self) -> None:
        self._bans: OrderedDict[str, Ban] = OrderedDict()  # the newest last
        self._minute = 0
        self._refusals: dict[str, int] = {}  # within that minute

    def __len__(self) -> int:
        return len(self._bans)

    def check(self, address: str, now_us: int) -> None:
        """Refused while the address is banned. Asking then makes the ban no longer."""
        if not self._bans or (ban := self._bans.get(address)) is None:
            return
        if now_us < ban.until_us:
            seconds = -(-(ban.until_us - now_us) // 1_000_000)
            until_ms = ban.until_us // 1000
            raise Refused(BANNED, until_ms, status=418, retry_after_seconds=seconds)
        if now_us >= ban.until_us + FORGIVEN_AFTER_US:
            del self._bans[address]

    def note_refusal(self, address: str, now_us: int) -> None:
        """The address was told to wait."""
        minute = now_us // MINUTE_US
        if minute != self._minute:
            self._minute, self._refusals = minute, {}
        refusals = self._refusals.get(address, 0) + 1
        if refusals > REFUSALS_MAX:
            del self._refusals[address]
            self._ban(address, now_us)
        elif refusals > 1 or len(self._refusals) < ADDRESSES_MAX:
            self._refusals[address] = refusals

    def _ban(self, address: str, now_us: int) -> None:
        ban = self._bans.pop(address, None) or Ban()
        ban.width_us = min(2 * ban.width_us, LONGEST_US) or FIRST_US
        ban.until_us = now_us + ban.width_us
        self._bans[address] = ban
        if len(self._bans) > ADDRESSES_MAX:
            self._bans.popitem(last=False)
