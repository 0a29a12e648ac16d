"""SessionRejectReason(373), by our error codes."""

from rialto.gateway.wire import errors
from rialto.gateway.wire import fix_errors as f

OTHER = 99
_REASONS = {
    f.INVALID_TAG.code: 0,
    errors.MANDATORY_PARAMETER.code: 1,
    f.TAG_NOT_DEFINED.code: 2,
    errors.INVALID_PARAMETER.code: 5,
    errors.ILLEGAL_CHARACTERS.code: 6,
    f.COMP_ID_IN_USE.code: 9,
    f.BAD_COMP_ID.code: 9,
    errors.TIMESTAMP_TOO_OLD.code: 10,
    errors.UNSUPPORTED_OPERATION.code: 11,
    f.TAG_TWICE.code: 13,
    f.TAG_ORDER.code: 14,
    f.GROUP_ORDER.code: 15,
    f.WRONG_COUNT.code: 16,
}


def reason_of(code: int) -> int:
    return _REASONS.get(code, OTHER)
