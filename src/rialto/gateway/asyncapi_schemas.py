"""Parts of the AsyncAPI document that its halves share: messages, and schemas of structs.

In:  structs, whose fields have our words and the wire's letters.
Out: JSON schemas as AsyncAPI takes them (draft 07), each letter with the word it stands for.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

Schema = dict[str, Any]


class Document:
    """The document in the making."""

    def __init__(self) -> None:
        self.channels: dict[str, Schema] = {}
        self.operations: dict[str, Schema] = {}
        self.messages: dict[str, Schema] = {}
        self.schemas: dict[str, Schema] = {}

    def add_channel(self, name: str, channel: Schema, sends: list[str]) -> None:
        """sends: the messages of it that the exchange says by itself."""
        self.channels[name] = channel
        self.operations[f"tell_{name}"] = {
            "action": "send",
            "channel": _channel(name),
            "messages": [_message_of(name, each) for each in sends],
        }

    def add_question(self, operation: str, channel: str, question: str, answer: str) -> None:
        self.operations[f"ask_{operation}"] = {
            "action": "receive",
            "channel": _channel(channel),
            "messages": [_message_of(channel, question)],
            "reply": {
                "channel": _channel(channel),
                "messages": [_message_of(channel, answer)],
            },
        }


def _channel(name: str) -> Schema:
    return {"$ref": f"#/channels/{name}"}


def _message_of(channel: str, name: str) -> Schema:
    return {"$ref": f"#/channels/{channel}/messages/{name}"}


def message_reference(name: str) -> Schema:
    return {"$ref": f"#/components/messages/{name}"}


def schema_reference(payload: str) -> Schema:
    """Of what a stream says."""
    return {"$ref": f"#/components/schemas/stream.{payload}"}


def described(name: str, payload: Schema, about: str = "") -> Schema:
    made = {"name": name, "title": name, "payload": payload}
    return {**made, "description": about} if about else made


def message(payload: type[msgspec.Struct]) -> Schema:
    """Of a struct whose schema is among components_of(..., "stream")."""
    name = payload.__name__
    about = payload.__doc__ or ""
    return described(name, schema_reference(name), about)


def components_of(types: Iterable[Any], prefix: str) -> dict[str, Schema]:
    """Schemas by `prefix.Name`."""
    return schemas_of(sorted(types, key=str), prefix)[1]


def schemas_of(types: list[Any], prefix: str) -> tuple[list[Schema], dict[str, Schema]]:
    """A schema for each type, and the components that they refer to."""
    template = f"#/components/schemas/{prefix}.{{name}}"
    found, components = msgspec.json.schema_components(types, ref_template=template)
    words = _words(types)
    for name, schema in components.items():
        for letter, property_ in schema.get("properties", {}).items():
            if "$ref" not in property_ and (word := words.get((name, letter))):
                property_.setdefault("description", word)
    return (
        [_as_draft_07(schema) for schema in found],
        {f"{prefix}.{name}": _as_draft_07(schema) for name, schema in components.items()},
    )


def _words(types: Iterable[Any]) -> dict[tuple[str, str], str]:
    """What the letter of a struct stands for, where it is not the word itself."""
    found: dict[tuple[str, str], str] = {}
    waiting = [each for each in types if isinstance(each, type)]
    while waiting:
        struct = waiting.pop()
        if not issubclass(struct, msgspec.Struct):
            continue
        for field in msgspec.structs.fields(struct):
            if len(field.encode_name) <= LETTERS_MAX:
                found[struct.__name__, field.encode_name] = field.name.replace("_", " ")
            waiting += [each for each in _parts(field.type) if isinstance(each, type)]
    return found


LETTERS_MAX = 3


def _parts(hint: Any) -> list[Any]:
    return [hint, *getattr(hint, "__args__", ())]


def _as_draft_07(schema: Any) -> Any:
    """Tuples are said in another way there."""
    if isinstance(schema, list):
        return [_as_draft_07(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _as_draft_07(value) for name, value in schema.items()}
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
        made["additionalItems"] = False
    return made
