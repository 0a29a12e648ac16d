"""A local book as Binance describes it: events buffered, a snapshot, then every event in turn.

In:  diff depth events and one snapshot, in either order.
Out: bids and asks as REST tells them. A gap ends it.
"""

import asyncio
from decimal import Decimal
from typing import Any


class LocalBook:
    def __init__(self) -> None:
        self._early: list[Any] = []
        self._sides: dict[str, dict[Decimal, str]] = {"b": {}, "a": {}}
        self._update_id: int | None = None
        self._changed = asyncio.Event()

    def update(self, event: Any) -> None:
        self._changed.set()
        if self._update_id is None:
            self._early.append(event)
        elif event["u"] > self._update_id:
            assert event["U"] <= self._update_id + 1, "events are missing"
            self._apply(event)
            self._update_id = event["u"]

    def start(self, snapshot: Any) -> None:
        assert self._early[0]["U"] <= snapshot["lastUpdateId"] + 1, "the snapshot is too old"
        self._update_id = snapshot["lastUpdateId"]
        self._apply({"b": snapshot["bids"], "a": snapshot["asks"]})
        for event in self._early:
            self.update(event)

    async def first_event(self) -> None:
        await self._changed.wait()

    async def at(self, update_id: int) -> dict[str, Any]:
        """Once it is as new as that."""
        while self._update_id is None or self._update_id < update_id:
            self._changed.clear()
            await self._changed.wait()
        bids, asks = (sorted(self._sides[side].items()) for side in ("b", "a"))
        levels = {"bids": bids[::-1], "asks": asks}
        texts = {side: [[str(p), q] for p, q in levels[side]] for side in levels}
        return {"lastUpdateId": self._update_id, **texts}

    def _apply(self, changes: Any) -> None:
        for name, side in self._sides.items():
            for price, quantity in changes[name]:
                if Decimal(quantity):
                    side[Decimal(price)] = quantity
                else:
                    side.pop(Decimal(price), None)
