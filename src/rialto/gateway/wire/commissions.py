"""Commission rates as answers. Rialto has one commission and no discount."""

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import CommissionForOrder, Discount, Rates

PPM_DECIMALS = 6
NO_DISCOUNT = Discount(False, False, "", decimals.ZERO)


def commission_rates(maker_ppm: int, taker_ppm: int) -> CommissionForOrder:
    """Rialto has one commission and no discount."""
    nothing = Rates(decimals.ZERO, decimals.ZERO)
    return CommissionForOrder(
        Rates(decimals.fixed(maker_ppm, PPM_DECIMALS), decimals.fixed(taker_ppm, PPM_DECIMALS)),
        nothing,
        nothing,
        NO_DISCOUNT,
    )
