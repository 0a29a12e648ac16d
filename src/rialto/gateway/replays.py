"""Signatures that were used, for as long as they could be used again.

A signature covers its timestamp and recvWindow, so the same one always expires in the same second:
each second has its own set, and a whole set is dropped when its second has passed.
"""

from rialto.gateway.wire.errors import BAD_SIGNATURE, SERVER_BUSY, Refused

SIGNATURES_MAX = 2_000_000  # remembered at once; at the limit new ones are refused as busy
SECOND_US = 1_000_000


class Replays:
    def __init__(self) -> None:
        self._used: dict[int, set[bytes]] = {}  # by the second in which they expire
        self._count = 0
        self._second = 0

    def __len__(self) -> int:
        return self._count

    def check(
        self, digest: bytes, expires_us: int, now_us: int, *, only_asks: bool = False
    ) -> None:
        """Remember a signature; Refused if it is remembered already, unless it only asks."""
        if now_us // SECOND_US > self._second:
            self._forget(now_us // SECOND_US)
        expiry = expires_us // SECOND_US
        # A clock that was set back would let forgotten signatures in, were it not for the first
        # test.
        if expiry < self._second:
            raise Refused(BAD_SIGNATURE)
        used = self._used.get(expiry)
        if used is None:
            used = self._used[expiry] = set()
        elif digest in used:
            if only_asks:
                return
            raise Refused(BAD_SIGNATURE)
        if self._count >= SIGNATURES_MAX:
            raise Refused(SERVER_BUSY)
        used.add(digest)
        self._count += 1

    def _forget(self, second: int) -> None:
        self._second = second
        for passed in [expiry for expiry in self._used if expiry < second]:
            self._count -= len(self._used.pop(passed))
