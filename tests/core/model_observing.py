"""How prices of trades move the orders that wait in the naive exchange."""

from rialto.messages import events as e
from rialto.messages.orders import Side
from tests.core.model_endings import Endings
from tests.core.model_state import Order, Place


class Observing(Endings):
    def observe(self, instrument: int, prices: list[int]) -> None:
        """Trailing orders follow the prices; sweeps get as far as the prices went."""
        if not prices:
            return
        for n, price in enumerate(prices):
            if n == 0 or price != prices[n - 1]:
                for order in self.waiting(instrument, Place.TRAILING):
                    self.follow(order, price)
        market = self.markets[instrument]
        for is_rising, price in ((True, max(prices)), (False, min(prices))):
            ladder = self.ladder(instrument, is_rising)
            if not ladder or not self.is_reached(ladder[0], price, is_rising):
                continue
            bound = market.bounds[is_rising]
            if bound == 0:
                self.due.append(("sweep", instrument, is_rising))
            nearer = bound == 0 or (price > bound if is_rising else price < bound)
            market.bounds[is_rising] = price if nearer else bound

    def waiting(self, instrument: int, place: Place) -> list[Order]:
        rows = [o for o in self.orders if o.place is place and o.instrument == instrument]
        return sorted(rows, key=lambda o: o.order_id)

    def ladder(self, instrument: int, is_rising: bool) -> list[Order]:
        """Waiting orders, the one that triggers first in front."""
        rows = self.waiting(instrument, Place.WAITING)
        rows = [o for o in rows if self.is_in_rising_ladder(o) is is_rising]
        sign = 1 if is_rising else -1
        return sorted(rows, key=lambda o: (sign * o.stop, o.rank))

    def is_in_rising_ladder(self, order: Order) -> bool:
        """A trailing one has turned around: it bought or sells at a rebound."""
        return order.side is Side.BUY if order.asked.trailing_delta else order.is_rising

    def is_reached(self, order: Order, price: int, is_rising: bool) -> bool:
        return order.stop <= price if is_rising else order.stop >= price

    def follow(self, order: Order, price: int) -> None:
        is_buy = order.side is Side.BUY
        if not order.is_tracking:
            if self.meets_stop(order, price):
                order.is_tracking, order.extreme = True, price
                where = (order.account, order.instrument, order.side, price)
                self.emit(e.TrailingStarted, order.order_id, *where)
            return
        if price < order.extreme if is_buy else price > order.extreme:
            order.extreme = price
            return
        trigger = self.trigger_price(order, order.extreme)
        if price >= trigger if is_buy else price <= trigger:
            self.wait_in_ladder(order, trigger)

    def wait_in_ladder(self, order: Order, stop: int) -> None:
        order.place, order.stop, order.rank = Place.WAITING, stop, self.next_rank()
