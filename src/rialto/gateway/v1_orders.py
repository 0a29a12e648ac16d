"""Takes the first design's orders to the engine and says what became of them.

In:  a parsed message, and the key it came with.
Out: an answer, also for an order that was sent before; or Invalid with the reason.
"""

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.v1_connection import Said
from rialto.gateway.weights import Weights
from rialto.gateway.wire import errors, v1, v1_statuses
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.execution_ids import execution_id
from rialto.gateway.wire.orders import placement
from rialto.gateway.wire.v1 import Invalid, NewOrder, Reason
from rialto.identity.api_keys import ApiKey, Permission
from rialto.messages import events as e
from rialto.messages import units
from rialto.messages.commands import PlaceOrder
from rialto.messages.instruments import Instrument
from rialto.messages.orders import OrderType, TimeInForce
from rialto.messages.rejections import Rejection

REASONS = {
    errors.SERVER_BUSY.code: Reason.OVERLOADED,
    errors.TOO_MANY_REQUESTS.code: Reason.TOO_MANY_REQUESTS,
    errors.TOO_MANY_ORDERS.code: Reason.TOO_MANY_ORDERS,
    errors.TIMESTAMP_TOO_OLD.code: Reason.NOT_AUTHENTICATED,
    errors.KEY_NOTIONAL.code: Reason.KEY_LIMIT,
}


class OrderDesk:
    def __init__(self, sources: Sources, weights: Weights, quote: str) -> None:
        self._sources = sources
        self._weights = weights
        self._quote = quote

    def command(self, order: NewOrder, key: ApiKey) -> tuple[PlaceOrder, Instrument]:
        """What the engine is asked for; Invalid if the order can be refused without it."""
        if order.user not in (key.user, str(key.account)):
            text = "userID is not the owner of this API key"
            raise Invalid(Reason.NOT_OWNER, text, order.order_id)
        if Permission.TRADE not in key.permissions:
            raise Invalid(Reason.NOT_OWNER, "this API key may not trade", order.order_id)
        instrument = self._instrument(order)
        price_ticks = units.ticks(order.price, instrument)
        if price_ticks is None:
            raise v1.rejected(Rejection.PRICE_FILTER, order.order_id)
        quantity_lots = units.lots(order.quantity, instrument)
        if quantity_lots is None:
            raise v1.rejected(Rejection.LOT_SIZE, order.order_id)
        command = PlaceOrder(
            key.account,
            instrument.id,
            order.side,
            OrderType.LIMIT,
            TimeInForce.GTC,
            instrument.definition.default_stp,
            False,
            price_ticks,
            quantity_lots,
            client_order_id=order.order_id,
        )
        return command, instrument

    async def place(self, command: PlaceOrder, instrument: Instrument, caller: Caller) -> Said:
        """The answer to an accepted order, or one the machine refused; Invalid if it has not
        reached the machine, or if nobody can say.
        """
        order_id, account, now_us = command.client_order_id, command.account, caller.received_us
        try:
            self._weights.charge_orders(account, 1, now_us)
        except Refused as refused:
            raise Invalid(REASONS[refused.code], refused.message, order_id) from None
        try:
            events = await self._sources.submit(caller, command)
        except Refused as refused:
            reason = REASONS.get(refused.code, Reason.OUTCOME_UNKNOWN)
            if reason is not Reason.OUTCOME_UNKNOWN:
                self._weights.give_back_orders(account, 1)
            raise Invalid(reason, refused.message, order_id) from None
        if isinstance(events[0], e.OrderRejected):
            self._weights.give_back_orders(account, 1)
        return self._answer(events, instrument)

    def _answer(self, events: list[e.Event], instrument: Instrument) -> Said:
        first = events[0]
        if isinstance(first, e.OrderRejected | e.CommandRejected):
            text = v1.rejected(first.rejection, first.client_order_id).text
            return Said(execution_id(first), None, text)
        if isinstance(first, e.OrderRepeated):
            events = self._sources.engine.events_of(first.original_sequence)
        made = placement(events, instrument)
        is_repeat = isinstance(first, e.OrderRepeated)
        last = first if is_repeat else made.last
        text = v1_statuses.answer(made, last, instrument, repeated=is_repeat)
        return Said(execution_id(last, is_maker=True), made.order.id, text)

    def _instrument(self, order: NewOrder) -> Instrument:
        found = self._sources.folds.catalog.find_instrument(order.coin + self._quote)
        if found is None or found.base.symbol != order.coin or found.quote.symbol != self._quote:
            text = f"coinID is not traded against {self._quote}"
            raise Invalid(Reason.UNKNOWN_COIN, text, order.order_id)
        return found
