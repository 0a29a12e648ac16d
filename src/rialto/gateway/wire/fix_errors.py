"""Errors that only FIX sessions know. Source: Binance's public error reference."""

from rialto.gateway.wire.errors import WireError

COMP_ID_IN_USE = WireError(
    -1033, "SenderCompID(49) is in use. It must be unique among the sessions of an account."
)
TOO_MANY_SESSIONS = WireError(-1034, "Too many concurrent connections; current limit is '%s'.")
TOO_MANY_ATTEMPTS = WireError(
    -1034, "Too many connection attempts for account; current limit is '%s' per '%s'."
)
INVALID_TAG = WireError(-1169, "Invalid tag number.")
TAG_NOT_DEFINED = WireError(-1170, "Tag '%s' not defined for this message type.")
TAG_TWICE = WireError(-1171, "Tag '%s' appears more than once.")
TAG_ORDER = WireError(-1172, "Tag '%s' specified out of required order.")
GROUP_ORDER = WireError(-1173, "Repeating group '%s' fields out of order.")
BAD_COMPONENT = WireError(-1174, "Component '%s' is incorrectly populated.")
RESET_NEEDED = WireError(
    -1175, "Sequence numbers must be reset for each new session: ResetSeqNumFlag(141) must be 'Y'."
)
ALREADY_LOGGED_ON = WireError(-1176, "Logon<A> should only be sent once.")
GARBLED = WireError(-1177, "%s")
BAD_COMP_ID = WireError(-1178, "SenderCompID(49) should not change in the life of a session.")
BAD_SEQUENCE = WireError(-1179, "MsgSeqNum(34) contains an unexpected value. Expected: '%s'.")
LOGON_FIRST = WireError(-1180, "Logon<A> must be the first message in the session.")
TOO_MANY_MESSAGES = WireError(-1181, "Too many messages; current limit is '%s' per '%s'.")
NOT_IN_DROP_COPY = WireError(-1183, "Requested operation is not allowed in DropCopy sessions.")
NO_DROP_COPY_HERE = WireError(-1184, "DropCopy sessions are not supported on this server.")
DROP_COPY_NEEDED = WireError(
    -1185, "Only DropCopy sessions are supported on this server: DropCopyFlag(9406) must be 'Y'."
)
NOT_IN_ORDER_ENTRY = WireError(-1186, "Requested operation is not allowed in order entry sessions.")
NOT_IN_MARKET_DATA = WireError(-1187, "Requested operation is not allowed in market data sessions.")
WRONG_COUNT = WireError(-1188, "Incorrect NumInGroup count for repeating group '%s'.")
ENTRY_TWICE = WireError(-1189, "Group '%s' contains duplicate entries.")
BAD_REQUEST_ID = WireError(-1190, "MDReqID(262) is in use, or names no subscription.")
TOO_MANY_SUBSCRIPTIONS = WireError(-1191, "Too many subscriptions; current limit is '%s'.")
