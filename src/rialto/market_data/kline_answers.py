"""The answer to a request for klines: from memory, and where that ends from SQL.

In:  kept klines of memory, and of the span that is missing there.
Out: klines without gaps, as Binance shows them: a span without trades is flat at the last price.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from rialto.market_data.intervals import KlineRequest
from rialto.messages.ids import Sequence
from rialto.messages.kline_spans import KlineSpan
from rialto.messages.klines import Kline, flat


class Missing(NamedTuple):
    """What memory has let go: SQL has it when it has reached the sequence."""

    span: KlineSpan
    sequence: Sequence


class KlineAnswer:
    """missing: what has to be read from SQL first, None for nothing."""

    def __init__(
        self,
        request: KlineRequest,
        opens: list[int],
        rows: Iterable[Kline] = (),
        earlier: Kline | None = None,
        missing: Missing | None = None,
    ) -> None:
        """opens: those of all klines, and of the one after the last; none if there is no kline.
        earlier: the last kept kline before the first, if memory has it.
        """
        self.request = request
        self.missing = missing
        self._opens = opens
        self._rows = rows
        self._earlier = earlier

    def klines(self, older: Iterable[Kline] = ()) -> list[Kline]:
        """Oldest first, at most request.limit; the last one may still be open.

        older: the kept klines of the missing span, oldest first.
        """
        rows, earlier = [*older, *self._rows], self._earlier
        if rows and self._opens and rows[0].open_us < self._opens[0]:
            earlier = rows.pop(0)
        price_ticks = earlier.close_ticks if earlier else 0
        built: list[Kline] = []
        position = 0
        for open_us, next_us in pairwise(self._opens):
            kline = flat(open_us, price_ticks)
            while position < len(rows) and rows[position].open_us < next_us:
                kline.join(rows[position])
                position += 1
            built.append(kline)
            price_ticks = kline.close_ticks
        return built


def join(joined: Kline | None, open_us: int, klines: Iterable[Kline]) -> Kline | None:
    """One kline of all of them, None of none."""
    for kline in klines:
        if joined is None:
            joined = flat(open_us, kline.open_ticks)
        joined.join(kline)
    return joined
