"""Deliberate mistakes in the rules of icebergs, stops, trailing and pegged orders, and of lists."""

from rialto.messages.orders import ExpiryReason, PegPriceType, Side
from rialto.messages.rejections import Rejection as R
from tests.core.model import Model
from tests.core.model_book import PERCENT
from tests.core.model_state import Market, Order, OrderList, Place, refuse_if


class IcebergKeepsItsPlace(Model):
    def refresh(self, maker: Order) -> None:
        rank = maker.rank
        super().refresh(maker)
        maker.rank = rank


class IcebergShowsAll(Model):
    def rest(self, order: Order) -> None:
        super().rest(order)
        order.visible = order.remaining


class AmendCutsTheVisiblePart(Model):
    def reduce(self, order: Order, lots: int, new_client_order_id: str) -> None:
        super().reduce(order, lots, new_client_order_id)
        if order.place is Place.RESTING:
            order.visible = max(1, order.visible // 2)


class PlanForgetsWhatIsHidden(Model):
    def plan_lots(self, order: Order, budget: int) -> int:
        hidden = [(o, o.remaining) for o in self.orders if o.place is Place.RESTING]
        for maker, _ in hidden:
            maker.remaining = maker.visible
        try:
            return super().plan_lots(order, budget)
        finally:
            for maker, remaining in hidden:
                maker.remaining = remaining


class LastStopFirst(Model):
    def ladder(self, instrument: int, is_rising: bool) -> list[Order]:
        sign = 1 if is_rising else -1
        rows = super().ladder(instrument, is_rising)
        return sorted(rows, key=lambda o: (sign * o.stop, -o.rank))


class StopOneTickLate(Model):
    def is_reached(self, order: Order, price: int, is_rising: bool) -> bool:
        return order.stop < price if is_rising else order.stop > price


class StopsWaitForever(Model):
    def observe(self, instrument: int, prices: list[int]) -> None:
        super().observe(instrument, prices[1:])


class FiresBothOfAPair(Model):
    is_firing = False

    def fire(self, order: Order) -> None:
        self.is_firing = True
        super().fire(order)
        self.is_firing = False

    def partner_of(self, leg: Order) -> Order | None:
        return None if self.is_firing else super().partner_of(leg)


class NoEndOfFollowUps(Model):
    def follow_up(self) -> None:
        while self.due:
            super().follow_up()


class OneLadderAfterTheOther(Model):
    def follow_up(self) -> None:
        """The next unit of the same work, instead of a turn for each."""
        for _ in range(128):
            if self.due and not self.carry_on(*self.due[0]):
                self.due.pop(0)


class TriggeredAtAnyPrice(Model):
    def check_fired(self, order: Order) -> None:
        if order.is_market or order.is_pegged:
            super().check_fired(order)


class MayTriggerAtOnce(Model):
    def is_met(self, order: Order, market: Market) -> bool:
        return False


class StopHoldsForItsStopPrice(Model):
    def check_waiting(self, order: Order, market: Market) -> None:
        super().check_waiting(order, market)
        order.hold_price = order.asked.stop_price_ticks or order.hold_price


class TrailsBothWays(Model):
    def follow(self, order: Order, price: int) -> None:
        super().follow(order, price)
        if order.place is Place.TRAILING and order.is_tracking:
            order.extreme = price


class TrailsFromTheStopPrice(Model):
    def follow(self, order: Order, price: int) -> None:
        was_tracking = order.is_tracking
        super().follow(order, price)
        if order.is_tracking and not was_tracking:
            order.extreme = order.asked.stop_price_ticks


class TriggerPriceRoundedDown(Model):
    def trigger_price(self, order: Order, extreme: int) -> int:
        if order.side is Side.SELL:
            return super().trigger_price(order, extreme)
        return extreme * (PERCENT + order.asked.trailing_delta) // PERCENT


class PegsToTheOtherSide(Model):
    def peg(self, order: Order) -> None:
        own = [o for o in self.orders if o.place is Place.RESTING]
        own = [o for o in own if o.instrument == order.instrument]
        is_primary = order.asked.peg_price_type is PegPriceType.PRIMARY
        side = Side(1 - order.side) if is_primary else order.side
        levels = sorted({o.price for o in own if o.side is side}, reverse=side is Side.BUY)
        refuse_if(order.asked.peg_offset >= len(levels), R.PEG_LIQUIDITY)
        order.price = levels[order.asked.peg_offset]


class PegCountsOrders(Model):
    def peg(self, order: Order) -> None:
        is_primary = order.asked.peg_price_type is PegPriceType.PRIMARY
        side = order.side if is_primary else Side(1 - order.side)
        orders = self.side_of_book(order.instrument, side)
        refuse_if(order.asked.peg_offset >= len(orders), R.PEG_LIQUIDITY)
        order.price = orders[order.asked.peg_offset].price


class PendingAfterTheFirstFill(Model):
    def leg_traded(self, leg: Order, bought: int, is_filled: bool) -> None:
        super().leg_traded(leg, bought, is_filled)
        found = leg.order_list
        if found is not None and found.is_working(leg) and not is_filled and leg.is_open:
            self.queue_release(found)


class PairHoldsTwice(Model):
    def set_holds(self, legs: list[Order]) -> None:
        for leg in legs:
            leg.held = self.need_of(leg)


class PartnerOutlivesATrade(Model):
    def expire_partner(self, found: OrderList, leg: Order) -> None:
        if leg.is_expired:
            super().expire_partner(found, leg)


class ProceedsAreFree(Model):
    def hold_proceeds(self, found: OrderList, amount: int) -> None:
        found.proceeds += amount if self.keeps_proceeds(found) else 0


class ProceedsForgetTheRest(Model):
    def size_by_proceeds(self, found: OrderList) -> None:
        super().size_by_proceeds(found)
        for leg in found.pending:
            leg.quantity = leg.remaining = max(leg.quantity - 1, 0)


class ListsAreNeverDone(Model):
    def end_if_done(self, found: OrderList) -> None:
        if not found.open_legs and found in self.lists:
            self.lists.remove(found)


class LegsAreCanceledAlone(Model):
    def cancel_with_list(self, order: Order, cancel_client_order_id: str) -> None:
        self.cancel(order, cancel_client_order_id)


class PendingOutlivesItsWorkingOrder(Model):
    def leg_expired(self, leg: Order) -> None:
        found = leg.order_list
        if found is None or not found.is_working(leg):
            super().leg_expired(leg)


class PairIsAmendedApart(Model):
    def reduce_to(self, order: Order, lots: int, new_client_order_id: str) -> None:
        partner = self.partner_of(order)
        if partner is None or order.amends >= partner.amends:
            super().reduce_to(order, lots, new_client_order_id)


class WorkingOrderExpiresAsAPartner(Model):
    def expire(self, order: Order, reason: ExpiryReason) -> None:
        is_phase = reason is ExpiryReason.OTO_PHASE_ONE
        super().expire(order, ExpiryReason.OCO_TRIGGER if is_phase else reason)
