"""Order lists are placed in the naive exchange, and canceled."""

from rialto.messages import events as e
from rialto.messages.commands import CancelOrderList, PlaceOrder, PlaceOrderList
from rialto.messages.instructions import OrderLeg
from rialto.messages.orders import Feature, OrderListType, OrderType, Side
from rialto.messages.rejections import Rejection as R
from tests.core.model_orders import Orders
from tests.core.model_state import PLAIN, Market, Order, OrderList, refuse_if

Lists = OrderListType
LEGS = {Lists.OCO: 2, Lists.OTO: 2, Lists.OTOCO: 3, Lists.OPO: 2, Lists.OPOCO: 3}
OPO_LISTS = (Lists.OPO, Lists.OPOCO)
FEATURES = {
    Feature.OTO: ((Lists.OTO, Lists.OTOCO, *OPO_LISTS), R.OTO_NOT_ALLOWED),
    Feature.OPO: (OPO_LISTS, R.OPO_NOT_ALLOWED),
    Feature.OCO: ((Lists.OCO, Lists.OTOCO, Lists.OPOCO), R.OCO_NOT_ALLOWED),
}
TAKE_PROFITS = (OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT)
STOP_LOSSES = (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT)
WORKING_TYPES = (OrderType.LIMIT, OrderType.LIMIT_MAKER)
ORDER_LISTS_MAX = 2**24


def reference_of(leg: OrderLeg) -> int:
    """The price that places a leg above or below; 0 if it has none."""
    if leg.type is OrderType.LIMIT_MAKER:
        return leg.price_ticks
    return (leg.instructions or PLAIN).stop_price_ticks


class OrderLists(Orders):
    def place_order_list(self, sent: PlaceOrderList) -> None:
        market = self.market_of(sent.account, sent.instrument)
        if self.is_list_repeated(sent):
            return
        names = [found.name for found in self.lists if found.account == sent.account]
        is_taken = sent.list_client_order_id in names and sent.list_client_order_id != ""
        refuse_if(is_taken, R.DUPLICATE_LIST_CLIENT_ORDER_ID)
        refuse_if(not market.is_trading, R.MARKET_CLOSED)
        for feature, (types, rejection) in FEATURES.items():
            if sent.list_type in types:
                self.check_feature(market, feature, rejection)
        self.check_legs(sent)
        orders = [self.order_of(sent, leg) for leg in sent.legs]
        for n, order in enumerate(orders):
            self.check_static(order, is_sized=n == 0 or sent.list_type not in OPO_LISTS)
        self.check_list_prices(sent, market)
        self.check_list_counts(sent, market)
        drafts = [self.draft(order) for order in orders]
        self.check_list_state(sent, drafts)
        self.accept_list(sent, drafts)

    def is_list_repeated(self, sent: PlaceOrderList) -> bool:
        names = [leg.client_order_id for leg in sent.legs if leg.client_order_id]
        if sent.client_order_id_reusable:
            for name in names:
                self.refuse_if_open(sent.account, name)
        elif names:
            if self.is_repeat_of(sent, names[0]):
                return True
            others = [self.remembered(sent.account, name) for name in names[1:]]
            refuse_if(any(others), R.DUPLICATE_CLIENT_ORDER_ID)
        refuse_if(len(set(names)) < len(names), R.DUPLICATE_CLIENT_ORDER_ID)
        return False

    def order_of(self, sent: PlaceOrderList, leg: OrderLeg) -> PlaceOrder:
        what = (sent.account, sent.instrument, leg.side, leg.type, leg.time_in_force, sent.stp)
        size = (leg.price_ticks, leg.quantity_lots, 0)
        names = (leg.client_order_id, leg.instructions)
        return PlaceOrder(*what, sent.client_order_id_reusable, *size, *names)

    def check_legs(self, sent: PlaceOrderList) -> None:
        refuse_if(len(sent.legs) != LEGS[sent.list_type], R.LIST_LEGS)
        first, pending = sent.legs[0], sent.legs[1:]
        pair = sent.legs if sent.list_type is Lists.OCO else pending
        if sent.list_type is not Lists.OCO:
            refuse_if(first.type not in WORKING_TYPES, R.LIST_LEGS)
        if len(pair) > 1:
            self.check_pair(*pair)
        if sent.list_type in OPO_LISTS:
            refuse_if(first.side is not Side.BUY, R.LIST_LEGS)
            for leg in pending:
                refuse_if(leg.side is not Side.SELL or leg.quantity_lots != 0, R.LIST_LEGS)
        for leg in sent.legs:
            refuse_if((leg.instructions or PLAIN).good_till_us != 0, R.LIST_LEGS)

    def check_pair(self, above: OrderLeg, below: OrderLeg) -> None:
        is_same_size = above.quantity_lots == below.quantity_lots
        refuse_if(above.side is not below.side or not is_same_size, R.LIST_LEGS)
        profit, loss = (above, below) if above.side is Side.SELL else (below, above)
        refuse_if(profit.type not in (OrderType.LIMIT_MAKER, *TAKE_PROFITS), R.LIST_LEGS)
        refuse_if(loss.type not in STOP_LOSSES, R.LIST_LEGS)

    def check_list_prices(self, sent: PlaceOrderList, market: Market) -> None:
        pair = sent.legs if sent.list_type is Lists.OCO else sent.legs[1:]
        if len(pair) < 2:
            return
        above, below = (reference_of(leg) for leg in pair)
        refuse_if(above != 0 and below != 0 and above <= below, R.LIST_PRICES)
        last = market.last_price
        if sent.list_type is Lists.OCO and last:
            refuse_if(above != 0 and above <= last, R.LIST_PRICES)
            refuse_if(below != 0 and below >= last, R.LIST_PRICES)

    def check_list_counts(self, sent: PlaceOrderList, market: Market) -> None:
        everywhere = [found for found in self.lists if found.account == sent.account]
        here = [found for found in everywhere if found.instrument == sent.instrument]
        most = market.definition.max_num_order_lists
        refuse_if(0 < most < len(here) + 1, R.MAX_NUM_ORDER_LISTS)
        most = self.limits.order_lists
        refuse_if(0 < most < len(everywhere) + 1, R.EXCHANGE_MAX_NUM_ORDER_LISTS)
        refuse_if(len(self.lists) >= ORDER_LISTS_MAX, R.LIMIT_REACHED)

    def check_list_state(self, sent: PlaceOrderList, drafts: list[Order]) -> None:
        is_oco = sent.list_type is Lists.OCO
        for n, draft in enumerate(drafts):
            if is_oco or n == 0:
                self.check_state(draft, drafts[:n])
            else:
                market = self.market_for(draft)
                self.check_counts(draft, market, drafts[:n])
                self.check_max_position(draft, market, drafts[:n])
            if not is_oco and n == 0:
                self.check_balance(draft)
        if is_oco:
            self.set_holds(drafts)
            needed = sum(draft.held for draft in drafts)
            refuse_if(needed > self.free_for(drafts[0]), R.INSUFFICIENT_BALANCE)

    def accept_list(self, sent: PlaceOrderList, drafts: list[Order]) -> None:
        self.lists_accepted += 1
        where = (sent.account, sent.instrument)
        name = sent.list_client_order_id
        found = OrderList(self.lists_accepted, *where, sent.list_type, name, drafts)
        self.lists.append(found)
        fields = (*where, sent.list_type, self.orders_accepted + 1, len(drafts), name)
        self.emit(e.OrderListPlaced, found.list_id, *fields)
        for draft in drafts:
            draft.order_list = found
            is_pegged_now = self.is_pegged_now(draft) and draft not in found.pending
            self.accept(draft, is_pegged_now, sent)
        for draft in drafts:
            if draft not in found.pending:
                self.begin(draft)

    def cancel_order_list(self, cancel: CancelOrderList) -> None:
        market = self.market_of(cancel.account, cancel.instrument)
        self.refuse_cancels(market)
        found = self.find_list(cancel)
        self.cancel_list(found, cancel.cancel_client_order_id)

    def find_list(self, cancel: CancelOrderList) -> OrderList:
        wanted, name = cancel.order_list, cancel.list_client_order_id
        for found in self.lists:
            if (found.account, found.instrument) != (cancel.account, cancel.instrument):
                continue
            if wanted and found.list_id == wanted:
                refuse_if(name not in ("", found.name), R.CLIENT_ORDER_ID_MISMATCH)
                return found
            if not wanted and name and found.name == name:
                return found
        refuse_if(True, R.UNKNOWN_ORDER_LIST)
        raise AssertionError
