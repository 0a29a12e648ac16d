"""Request parameters: from bytes to a typed request, strictly.

In:  the query string and the form body as they came, or the parameters of a WebSocket request as
     texts.
Out: a request struct (wire/requests.py), every field converted; or Refused with Binance's code.
Never: a guess. Numbers are plain ASCII decimals, names and values are case-sensitive.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import unquote_to_bytes

import msgspec

from rialto.gateway.wire import client_order_ids
from rialto.gateway.wire.errors import (
    DUPLICATE_PARAMETER,
    DUPLICATE_SYMBOLS,
    EMPTY_PARAMETER,
    ILLEGAL_CHARACTERS,
    INVALID_JSON,
    INVALID_PARAMETER,
    MANDATORY_PARAMETER,
    OVERFLOWED,
    TOO_MANY_PARAMETERS,
    TOO_MANY_VALUES,
    UNREAD_PARAMETERS,
    Refused,
    WireError,
)
from rialto.messages.klines import DAY_US, HOUR_US, MINUTE_US

PARAMETERS_MAX = 100
SYMBOLS_MAX = 1_000
WINDOW_SYMBOLS_MAX = 100  # where every symbol has its price
INTEGER_MAX = 2**63 - 1
MICROSECONDS_FROM = 10**14  # a time at or above this is in microseconds, below in milliseconds

DECIMAL_RANGE = r"^(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?$"
INTEGER_RANGE = r"^[0-9]{1,20}$"
LABEL_RANGE = r"^-?[0-9]{1,20}$"
UTF8_RANGE = "UTF-8"
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,18})?")
_INTEGER = re.compile(r"[0-9]{1,20}")
_LABEL = re.compile(r"-?[0-9]{1,20}")

WINDOW_RANGE = r"^([1-9]m|[1-5][0-9]m|[1-9]h|1[0-9]h|2[0-3]h|[1-7]d)$"
WINDOW_UNITS_US = {"m": MINUTE_US, "h": HOUR_US, "d": DAY_US}
_WINDOW = re.compile(r"((?:[1-9]|[1-5][0-9])(?=m)|(?:[1-9]|1[0-9]|2[0-3])(?=h)|[1-7](?=d))([mhd])")
PERMISSION_NAMES = {"SPOT", "MARGIN", "LEVERAGED"} | {f"TRD_GRP_{n:03}" for n in range(2, 26)}


class Kind:
    """How the text of a parameter becomes its value, and how OpenAPI describes it."""

    def __init__(self, convert: Callable[[str, str], Any], schema: dict[str, object]) -> None:
        self.convert = convert  # (name, text) -> value
        self.schema = schema


def decimal(name: str, text: str) -> Decimal:
    if _DECIMAL.fullmatch(text) is None:
        raise Refused(ILLEGAL_CHARACTERS, name, DECIMAL_RANGE)
    return Decimal(text)


def integer(name: str, text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise Refused(ILLEGAL_CHARACTERS, name, INTEGER_RANGE)
    if (value := int(text)) > INTEGER_MAX:
        raise Refused(OVERFLOWED, name)
    return value


def label(name: str, text: str) -> int:
    """Any whole number that a client puts on its orders; the least one stands for none."""
    if _LABEL.fullmatch(text) is None:
        raise Refused(ILLEGAL_CHARACTERS, name, LABEL_RANGE)
    value = int(text)
    if not -INTEGER_MAX <= value <= INTEGER_MAX:
        raise Refused(OVERFLOWED, name)
    return value


def time_us(name: str, text: str) -> int:
    """Milliseconds or microseconds, told apart by magnitude."""
    value = integer(name, text)
    return value if value >= MICROSECONDS_FROM else value * 1000


def boolean(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise Refused(ILLEGAL_CHARACTERS, name, "^(true|false)$")
    return text == "true"


def word(_: str, text: str) -> str:
    return text


def _names(name: str, text: str, names_max: int) -> tuple[str, ...]:
    """A JSON array of texts, at least one and none of them twice."""
    try:
        found = msgspec.json.decode(text, type=tuple[str, ...])
    except msgspec.DecodeError:
        raise Refused(INVALID_JSON, name) from None
    if not found:
        raise Refused(EMPTY_PARAMETER, name)
    if len(found) > names_max:
        raise Refused(TOO_MANY_VALUES, name, names_max)
    if len(set(found)) != len(found):
        raise Refused(DUPLICATE_SYMBOLS)
    return found


def symbols(name: str, text: str) -> tuple[str, ...]:
    return _names(name, text, SYMBOLS_MAX)


def window_symbols(name: str, text: str) -> tuple[str, ...]:
    return _names(name, text, WINDOW_SYMBOLS_MAX)


def one_of(words: Iterable[Enum], error: WireError | None = None) -> Kind:
    """A word of a closed set; the error defaults to -1130, which names the parameter."""
    members = {member.name: member for member in words}

    def convert(name: str, text: str) -> Any:
        if (member := members.get(text)) is None:
            raise Refused(error) if error else Refused(INVALID_PARAMETER, name)
        return member

    return Kind(convert, {"type": "string", "enum": list(members)})


def permissions(name: str, text: str) -> tuple[str, ...]:
    """One name, or a JSON array of names."""
    found = symbols(name, text) if text.startswith("[") else (text,)
    if not PERMISSION_NAMES.issuperset(found):
        raise Refused(INVALID_PARAMETER, name)
    return found


def window_us(name: str, text: str) -> int:
    """1m to 59m, 1h to 23h or 1d to 7d."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise Refused(INVALID_PARAMETER, name)
    return int(match[1]) * WINDOW_UNITS_US[match[2]]


def limit(default: int, maximum: int, *, clamped: bool = False) -> Kind:
    """A count from 1 to maximum; more is refused, or where Binance does so taken for the
    maximum.
    """

    def convert(name: str, text: str) -> int:
        value = integer(name, text)
        if value == 0 or (value > maximum and not clamped):
            raise Refused(INVALID_PARAMETER, name)
        return min(value, maximum)

    schema: dict[str, object] = {"type": "integer", "minimum": 1, "default": default}
    if clamped:
        schema["description"] = f"More than {maximum} is taken for {maximum}."
    else:
        schema["maximum"] = maximum
    return Kind(convert, schema)


DECIMAL = Kind(decimal, {"type": "string", "format": "decimal", "pattern": DECIMAL_RANGE})
INTEGER = Kind(integer, {"type": "integer", "format": "int64", "minimum": 0})
LABEL = Kind(label, {"type": "integer", "format": "int64"})
TIME = Kind(
    time_us, {"type": "integer", "format": "int64", "minimum": 0, "description": "ms or µs"}
)
BOOLEAN = Kind(boolean, {"type": "boolean"})
WORD = Kind(word, {"type": "string"})
SYMBOL = Kind(word, {"type": "string", "examples": ["BTCUSDT"]})
SYMBOLS = Kind(symbols, {"type": "string", "examples": ['["BTCUSDT","ETHBTC"]']})
WINDOW_SYMBOLS = Kind(window_symbols, SYMBOLS.schema)
WINDOW = Kind(window_us, {"type": "string", "pattern": WINDOW_RANGE, "default": "1d"})
PERMISSIONS = Kind(permissions, {"type": "string", "examples": ["SPOT", '["SPOT"]']})
CHOSEN_ID = Kind(client_order_ids.chosen, {"type": "string", "pattern": client_order_ids.LEGAL})
FOUND_ID = Kind(client_order_ids.looked_up, {"type": "string", "pattern": client_order_ids.LEGAL})


class Field(NamedTuple):
    attribute: str
    name: str  # on the wire
    kind: Kind
    mandatory: bool


R = TypeVar("R", bound=msgspec.Struct)


class Reader(Generic[R]):
    """Reads the parameters of one request struct, in the order of its fields."""

    def __init__(self, request: type[R]) -> None:
        self.request = request
        hints = get_type_hints(request, include_extras=True)
        self.fields = tuple(
            Field(field.name, field.encode_name, _kind(hints[field.name]), field.required)
            for field in msgspec.structs.fields(request)
        )
        self._plan = tuple(
            (field.attribute, field.name, field.kind.convert, field.mandatory)
            for field in self.fields
        )
        self._by_name = {field.name: (field.attribute, field.kind.convert) for field in self.fields}
        self._mandatory = {field.attribute for field in self.fields if field.mandatory}

    def read(self, texts: Mapping[str, str], others: int = 0) -> R:
        """others: parameters that were sent and read besides, such as the signature."""
        values = {}
        try:
            for name, text in texts.items():
                if not text:
                    break
                attribute, convert = self._by_name[name]
                values[attribute] = convert(name, text)
            else:
                if self._mandatory <= values.keys():
                    return self.request(**values)
        except (KeyError, Refused):
            pass
        return self._read_in_order(texts, others)

    def _read_in_order(self, texts: Mapping[str, str], others: int) -> R:
        """The same, field by field: of several things that are wrong, the first one is told."""
        values = {}
        for attribute, name, convert, mandatory in self._plan:
            text = texts.get(name)
            if text:
                values[attribute] = convert(name, text)
            elif text is not None:
                raise Refused(EMPTY_PARAMETER, name)
            elif mandatory:
                raise Refused(MANDATORY_PARAMETER, name)
        if len(values) != len(texts):
            raise Refused(UNREAD_PARAMETERS, len(values) + others, len(texts) + others)
        return self.request(**values)


def _kind(hint: Any) -> Kind:
    """The Kind that a field is annotated with, also inside `| None`."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    kind = get_args(hint)[1]
    assert isinstance(kind, Kind), f"{hint} has no Kind"
    return kind


def parse(query: bytes, body: bytes) -> dict[str, str]:
    """Query string and form body as one set of texts; where both have a name, the query's value
    counts.
    """
    if not body:
        return _pairs(query)
    if not query:
        return _pairs(body)
    return {**_pairs(body), **_pairs(query)}


def _pairs(raw: bytes) -> dict[str, str]:
    if not raw:
        return {}
    sent = raw.count(b"&") + 1
    if sent > PARAMETERS_MAX:
        raise Refused(TOO_MANY_PARAMETERS, PARAMETERS_MAX, sent)
    if b"%" not in raw and b"+" not in raw and raw.isascii():
        plain = [pair.partition("=") for pair in raw.decode().split("&")]
        texts = {name: value for name, _, value in plain}
        if len(texts) == sent and "" not in texts:
            return texts
    return _unusual_pairs(raw.split(b"&"))


def _unusual_pairs(pairs: list[bytes]) -> dict[str, str]:
    """With escapes, or empty, or something twice: one by one."""
    texts: dict[str, str] = {}
    for pair in pairs:
        if not pair:
            continue
        name, _, value = pair.partition(b"=")
        key = _text(name, "parameter")
        if key in texts:
            raise Refused(DUPLICATE_PARAMETER)
        texts[key] = _text(value, key)
    return texts


def _text(raw: bytes, name: str) -> str:
    if b"%" in raw or b"+" in raw:
        raw = unquote_to_bytes(raw.replace(b"+", b" "))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Refused(ILLEGAL_CHARACTERS, name, UTF8_RANGE) from None
