"""The parameters of the /sapi endpoints."""

from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any

from rialto.gateway.wire import parameters
from rialto.gateway.wire.errors import INVALID_PARAMETER, Refused
from rialto.gateway.wire.parameters import Kind, one_of
from rialto.gateway.wire.requests import Flag, Integer, Number, Request, Symbol, Time

LISTED_MAX = 1_000


class DepositStatus(IntEnum):
    """Rialto's are all SUCCESS."""

    PENDING = 0
    SUCCESS = 1
    REJECTED = 2
    CREDITED = 6
    WRONG = 7
    WAITING = 8


class WithdrawalStatus(IntEnum):
    """Rialto's are CANCELED, PROCESSING or COMPLETED."""

    EMAIL_SENT = 0
    CANCELED = 1
    AWAITING_APPROVAL = 2
    REJECTED = 3
    PROCESSING = 4
    FAILURE = 5
    COMPLETED = 6


class WalletType(StrEnum):
    SPOT = "SPOT"
    MARGIN = "MARGIN"
    FUTURES = "FUTURES"


def _number_of(numbers: type[IntEnum]) -> Kind:
    """A member by its number."""

    def convert(name: str, text: str) -> Any:
        try:
            return numbers(parameters.integer(name, text))
        except ValueError:
            raise Refused(INVALID_PARAMETER, name) from None

    return Kind(convert, {"type": "integer", "enum": [int(number) for number in numbers]})


_WALLETS = (
    *("MAIN", "FUNDING", "UMFUTURE", "CMFUTURE", "MARGIN", "ISOLATEDMARGIN", "OPTION"),
    "PORTFOLIO_MARGIN",
)

TransferType = Enum(  # type: ignore[misc]
    "TransferType", [f"{source}_{to}" for source in _WALLETS for to in _WALLETS if source != to]
)

Coin = Annotated[str, parameters.WORD]
Limit = Annotated[int, parameters.limit(LISTED_MAX, LISTED_MAX)]
TransferWord = Annotated[TransferType, one_of(TransferType)]


class TradeFee(Request, frozen=True):
    symbol: Symbol | None = None


class UserAsset(Request, frozen=True):
    asset: Coin | None = None
    need_btc_valuation: Flag = False


class AccountSnapshot(Request, frozen=True):
    type: Annotated[WalletType, one_of(WalletType)]
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, parameters.limit(7, 30)] = 7


class Deposits(Request, frozen=True):
    coin: Coin | None = None
    status: Annotated[DepositStatus, _number_of(DepositStatus)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    offset: Integer = 0
    limit: Limit = LISTED_MAX
    tx_id: Annotated[str, parameters.WORD] | None = None


class Withdrawals(Request, frozen=True):
    coin: Coin | None = None
    withdraw_order_id: Annotated[str, parameters.WORD] | None = None
    status: Annotated[WithdrawalStatus, _number_of(WithdrawalStatus)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    offset: Integer = 0
    limit: Limit = LISTED_MAX


class Transfers(Request, frozen=True):
    type: TransferWord
    start_time: Time | None = None
    end_time: Time | None = None
    current: Annotated[int, parameters.limit(1, 1_000_000)] = 1  # a page
    size: Annotated[int, parameters.limit(10, 100)] = 10


class Dividends(Request, frozen=True):
    asset: Coin | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, parameters.limit(20, 500)] = 20


class Dribblets(Request, frozen=True):
    start_time: Time | None = None
    end_time: Time | None = None


class ConvertPairs(Request, frozen=True):
    from_asset: Coin | None = None
    to_asset: Coin | None = None


class Withdraw(Request, frozen=True):
    coin: Coin
    address: Annotated[str, parameters.WORD]
    amount: Number
    network: Annotated[str, parameters.WORD] | None = None
    address_tag: Annotated[str, parameters.WORD] | None = None
    withdraw_order_id: Annotated[str, parameters.WORD] | None = None
    transaction_fee_flag: Flag = False
    name: Annotated[str, parameters.WORD] | None = None
    wallet_type: Integer | None = None


class DepositAddress(Request, frozen=True):
    coin: Coin
    network: Annotated[str, parameters.WORD] | None = None
    amount: Number | None = None


class Transfer(Request, frozen=True):
    type: TransferWord
    asset: Coin
    amount: Number
    from_symbol: Symbol | None = None
    to_symbol: Symbol | None = None
