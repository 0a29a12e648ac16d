"""What can be wrong with a parameter, and the code that is due, told from its kind alone.

In:  a field of a request declaration.
Out: values that are right, and rows (what is wrong, the text to send, the code).
"""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from rialto.gateway.wire import parameters as p
from rialto.gateway.wire.parameters import Field

ANY = 0  # a business code that depends on the endpoint
HUGE = "9" * 5_000
LONG = "a" * 5_000
OVERFLOW = str(2**63)
ILLEGAL, OVERFLOWED, EMPTY, BAD = -1100, -1108, -1105, -1130
BAD_JSON, TOO_MANY, TWICE_IN_LIST = -1135, -1101, -1151
CODES = {  # words of a closed set have codes of their own
    "side": -1117,
    "workingSide": -1117,
    "pendingSide": -1117,
    "type": -1116,
    "aboveType": -1116,
    "belowType": -1116,
    "workingType": -1116,
    "pendingType": -1116,
    "pendingAboveType": -1116,
    "pendingBelowType": -1116,
    "symbolStatus": -1122,
    "cancelRestrictions": -1145,
    "interval": -1120,
}
SUFFIXES = {"imeInForce": -1115, "egPriceType": -1210, "egOffsetType": -1211}
OTHER_TYPES = {"FULL": -1139, "SPOT": BAD, "MAIN_FUNDING": BAD}  # a `type` with such a member
LISTS = {  # kinds that are JSON arrays, and how many names they may hold
    p.SYMBOLS: p.SYMBOLS_MAX,
    p.WINDOW_SYMBOLS: p.WINDOW_SYMBOLS_MAX,
    p.PERMISSIONS: p.SYMBOLS_MAX,
}
SAMPLES = {"interval": "1m", "timeZone": "0", "windowSize": "1d", "type": "LIMIT"}


class Wrong(NamedTuple):
    what: str
    text: str  # percent-encoded
    code: int


def right(field: Field) -> str:
    """A text that can be read."""
    schema = field.kind.schema
    if field.name in SAMPLES and "enum" not in schema:
        return SAMPLES[field.name]
    if choices := schema.get("enum"):
        assert isinstance(choices, list)
        return str(choices[0])
    if examples := schema.get("examples"):
        assert isinstance(examples, list)
        return quote(str(examples[0]))
    if field.kind is p.TIME:
        return "1700000000000"
    return {"integer": "1", "boolean": "true"}.get(str(schema["type"]), "1")


def wrongs(field: Field) -> Iterator[Wrong]:
    """Every way in which this one can be wrong by itself."""
    yield Wrong("empty", "", EMPTY)
    kind, schema = field.kind, field.kind.schema
    if choices := schema.get("enum"):
        assert isinstance(choices, list)
        yield from _wrong_words(_code_of_words(field.name, choices), schema["type"] == "integer")
    elif kind is p.BOOLEAN:
        yield from (Wrong("type", text, ILLEGAL) for text in ("1", "True", "null", LONG))
    elif schema["type"] == "integer":
        yield from _wrong_numbers(schema)
    elif kind is p.DECIMAL:
        yield from (Wrong("type", text, ILLEGAL) for text in ("x", "1e3", "-1", "+1", ".5", "NaN"))
        yield from (Wrong("huge", text, ILLEGAL) for text in (HUGE, "0." + HUGE, "%EF%BC%91"))
    elif kind in LISTS:
        yield from _wrong_lists(LISTS[kind], is_list=kind is not p.PERMISSIONS)
    elif kind in (p.CHOSEN_ID, p.FOUND_ID):
        yield from (Wrong("type", text, ILLEGAL) for text in ("a%20b", "%00", "a" * 37, LONG))
    else:
        code = BAD if "pattern" in schema else ANY
        yield from (Wrong("nonsense", text, code) for text in ("%00", "%E2%82%AC", "*", LONG))
    yield Wrong("not UTF-8", "%FF", ILLEGAL)


def _wrong_words(code: int, is_number: bool) -> Iterator[Wrong]:
    for text in ("nonsense", "%00", "null"):
        yield Wrong("type", text, ILLEGAL if is_number else code)
    yield Wrong("range", "99", code)
    yield Wrong("huge", LONG, ILLEGAL if is_number else code)


def _wrong_numbers(schema: dict[str, object]) -> Iterator[Wrong]:
    yield from (Wrong("type", text, ILLEGAL) for text in ("x", "1.5", "1e3", "0x1", "%D9%A1"))
    if "minimum" in schema:
        yield Wrong("range", "-1", ILLEGAL)
    yield Wrong("range", OVERFLOW, OVERFLOWED)
    yield Wrong("huge", HUGE, ILLEGAL)
    yield Wrong("least", "0", BAD if schema.get("minimum") == 1 else ANY)
    if "maximum" not in schema:
        yield Wrong("most", str(2**63 - 1), ANY)
    if "maximum" in schema:
        yield Wrong("range", str(int(str(schema["maximum"])) + 1), BAD)


def _wrong_lists(names_max: int, *, is_list: bool) -> Iterator[Wrong]:
    for text in ("%5B", "%5B1%5D", "%5B" * 1_000, '%5B"a",%5D', "%5Bnull%5D"):
        yield Wrong("type", text, BAD_JSON)
    if is_list:
        yield from (Wrong("type", text, BAD_JSON) for text in ("1", "BTCUSDT", "%7B%7D", "null"))
    yield Wrong("twice", "%5B%22BTCUSDT%22,%22BTCUSDT%22%5D", TWICE_IN_LIST)
    many = ",".join(f"%22{number}%22" for number in range(names_max + 1))
    yield Wrong("range", f"%5B{many}%5D", TOO_MANY)


def _code_of_words(name: str, choices: list[object]) -> int:
    if name == "type":
        return next((code for word, code in OTHER_TYPES.items() if word in choices), CODES["type"])
    by_suffix = (code for suffix, code in SUFFIXES.items() if name.endswith(suffix))
    return CODES.get(name) or next(by_suffix, BAD)
