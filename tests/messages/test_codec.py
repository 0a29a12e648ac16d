"""Frames: every command and event comes back as it went in, and what is no frame is refused."""

from collections.abc import Iterator
from enum import IntEnum
from random import Random
from typing import Any

import msgspec
import pytest

from rialto._core import Exchange
from rialto.messages import commands as c
from rialto.messages import events as e
from rialto.messages.codec import (
    COMMAND_HEADER,
    COMMAND_KINDS,
    EVENT_HEADER,
    EVENT_KINDS,
    FRAME_BYTES_MAX,
    decode_commands,
    decode_events,
    encode_command,
    encode_event,
)
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId
from rialto.messages.instructions import Instructions, OrderLeg
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.layouts import LEGS_MAX, TEXT_BYTES_MAX, MalformedFrame
from rialto.messages.orders import OrderType, Side, StpMode, TimeInForce
from rialto.messages.rejections import Rejection
from tests.core.markets import PLAIN

I64, I128 = (-(2**63), 2**63 - 1), (-(2**127), 2**127 - 1)
RANGES = {
    **dict.fromkeys(("decimals", "command_kind", "allowed_stp_mask"), (0, 2**8 - 1)),
    **dict.fromkeys(("account", "source", "target", "asset", "base", "quote"), (0, 2**32 - 1)),
    **dict.fromkeys(("instrument", "tier", "maker_ppm", "taker_ppm"), (0, 2**32 - 1)),
    **dict.fromkeys(("max_num_orders", "average_price_minutes"), (0, 2**32 - 1)),
    **dict.fromkeys(("reference_bucket_count", "reference_bucket_width_ms"), (0, 2**32 - 1)),
    **dict.fromkeys(("iceberg_parts", "trade_group", "strategy_type"), (0, 2**32 - 1)),
    **dict.fromkeys(("allowed_order_types", "peg_offset", "leg_count"), (0, 2**8 - 1)),
    **dict.fromkeys(("order_list", "good_till_us"), (0, 2**64 - 1)),
    "features": (0, 2**16 - 1),
    "strategy_id": (-(2**63), 2**63 - 1),
}
NARROWS = {
    **dict.fromkeys(("_account", "multiplier", "max_num", "delta"), (0, 2**32 - 1)),
    "_id": (0, 2**64 - 1),
}
WIDE = ("amount", "held", "released", "commission", "release", "notional", "max_position")

TEXTS = ("", "a", "order-1", "é" * (TEXT_BYTES_MAX // 2), "x" * TEXT_BYTES_MAX)


def range_of(name: str) -> tuple[int, int]:
    """The integers that a field must carry, from what it counts."""
    if name in RANGES:
        return RANGES[name]
    for part, bounds in NARROWS.items():
        if part in name:
            return bounds
    if name in ("withdrawal", "original_sequence"):
        return 0, 2**64 - 1
    return I128 if any(part in name for part in WIDE) else I64


def some_value(name: str, type_: Any, random: Random) -> Any:
    if type_ is str:
        return random.choice(TEXTS)
    if type_ is bool:
        return random.choice((True, False))
    if type_ is InstrumentDefinition:
        return some(InstrumentDefinition, random)
    if name == "instructions":
        return random.choice((None, some(Instructions, random)))
    if name == "legs":
        return tuple(some(OrderLeg, random) for _ in range(random.randint(0, LEGS_MAX)))
    if isinstance(type_, type) and issubclass(type_, IntEnum):
        return random.choice(list(type_))
    low, high = range_of(name)
    return random.choice((low, high, 0, 1, random.randint(low, high)))


def some(struct: type[Any], random: Random) -> Any:
    fields = msgspec.structs.fields(struct)
    header = {"sequence": (0, 2**64 - 1), "index": (0, 2**32 - 1), "time_us": (0, 2**64 - 1)}
    values = {
        f.name: random.randint(*header[f.name])
        if f.name in header
        else some_value(f.name, f.type, random)
        for f in fields
    }
    return struct(**values)


@pytest.mark.parametrize("struct", COMMAND_KINDS.values(), ids=lambda struct: struct.__name__)
def test_every_command_comes_back(struct: type[c.Command]) -> None:
    random = Random(struct.__name__)
    sent = [
        (random.randrange(2**32), random.randrange(2**64), some(struct, random)) for _ in range(200)
    ]
    frames = [encode_command(command, origin, number) for origin, number, command in sent]
    assert all(len(frame) % 8 == 0 and len(frame) <= FRAME_BYTES_MAX for frame in frames)
    assert list(decode_commands(b"".join(frames))) == sent
    assert list(decode_commands(memoryview(b"".join(frames)))) == sent


@pytest.mark.parametrize("struct", EVENT_KINDS.values(), ids=lambda struct: struct.__name__)
def test_every_event_comes_back(struct: type[e.Event]) -> None:
    random = Random(struct.__name__)
    sent = [some(struct, random) for _ in range(200)]
    frames = [encode_event(event) for event in sent]
    assert all(len(frame) % 8 == 0 and len(frame) <= FRAME_BYTES_MAX for frame in frames)
    assert decode_events(b"".join(frames)) == sent
    assert decode_events(memoryview(b"".join(frames))) == sent


def test_decoded_words_are_enums_and_flags_are_booleans() -> None:
    """Equality alone would not tell a Side from an integer."""
    random = Random(1)
    for struct in COMMAND_KINDS.values():
        ((_, _, command),) = decode_commands(encode_command(some(struct, random)))
        for value in (command, getattr(command, "definition", command)):
            for field in msgspec.structs.fields(value):
                if isinstance(field.type, type) and issubclass(field.type, IntEnum | bool | str):
                    assert type(getattr(value, field.name)) is field.type


PLACE = encode_command(
    c.PlaceOrder(
        AccountId(1),
        InstrumentId(2),
        Side.BUY,
        OrderType.LIMIT,
        TimeInForce.GTC,
        StpMode.NONE,
        client_order_id_reusable=False,
        price_ticks=100,
        quantity_lots=3,
        client_order_id="order-1",
    ),
    origin=1,
    number=5,
)
COMMANDS = [
    PLACE,
    encode_command(c.AddAsset(8, "BTC")),
    encode_command(c.Deposit(AccountId(1), AssetId(0), 5)),
    encode_command(c.CancelOrder(AccountId(1), InstrumentId(0), OrderId(1), client_order_id="a")),
    encode_command(c.ListInstrument(PLAIN)),
]


def broken_frames(frame: bytes) -> Iterator[bytes]:
    """Bytes near a good frame in which no frame can be made out."""
    for end in range(1, len(frame)):
        yield frame[:end]
    for length in (0, 1, 8, COMMAND_HEADER.size - 1, len(frame) + 8, 0xFFFF):
        yield length.to_bytes(2, "little") + frame[2:]
    yield frame + b"\0"
    yield frame + bytes(8)


@pytest.mark.parametrize("frame", COMMANDS, ids=range(len(COMMANDS)))
def test_broken_frames_are_refused_and_change_nothing(frame: bytes) -> None:
    exchange = Exchange()
    before = exchange.state_hash()
    for wrong in broken_frames(frame):
        with pytest.raises(MalformedFrame):
            list(decode_commands(wrong))
        for batch in (wrong, encode_command(c.AddAsset(8, "BTC")) + wrong):
            with pytest.raises(ValueError, match="."):
                exchange.apply(1, 1, batch)
    assert exchange.state_hash() == before
    assert exchange.sequence == 0


@pytest.mark.parametrize("frame", COMMANDS, ids=range(len(COMMANDS)))
def test_the_core_reads_every_changed_byte_as_we_do(frame: bytes) -> None:
    """A whole frame with content that is no command is one that the core rejects as MALFORMED."""
    for position in range(len(frame)):
        for value in (0, 1, 2, 5, 12, 21, 36, 37, 0x7F, 0x80, 0xFF):
            changed = frame[:position] + bytes([value]) + frame[position + 1 :]
            assert is_command_to_us(changed) == is_command_to_core(changed), (position, value)


def is_command_to_us(frame: bytes) -> bool:
    try:
        return len(list(decode_commands(frame))) > 0
    except MalformedFrame:
        return False


def is_command_to_core(frame: bytes) -> bool:
    try:
        (event,) = decode_events(Exchange().apply(1, 1, frame))
    except ValueError:
        return False
    return getattr(event, "rejection", None) is not Rejection.MALFORMED


def test_what_is_no_event_is_refused() -> None:
    event = e.OrderRepeated(1, 0, 1, OrderId(1), AccountId(1), InstrumentId(1), 1, "order-1")  # type: ignore[arg-type]
    frame = encode_event(event)
    for end in range(1, len(frame)):
        with pytest.raises(MalformedFrame):
            decode_events(frame[:end])
    for length in (0, 1, EVENT_HEADER.size - 1, len(frame) + 8):
        with pytest.raises(MalformedFrame):
            decode_events(length.to_bytes(2, "little") + frame[2:])
    for kind in (0, 36, 60, 128, 255):
        with pytest.raises(MalformedFrame):
            decode_events(frame[:2] + bytes([kind]) + frame[3:])


def test_values_that_do_not_fit_are_not_written() -> None:
    for command in (
        c.AddAsset(256, "BTC"),
        c.AddAsset(8, "x" * (TEXT_BYTES_MAX + 1)),
        c.Deposit(AccountId(2**32), AssetId(0), 1),
        c.Deposit(AccountId(1), AssetId(0), 2**127),
        c.Deposit(AccountId(-1), AssetId(0), 1),
    ):
        with pytest.raises(Exception, match="."):
            encode_command(command)
