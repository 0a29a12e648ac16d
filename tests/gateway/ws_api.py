"""A client of the WebSocket API."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from rialto.identity.api_keys import ApiKey
from tests.gateway.doors import Ear, ear
from tests.gateway.venue import Venue, signature

PATH = "/ws-api/v3"
Sign = Callable[[bytes], str]


class Api:
    """Asks one thing after the other; what comes in between is kept in events."""

    def __init__(self, heard: Ear, venue: Venue) -> None:
        self.ear = heard
        self.events: list[Any] = []
        self._venue = venue
        self._asked = 0

    async def call(self, method: str, /, **params: Any) -> Any:
        """The reply, without its id."""
        self._asked += 1
        request: dict[str, Any] = {"id": self._asked, "method": method}
        if params:
            request["params"] = params
        await self.ear.say(request)
        return await self.reply(self._asked)

    async def reply(self, to: int | str | None) -> Any:
        while "status" not in (said := await self.ear.hear()):
            self.events.append(said)
        assert said.pop("id") == to
        return said

    async def result(self, method: str, /, **params: Any) -> Any:
        said = await self.call(method, **params)
        assert said["status"] == 200, said
        return said["result"]

    async def refusal(self, method: str, /, **params: Any) -> tuple[int, int]:
        """(status, code)"""
        said = await self.call(method, **params)
        return said["status"], said["error"]["code"]

    async def event(self) -> Any:
        """The next one that was not looked at."""
        return self.events.pop(0) if self.events else await self.ear.hear()

    def timed(self, **params: Any) -> dict[str, Any]:
        """For whoever is logged on."""
        self._venue.clock.now_us += 1000
        return {**params, "timestamp": self._venue.clock.now_us // 1000}

    def signed(
        self, key: ApiKey | None, sign: Sign | None = None, /, **params: Any
    ) -> dict[str, Any]:
        """By HMAC, or as sign says; at a time that no other request has."""
        assert key is not None
        params = {**self.timed(**params), "apiKey": key.key}
        payload = "&".join(f"{name}={_text(params[name])}" for name in sorted(params)).encode()
        made = signature(key.secret, payload) if sign is None else sign(payload)
        return {**params, "signature": made}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@asynccontextmanager
async def ws_api(venue: Venue, options: str = "", **how: Any) -> AsyncIterator[Api]:
    """options: of the address, with their question mark."""
    async with ear(venue, PATH + options, **how) as heard:
        yield Api(heard, venue)
