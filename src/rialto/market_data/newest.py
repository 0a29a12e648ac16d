"""The newest of a long list whose ids have no gaps: what a page of it can be answered from.

In:  items in the order of their ids and times; for pages that go further back, rows read from SQL.
Out: pages as in binance-api.md 1.7: the oldest from an id or a time on, else the newest.
"""

from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Generic, Protocol, TypeVar

from rialto.messages.ids import Sequence

KEPT_MAX = 1_000  # as many as one answer may hold
FIRST_ID = 1


class Item(Protocol):
    """Made by the command of a sequence."""

    @property
    def sequence(self) -> Sequence: ...
    @property
    def time_us(self) -> int: ...


T = TypeVar("T", bound=Item)


class Newest(Generic[T]):
    """The newest KEPT_MAX, oldest first."""

    def __init__(self, id_of: Callable[[T], int]) -> None:
        self._id_of = id_of
        self._items: deque[T] = deque(maxlen=KEPT_MAX)

    def load(self, items: Iterable[T]) -> None:
        """Start from the newest of a past, oldest first."""
        self._items.extend(items)

    def add(self, item: T) -> None:
        self._items.append(item)

    def last(self) -> T | None:
        return self._items[-1] if self._items else None

    def newest(self, limit: int) -> list[T]:
        """Oldest first."""
        return list(islice(self._items, max(len(self._items) - limit, 0), None))

    @property
    def reaches_back_to(self) -> Sequence:
        """SQL has all that is missing here once it is at this sequence."""
        return self._items[0].sequence if self._items else Sequence(0)

    def page(
        self,
        limit: int,
        from_id: int | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
    ) -> list[T] | None:
        """None if a part of it is no longer here. Ids and times are inclusive."""
        if from_id is None and start_us is None and end_us is None:
            found = self.newest(limit)
            return found if len(found) == limit or self._has_all else None
        if not self._has_all and not self._covers(limit, from_id, start_us, end_us):
            return None
        return self.completed((), limit, from_id, start_us, end_us)

    def completed(
        self,
        older: Iterable[T],
        limit: int,
        from_id: int | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
    ) -> list[T]:
        """A page of which `older` is what SQL has."""
        every = {self._id_of(item): item for item in older}
        for item in self._items:
            if (
                (from_id is None or self._id_of(item) >= from_id)
                and (start_us is None or item.time_us >= start_us)
                and (end_us is None or item.time_us <= end_us)
            ):
                every[self._id_of(item)] = item
        ordered = [every[id_] for id_ in sorted(every)]
        is_oldest_first = from_id is not None or start_us is not None
        return ordered[:limit] if is_oldest_first else ordered[-limit:]

    @property
    def _has_all(self) -> bool:
        return not self._items or self._id_of(self._items[0]) == FIRST_ID

    def _covers(
        self, limit: int, from_id: int | None, start_us: int | None, end_us: int | None
    ) -> bool:
        oldest = self._items[0]
        if from_id is not None and from_id >= self._id_of(oldest):
            return True
        if start_us is not None and start_us > oldest.time_us:
            return True
        if from_id is not None or start_us is not None or end_us is None:
            return False
        return sum(item.time_us <= end_us for item in self._items) >= limit
