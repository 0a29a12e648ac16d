"""JSON as strictly as money wants it: every number exact, nothing said twice.

In:  text or bytes of bounded size.
Out: dicts, lists, texts, flags, None, and Decimal for every number; or BadJson, which says why.
Never: a float, NaN, Infinity, a duplicate key, or an exponent for a number of a million digits.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

NUMBER_CHARACTERS_MAX = 48
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")


class BadJson(ValueError):
    """The message is for the client."""


def parse(raw: str | bytes) -> dict[str, Any]:
    """A JSON object."""
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
        found = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise BadJson("the message is not valid UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadJson(f"not valid JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise BadJson("not valid JSON: nested too deeply") from None
    if not isinstance(found, dict):
        raise BadJson("a JSON object is expected")
    return found


def number(text: str) -> Decimal:
    """A number by JSON's grammar, as Decimal; BadJson if it is none or absurdly long."""
    if len(text) > NUMBER_CHARACTERS_MAX:
        raise BadJson(f"a number may have {NUMBER_CHARACTERS_MAX} characters at most")
    if _NUMBER.fullmatch(text) is None:
        raise BadJson("a number must be a plain decimal such as 0.015")
    return Decimal(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("a key is there twice")
    return found


def _refuse(word: str) -> NoReturn:
    raise BadJson(f"{word} is not a number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=number, parse_int=number, parse_constant=_refuse
)
