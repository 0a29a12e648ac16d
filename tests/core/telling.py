"""The language of the scenario tables: events into sentences. sentences.py is the other half."""

from rialto.messages import events as e
from rialto.messages.events import Event
from rialto.messages.orders import CONDITIONAL_TYPES, OrderListType, StpMode

SENTENCES: dict[type[Event], str] = {
    e.OrderCanceled: "#{0.order_id} canceled {0.remaining_lots}",
    e.OrderExpired: "#{0.order_id} expired {0.remaining_lots} {0.reason.name}",
    e.OrderAmended: "#{0.order_id} amended to {0.quantity_lots}",
    e.OrderRepeated: "repeats #{0.order_id}",
    e.OrderRejected: "rejected {0.rejection.name}",
    e.CommandRejected: "rejected {0.rejection.name}",
    e.OrderActivated: "#{0.order_id} activated {0.quantity_lots}",
    e.OrderPegged: "#{0.order_id} pegged @ {0.price_ticks}",
    e.TrailingStarted: "#{0.order_id} trails from {0.price_ticks}",
    e.IcebergRefreshed: "#{0.order_id} shows {0.visible_lots}",
    e.OrderListPlaced: "list ${0.order_list}",
    e.OrderListDone: "list ${0.order_list} done",
    e.ProceedsHeld: "proceeds {0.amount}",
    e.AuctionPriced: "opens {0.quantity_lots} @ {0.price_ticks}",
    e.TimeAdvanced: "",
}


def told(events: list[Event]) -> str:
    """That an order was placed goes without saying, unless it waits for something."""
    sentences, pending = [], set[int]()
    for event in events:
        if isinstance(event, e.OrderListPlaced) and event.list_type is not OrderListType.OCO:
            first = event.first_order_id
            pending |= set(range(first + 1, first + event.leg_count))
        if isinstance(event, e.OrderPlaced) and event.order_id in pending:
            sentences.append(f"#{event.order_id} pending")
        else:
            sentences.append(_told(event))
    return ", ".join(filter(None, sentences))


def _told(event: Event) -> str:
    match event:
        case e.OrderPlaced():
            if event.type in CONDITIONAL_TYPES:
                return f"#{event.order_id} waits"
            return f"planned {event.quantity_lots}" if event.quote_amount else ""
        case e.TradeExecuted():
            trade = (
                f"trade {event.quantity_lots} @ {event.price_ticks} with #{event.maker_order_id}"
            )
            paid = (event.buyer_commission, event.seller_commission)
            return trade + (f" commission {paid[0]} and {paid[1]}" if any(paid) else "")
        case e.OrderRested():
            hidden = event.visible_lots < event.remaining_lots
            shown = f" showing {event.visible_lots}" if hidden else ""
            return f"#{event.order_id} rests {event.remaining_lots}{shown}"
        case e.MatchPrevented():
            taker = f"#{event.taker_order_id} {event.taker_prevented_lots}"
            how = "transferred" if event.mode is StpMode.TRANSFER else "prevented"
            return f"{how} {taker} and #{event.maker_order_id} {event.maker_prevented_lots}"
        case e.OrderTriggered():
            price = f" @ {event.price_ticks}" if event.price_ticks else ""
            return f"#{event.order_id} triggered{price}"
    return SENTENCES.get(type(event), "done").format(event)
