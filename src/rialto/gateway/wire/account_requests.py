"""The parameters of endpoints that ask what an account has and had."""

from typing import Annotated

from rialto.gateway.wire import parameters
from rialto.gateway.wire.requests import Flag, FoundId, Integer, Request, Symbol, Time

Limit = Annotated[int, parameters.limit(500, 1000)]


class Account(Request, frozen=True):
    omit_zero_balances: Flag = False


class FindOrder(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    orig_client_order_id: FoundId | None = None


class OpenOrders(Request, frozen=True):
    symbol: Symbol | None = None


class AllOrders(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Limit = 500


class MyTrades(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    from_id: Integer | None = None
    limit: Limit = 500


class Amendments(Request, frozen=True):
    symbol: Symbol
    order_id: Integer
    from_execution_id: Integer | None = None
    limit: Limit = 500


class PreventedMatches(Request, frozen=True):
    symbol: Symbol
    prevented_match_id: Integer | None = None
    order_id: Integer | None = None
    from_prevented_match_id: Integer | None = None
    limit: Limit | None = None


class Allocations(Request, frozen=True):
    symbol: Symbol
    start_time: Time | None = None
    end_time: Time | None = None
    from_allocation_id: Integer | None = None
    limit: Limit = 500
    order_id: Integer | None = None
