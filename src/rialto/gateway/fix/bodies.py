"""What a message may say: the tags and repeating groups of its type, read strictly.

In:  the pairs of a message behind its header.
Out: values by tag, and the entries of each group, in their order; or Mistake with the tag.
"""

from typing import NamedTuple

from rialto.gateway.fix.framing import Field
from rialto.gateway.wire.errors import MANDATORY_PARAMETER, Refused, WireError
from rialto.gateway.wire.fix_errors import (
    GROUP_ORDER,
    TAG_NOT_DEFINED,
    TAG_TWICE,
    WRONG_COUNT,
)

ENTRIES_MAX = 1_000  # of one group


class Mistake(Refused):
    """A message that is answered with Reject<3>; the session goes on."""

    def __init__(self, error: WireError, *values: object, tag: int = 0) -> None:
        super().__init__(error, *values)
        self.tag = tag


class Layout(NamedTuple):
    """first: of a group, the tag that begins each entry. groups: by the tag of their count."""

    tags: frozenset[int]
    groups: "dict[int, Layout]" = {}  # noqa: RUF012 - a NamedTuple's default, never changed
    first: int = 0


class Body:
    def __init__(self) -> None:
        self.values: dict[int, str] = {}
        self.groups: dict[int, list[Body]] = {}

    def get(self, tag: int) -> str | None:
        return self.values.get(tag)

    def need(self, tag: int) -> str:
        value = self.values.get(tag)
        if value is None:
            raise Mistake(MANDATORY_PARAMETER, tag, tag=tag)
        return value

    def entries(self, tag: int) -> "list[Body]":
        return self.groups.get(tag, [])


def read_body(fields: list[Field], layout: Layout) -> Body:
    body, at = _read(fields, 0, layout)
    if at < len(fields):
        tag = fields[at][0]
        raise Mistake(TAG_NOT_DEFINED, tag, tag=tag)
    return body


def _read(fields: list[Field], at: int, layout: Layout) -> tuple[Body, int]:
    """Up to a tag that is not the layout's, or that begins the next entry of a group."""
    body, begin = Body(), at
    while at < len(fields):
        tag, value = fields[at]
        if tag == layout.first and at > begin:
            break
        if tag in body.values:
            if layout.first:
                raise Mistake(GROUP_ORDER, layout.first, tag=tag)
            raise Mistake(TAG_TWICE, tag, tag=tag)
        if tag in layout.groups:
            body.values[tag] = value
            body.groups[tag], at = _read_group(fields, at + 1, tag, value, layout.groups[tag])
        elif tag in layout.tags:
            body.values[tag] = value
            at += 1
        else:
            break
    return body, at


def _read_group(
    fields: list[Field], at: int, count_tag: int, count: str, layout: Layout
) -> tuple[list[Body], int]:
    entries: list[Body] = []
    while at < len(fields) and fields[at][0] == layout.first and len(entries) < ENTRIES_MAX:
        entry, at = _read(fields, at, layout)
        entries.append(entry)
    if count != str(len(entries)):
        raise Mistake(WRONG_COUNT, count_tag, tag=count_tag)
    return entries, at
