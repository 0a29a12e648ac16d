"""Layouts: where the fields of a struct stand in its frame, and what reads and writes them there.

In:  a struct, whose fields' names and types say how wide each is.
Out: values of its fields from bytes, and bytes from values. codec.py says what a frame is.

What a layout does to each field is written out once, as the source of one function: a frame is read
and written for every order, and a loop over its fields would take twice as long.
"""

from collections.abc import Callable
from enum import IntEnum
from struct import Struct
from typing import Any

import msgspec

from rialto.messages import commands, orders
from rialto.messages.instructions import Instructions, OrderLeg
from rialto.messages.rejections import Rejection

TEXT_BYTES_MAX = 36
LEGS_MAX = 3
PADDINGS = tuple(bytes(-length % 8) for length in range(8))  # by what is over

U8, U16, U32, U64, I64, I128 = "B", "H", "I", "Q", "q", "Qq"

FLAGS = {0: False, 1: True}

# One name has one width everywhere.
WIDTHS: dict[str, str] = {
    **dict.fromkeys(("account", "source", "target", "taker_account", "maker_account"), U32),
    **dict.fromkeys(("asset", "base", "quote", "instrument"), U32),
    **dict.fromkeys(("tier", "maker_ppm", "taker_ppm", "max_num_orders"), U32),
    **dict.fromkeys(("bid_multiplier_up", "bid_multiplier_down"), U32),
    **dict.fromkeys(("ask_multiplier_up", "ask_multiplier_down", "average_price_minutes"), U32),
    **dict.fromkeys(("multiplier_up", "multiplier_down"), U32),
    **dict.fromkeys(("bid_limit_multiplier_up", "bid_limit_multiplier_down"), U32),
    **dict.fromkeys(("ask_limit_multiplier_up", "ask_limit_multiplier_down"), U32),
    **dict.fromkeys(("reference_bucket_count", "reference_bucket_width_ms"), U32),
    **dict.fromkeys(("iceberg_parts", "max_num_algo_orders", "max_num_iceberg_orders"), U32),
    **dict.fromkeys(("max_num_order_lists", "max_num_order_amends", "trade_group"), U32),
    **dict.fromkeys(("min_trailing_above_delta", "max_trailing_above_delta"), U32),
    **dict.fromkeys(("min_trailing_below_delta", "max_trailing_below_delta"), U32),
    **dict.fromkeys(("trailing_delta", "strategy_type"), U32),
    **dict.fromkeys(("decimals", "command_kind", "allowed_stp_mask"), U8),
    **dict.fromkeys(("allowed_order_types", "peg_offset", "leg_count"), U8),
    "features": U16,
    **dict.fromkeys(("order_id", "cancel_order_id", "taker_order_id", "maker_order_id"), U64),
    **dict.fromkeys(("trade_id", "update_id", "prevented_match_id", "withdrawal"), U64),
    **dict.fromkeys(("original_sequence", "good_till_us"), U64),
    **dict.fromkeys(("order_list", "first_order_id"), U64),
    **dict.fromkeys(("price_ticks", "min_price_ticks", "max_price_ticks"), I64),
    **dict.fromkeys(("stop_price_ticks", "iceberg_lots", "visible_lots", "strategy_id"), I64),
    **dict.fromkeys(("quantity_lots", "old_quantity_lots", "remaining_lots"), I64),
    **dict.fromkeys(("taker_remaining_lots", "maker_remaining_lots"), I64),
    **dict.fromkeys(("taker_prevented_lots", "maker_prevented_lots"), I64),
    **dict.fromkeys(("min_lots", "max_lots"), I64),
    **dict.fromkeys(("market_min_lots", "market_max_lots", "market_step_lots"), I64),
    **dict.fromkeys(("quote_units_per_tick_lot", "base_units_per_lot"), I64),
    **dict.fromkeys(("amount", "quote_amount", "held", "released"), I128),
    **dict.fromkeys(("taker_released", "maker_released"), I128),
    **dict.fromkeys(("buyer_commission", "seller_commission", "buyer_release"), I128),
    **dict.fromkeys(("min_notional", "notional_min", "notional_max", "max_position"), I128),
}

ENUMS: dict[str, type[IntEnum]] = {
    "peg_price_type": orders.PegPriceType,
    "list_type": orders.OrderListType,
    "side": orders.Side,
    "taker_side": orders.Side,
    "type": orders.OrderType,
    "time_in_force": orders.TimeInForce,
    "stp": orders.StpMode,
    "default_stp": orders.StpMode,
    "reason": orders.ExpiryReason,
    "status": orders.InstrumentStatus,
    "restriction": orders.CancelRestriction,
    "rejection": Rejection,
}


class MalformedFrame(ValueError):
    """Bytes that are not a frame of a known kind."""


class Layout:
    """Where the fields of one struct stand in its frame, behind a header if it has one.

    The header's fields are those of the struct that `header` names among its own, and others.
    """

    def __init__(
        self, struct: type[msgspec.Struct], head: str = "", header: tuple[str, ...] = ()
    ) -> None:
        """head: the header in the struct module's letters; header: what its fields are called."""
        self._codes = list(head)
        self._unpacked = list(header)  # names of what the struct module gives, in order
        self._values: list[str] = []  # of the fields, as expressions of those names
        self._packed = list(header)  # the other way: what it takes, as expressions of `it`
        self._tail: list[tuple[str, str]] = []  # (section, field) of what follows the fixed part
        self._words: dict[str, Any] = {"make": struct}
        for field in msgspec.structs.fields(struct):
            if field.name in header:
                self._values.append(field.name)
            else:
                self._place(field.name, field.type, struct)
        self._tail.sort(key=lambda section: SECTIONS.index(section[0]))  # keeps that of texts
        self.fixed = Struct("<" + "".join(self._codes))
        tails = [f"{name}_tail" for _, name in self._tail]
        self._size = self.fixed.size
        self._tail_readers = [
            (self._unpacked.index(name), NOTHING[section], READERS[section])
            for section, name in self._tail
        ]
        self._tail_writers = [(name, WRITERS[section]) for section, name in self._tail]
        self._make = self._function([*self._unpacked, *tails], f"make({', '.join(self._values)})")
        self._words["pack"] = self.fixed.pack
        self._pack = self._function(["it", *header, *tails], f"pack({', '.join(self._packed)})")

    def _function(self, names: list[str], expression: str) -> Callable[..., Any]:
        made: Callable[..., Any] = eval(f"lambda {', '.join(names)}: {expression}", self._words)
        return made

    def _place(self, name: str, type_: Any, struct: type) -> None:
        code, unpacked, value, packed = U8, [name], name, [f"it.{name}"]
        section = TEXT if type_ is str else name
        if section in SECTIONS:
            self._tail.append((section, name))
            value = f"{name}_tail"
            packed = [value]
        elif type_ is bool:
            self._words["flags"] = FLAGS
            value = f"flags[{name}]"
        elif name in ENUMS or name == "mode":
            enum = ENUMS.get(name) or (
                orders.ReplaceMode if struct is commands.ReplaceOrder else orders.StpMode
            )
            self._words[enum.__name__] = {member.value: member for member in enum}
            value = f"{enum.__name__}[{name}]"
        else:
            code = WIDTHS[name]
            if code == I128:
                unpacked, value = (
                    [f"{name}_low", f"{name}_high"],
                    f"{name}_low + ({name}_high << 64)",
                )
                packed = [f"it.{name} & {2**64 - 1}", f"it.{name} >> 64"]
        self._codes.append(code)
        self._unpacked += unpacked
        self._values.append(value)
        self._packed += packed

    def write(self, it: msgspec.Struct) -> bytes:
        """Bytes of a struct without a header. MalformedFrame or struct.error if a value does not
        fit its field.
        """
        marks, tail = self._write_tail(it)
        fixed: bytes = self._pack(it, *marks)
        return fixed + tail

    def write_frame(self, it: msgspec.Struct, *header: int) -> bytes:
        """The same behind a header, which begins with the length, and then those fields; padded."""
        marks, tail = self._write_tail(it)
        length = self._size + len(tail)
        padding = PADDINGS[length % 8]
        fixed: bytes = self._pack(it, length + len(padding), *header, *marks)
        return fixed + tail + padding

    def _write_tail(self, it: msgspec.Struct) -> tuple[list[int], bytes]:
        """The marks in the fixed part, and what follows it."""
        marks, tail = [], b""
        for name, write in self._tail_writers:
            value = getattr(it, name)
            if value:
                mark, written = write(value)
                marks.append(mark)
                tail += written
            else:
                marks.append(0)
        return marks, tail

    def read(self, frames: bytes | memoryview, offset: int, frame_end: int) -> Any:
        return self.read_on(frames, offset, frame_end)[0]

    def read_on(self, frames: bytes | memoryview, offset: int, frame_end: int) -> tuple[Any, int]:
        """The struct, and where it ends."""
        found = self.fixed.unpack_from(frames, offset)
        end = offset + self._size
        for mark_at, nothing, read in self._tail_readers:
            if found[mark_at]:
                value, end = read(found[mark_at], frames, end, frame_end)
                found += (value,)
            else:
                found += nothing
        if end > frame_end:
            raise MalformedFrame("fields run out of their frame")
        return self._make(*found), end


def _write_instructions(instructions: Instructions) -> tuple[int, bytes]:
    return 1, INSTRUCTIONS.write(instructions)


def _read_instructions(
    mark: int, frames: bytes | memoryview, start: int, frame_end: int
) -> tuple[Instructions, int]:
    _ = FLAGS[mark]  # there is no other than 1
    return INSTRUCTIONS.read_on(frames, start, frame_end)


def _write_legs(legs: tuple[OrderLeg, ...]) -> tuple[int, bytes]:
    return len(legs), b"".join(map(LEG.write, legs))


def _read_legs(
    count: int, frames: bytes | memoryview, start: int, frame_end: int
) -> tuple[tuple[OrderLeg, ...], int]:
    if count > LEGS_MAX:
        raise MalformedFrame(f"a list of {count} orders, at most {LEGS_MAX}")
    legs: list[OrderLeg] = []
    for _ in range(count):
        leg, start = LEG.read_on(frames, start, frame_end)
        legs.append(leg)
    return tuple(legs), start


def _write_text(text: str) -> tuple[int, bytes]:
    raw = text.encode()
    if len(raw) > TEXT_BYTES_MAX:
        raise MalformedFrame(f"a text of {len(raw)} bytes, at most {TEXT_BYTES_MAX}")
    return len(raw), raw


def _read_text(
    size: int, frames: bytes | memoryview, start: int, frame_end: int
) -> tuple[str, int]:
    if size > TEXT_BYTES_MAX:
        raise MalformedFrame(f"a text of {size} bytes, at most {TEXT_BYTES_MAX}")
    end = start + size
    return str(frames[start:end], "utf-8"), end


# What follows the fixed part, in this order. In its place in the fixed part stands a mark: whether
# there are instructions, how many legs, how long a text is; 0 for nothing.
TEXT = "text"
SECTIONS = ("instructions", "legs", TEXT)
WRITERS: dict[str, Callable[[Any], tuple[int, bytes]]] = {
    "instructions": _write_instructions,
    "legs": _write_legs,
    TEXT: _write_text,
}
READERS: dict[str, Callable[..., tuple[Any, int]]] = {
    "instructions": _read_instructions,
    "legs": _read_legs,
    TEXT: _read_text,
}
NOTHING: dict[str, tuple[object]] = {"instructions": (None,), "legs": ((),), TEXT: ("",)}
INSTRUCTIONS = Layout(Instructions)
LEG = Layout(OrderLeg)
