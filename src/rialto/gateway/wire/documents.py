"""JSON documents as text, which is what a WebSocket carries."""

from collections.abc import Mapping

import msgspec

_ENCODER = msgspec.json.Encoder()


def json_text(document: Mapping[str, object]) -> str:
    return _ENCODER.encode(document).decode()
