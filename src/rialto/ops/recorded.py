"""Recorded order flow of a venue: two CSV files, described in tests/data/README.md."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from rialto.messages.orders import Side


class Op(StrEnum):
    NEW = "new"  # a limit order that rests
    CANCEL = "cancel"
    REDUCE = "reduce"  # quantity_lots is what remains
    TAKE = "take"  # a limit order, immediate or cancel


class RecordedOrder(msgspec.Struct, frozen=True):
    row: int  # from 1, the header not counted
    time_ns: int
    op: Op
    order_id: int
    side: Side
    price_ticks: int
    quantity_lots: int


class RecordedFill(msgspec.Struct, frozen=True):
    maker_order_id: int
    price_ticks: int
    quantity_lots: int


class MalformedRecording(ValueError):
    """A row that is not one of the recording's format."""


def read_orders(path: Path) -> Iterator[RecordedOrder]:
    """The venue's orders, in the order it saw them."""
    for row, fields in _rows(path):
        try:
            yield RecordedOrder(
                row=row,
                time_ns=int(fields["time_ns"]),
                op=Op(fields["op"]),
                order_id=int(fields["order_id"]),
                side=Side[fields["side"]],
                price_ticks=int(fields["price_ticks"] or 0),
                quantity_lots=int(fields["quantity_lots"] or 0),
            )
        except (KeyError, ValueError) as wrong:
            raise MalformedRecording(f"{path}, row {row}: {wrong}") from wrong


def self_trades_prevented(orders: Iterable[RecordedOrder]) -> Iterator[RecordedOrder]:
    """Cancels before the new order that caused them.

    Where a new order would meet its owner's own resting ones, the venue cancels those, but reports
    the new order first and then, at the same instant, the cancels on the other side. The recording
    names no owners, so that order of events is put right here.
    """
    waiting: RecordedOrder | None = None
    for order in orders:
        if waiting and order.op is Op.CANCEL and _is_of_one_event(waiting, order):
            yield order
            continue
        if waiting:
            yield waiting
            waiting = None
        if order.op is Op.NEW:
            waiting = order
        else:
            yield order
    if waiting:
        yield waiting


def _is_of_one_event(new: RecordedOrder, cancel: RecordedOrder) -> bool:
    return new.time_ns == cancel.time_ns and new.side is not cancel.side


def read_fills(path: Path) -> dict[int, list[RecordedFill]]:
    """What the venue says each `take` was filled with, by its row among the orders."""
    found: dict[int, list[RecordedFill]] = {}
    for row, fields in _rows(path):
        try:
            fill = RecordedFill(
                maker_order_id=int(fields["maker_order_id"]),
                price_ticks=int(fields["price_ticks"]),
                quantity_lots=int(fields["quantity_lots"]),
            )
            found.setdefault(int(fields["orders_row"]), []).append(fill)
        except (KeyError, ValueError) as wrong:
            raise MalformedRecording(f"{path}, row {row}: {wrong}") from wrong
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by name, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="ascii", newline="") as lines:
        yield from enumerate(csv.DictReader(lines), start=1)
