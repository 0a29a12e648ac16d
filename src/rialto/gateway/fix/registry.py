"""Which sessions there are, by account: how many of a kind, and under which names.

Never: a name in use twice. One that went without a word is kept for a while, since its orders may
still be on their way.
"""

from rialto.gateway.caller import Clock
from rialto.gateway.fix.profiles import DROP_COPY, MARKET_DATA, ORDER_ENTRY, Profile
from rialto.gateway.fix.session import Session
from rialto.gateway.weights import SECOND_US, Window
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.fix_errors import COMP_ID_IN_USE, TOO_MANY_ATTEMPTS, TOO_MANY_SESSIONS
from rialto.messages.ids import AccountId

BLOCKED_HEARTBEATS = 2
NAMES_MAX = 100_000  # in use or blocked

Name = tuple[AccountId, str]


class Sessions:
    """blocked: until when, of names whose session ended without a Logout."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._active: dict[Name, Session] = {}
        self._blocked: dict[Name, int] = {}
        self._counts: dict[tuple[AccountId, Profile], int] = {}
        self._attempts = {
            profile: Window(profile.attempts, TOO_MANY_ATTEMPTS)
            for profile in (ORDER_ENTRY, DROP_COPY, MARKET_DATA)
        }

    def all(self) -> list[Session]:
        return list(self._active.values())

    def enter(self, session: Session) -> None:
        terms, profile, now_us = session.terms, session.place.profile, self._clock()
        account = terms.key.account
        self._attempts[profile].charge(account, 1, now_us)
        used = self._counts.get((account, profile), 0)
        if used >= profile.connections_max:
            raise Refused(TOO_MANY_SESSIONS, profile.connections_max)
        name = (account, terms.sender)
        self._forget_blocked(now_us)
        if name in self._active or name in self._blocked:
            raise Refused(COMP_ID_IN_USE)
        if len(self._active) + len(self._blocked) >= NAMES_MAX:
            raise Refused(TOO_MANY_SESSIONS, NAMES_MAX)
        self._active[name] = session
        self._counts[account, profile] = used + 1

    def leave(self, session: Session) -> None:
        terms, place = session.terms, (session.terms.key.account, session.place.profile)
        name = (terms.key.account, terms.sender)
        del self._active[name]
        self._counts[place] -= 1
        if not self._counts[place]:
            del self._counts[place]
        if not session.said_goodbye:
            blocked_us = BLOCKED_HEARTBEATS * terms.heartbeat_seconds * SECOND_US
            self._blocked[name] = self._clock() + blocked_us

    def _forget_blocked(self, now_us: int) -> None:
        over = [name for name, until_us in self._blocked.items() if until_us <= now_us]
        for name in over:
            del self._blocked[name]
