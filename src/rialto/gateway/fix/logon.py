"""Who may begin a session: the first message, checked whole.

In:  a Logon<A> as it came.
Out: the terms of the session; or Refused.
Never: a session of a key that cannot sign for itself, or continued sequence numbers.
"""

import re
from typing import NamedTuple

from rialto.gateway.caller import Authentication
from rialto.gateway.fix.bodies import Body, Layout, Mistake, read_body
from rialto.gateway.fix.framing import SOH
from rialto.gateway.fix.headers import Incoming
from rialto.gateway.fix.profiles import Profile
from rialto.gateway.wire.errors import (
    ED25519_ONLY,
    INVALID_PARAMETER,
    REJECTED_API_KEY,
    Refused,
)
from rialto.gateway.wire.fix_errors import (
    BAD_SEQUENCE,
    DROP_COPY_NEEDED,
    LOGON_FIRST,
    NO_DROP_COPY_HERE,
    RESET_NEEDED,
)
from rialto.identity.api_keys import ApiKey, Permission
from rialto.identity.public_keys import KeyType

HEARTBEAT_SECONDS = (5, 60)
LAYOUT = Layout(frozenset((98, 108, 95, 96, 141, 553, 9406, 25035, 25036)))
_SENDER = re.compile(r"[a-zA-Z0-9\-_]{1,8}")
_SECONDS = re.compile(r"[0-9]{1,3}")


class Terms(NamedTuple):
    key: ApiKey
    sender: str
    heartbeat_seconds: int
    in_sequence: bool  # one message after the other
    only_acks: bool  # reports of what the session itself has asked for, and nothing else


def check(
    message: Incoming, profile: Profile, authentication: Authentication, address: str
) -> Terms:
    if message.type != "A":
        raise Refused(LOGON_FIRST)
    if message.sequence != 1:
        raise Refused(BAD_SEQUENCE, 1)
    body = read_body(message.fields, LAYOUT)
    if _SENDER.fullmatch(message.sender) is None:
        raise Mistake(INVALID_PARAMETER, "SenderCompID(49)", tag=49)
    if body.need(98) != "0":
        raise Mistake(INVALID_PARAMETER, "EncryptMethod(98)", tag=98)
    if body.need(141) != "Y":
        raise Mistake(RESET_NEEDED, tag=141)
    _check_kind(body.get(9406), profile)
    key = _key(body, profile, authentication, address)
    may_read = bool(key.permissions & Permission.READ)
    terms = Terms(
        key,
        message.sender,
        _heartbeat_seconds(body.need(108)),
        _choice(body.need(25035), 25035),
        _choice(body.get(25036) or "1", 25036) or not may_read,
    )
    _check_signature(message, body, key, authentication)
    return terms


def _check_kind(drop_copy: str | None, profile: Profile) -> None:
    if drop_copy not in (None, "Y", "N"):
        raise Mistake(INVALID_PARAMETER, "DropCopyFlag(9406)", tag=9406)
    if profile.is_drop_copy and drop_copy != "Y":
        raise Mistake(DROP_COPY_NEEDED, tag=9406)
    if not profile.is_drop_copy and drop_copy == "Y":
        raise Mistake(NO_DROP_COPY_HERE, tag=9406)


def _key(body: Body, profile: Profile, authentication: Authentication, address: str) -> ApiKey:
    key = authentication.find(body.need(553), Permission.FIX, address)
    if not key.permissions & profile.permission:
        raise Refused(REJECTED_API_KEY)
    if key.type is not KeyType.ED25519:
        raise Refused(ED25519_ONLY)
    return key


def _check_signature(
    message: Incoming, body: Body, key: ApiKey, authentication: Authentication
) -> None:
    """It works once, in its time, like that of any request."""
    signature = body.need(96)
    if body.need(95) != str(len(signature)):
        raise Mistake(INVALID_PARAMETER, "RawDataLength(95)", tag=95)
    texts = {"timestamp": str(message.sent_us), "signature": signature}
    if message.window is not None:
        texts["recvWindow"] = message.window
    authentication.check_signed(key, SOH.join(text.encode() for text in message.signed), texts)


def _heartbeat_seconds(text: str) -> int:
    least, most = HEARTBEAT_SECONDS
    if _SECONDS.fullmatch(text) is None or not least <= int(text) <= most:
        raise Mistake(INVALID_PARAMETER, "HeartBtInt(108)", tag=108)
    return int(text)


def _choice(text: str, tag: int) -> bool:
    """Of 1 and 2, whether it is 2."""
    if text not in ("1", "2"):
        raise Mistake(INVALID_PARAMETER, str(tag), tag=tag)
    return text == "2"
