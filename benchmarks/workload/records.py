"""The workload file, flat and little-endian without implicit padding.

    header   128 bytes: magic | u32 version | u32 record size | u64 records | u64 prefill
             | u32 symbols | u32 accounts | u64 seed | i64 lowest price | i64 highest price
             | u64 highest order id | zeros
    record   40 bytes: u8 op | u8 side | u8 type | u8 time in force | u32 symbol (from 0)
             | u32 account (from 1) | u32 0 | u64 order id (dense from 1)
             | i64 price (ticks, 0 for MARKET) | i64 quantity (lots)

The prefill are the leading records that set the book up; they are not timed.

NEW GTC matches and rests what is left at the tail of its level; IOC and MARKET drop what is left;
FOK fills whole at its limit or better or is dropped untouched. CANCEL removes. MOVE takes the order
out and enters it again with what remains as a taker at the new price, at the tail. REDUCE subtracts
and keeps the place in the queue; by as much as remains, or more, it removes. CANCEL, MOVE and
REDUCE of an order that is gone are counted as rejects. Trades print at the maker's price; there is
no self-trade prevention.
"""

import struct
from enum import IntEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

MAGIC, VERSION = b"XCHWL001", 1
HEADER = struct.Struct("<8sIIQQIIQqqQ")
HEADER_BYTES = 128
RECORD = np.dtype(
    [
        ("op", "u1"),
        ("side", "u1"),
        ("type", "u1"),
        ("tif", "u1"),
        ("symbol", "<u4"),
        ("account", "<u4"),
        ("zero", "<u4"),
        ("order_id", "<u8"),
        ("price", "<i8"),
        ("quantity", "<i8"),
    ]
)
assert RECORD.itemsize == 40

Records = npt.NDArray[np.void]


class Op(IntEnum):
    NEW = 1
    CANCEL = 2
    MOVE = 3
    REDUCE = 4


class Tif(IntEnum):
    GTC = 0
    IOC = 1
    FOK = 2


BUY, SELL = 0, 1
LIMIT, MARKET = 0, 1


class Recorder:
    """Columns of the records so far."""

    FIELDS = ("op", "side", "type", "tif", "symbol", "account", "order_id", "price", "quantity")

    def __init__(self) -> None:
        self.columns: tuple[list[int], ...] = tuple([] for _ in self.FIELDS)

    def __len__(self) -> int:
        return len(self.columns[0])

    def add(self, *values: int) -> None:
        """In the order of FIELDS."""
        for column, value in zip(self.columns, values, strict=True):
            column.append(value)

    def records(self) -> Records:
        made = np.zeros(len(self), RECORD)
        for field, column in zip(self.FIELDS, self.columns, strict=True):
            made[field] = column
        return made


def price_bounds(records: Records) -> tuple[int, int]:
    prices = records["price"][records["price"] != 0]
    return int(prices.min()), int(prices.max())


def write(
    path: Path, records: Records, *, prefill: int, symbols: int, accounts: int, seed: int
) -> None:
    orders = int((records["op"] == Op.NEW).sum())
    header = HEADER.pack(
        MAGIC,
        VERSION,
        RECORD.itemsize,
        len(records),
        prefill,
        symbols,
        accounts,
        seed,
        *price_bounds(records),
        orders,
    )
    with path.open("wb") as file:
        file.write(header.ljust(HEADER_BYTES, b"\0"))
        records.tofile(file)
