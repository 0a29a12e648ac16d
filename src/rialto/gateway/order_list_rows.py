"""Rows of the endpoint table about order lists: path, method name in the WebSocket API, weight,
handler, parameters.
"""

from rialto.gateway.handlers import list_queries, order_lists
from rialto.gateway.weighing import by_rates
from rialto.gateway.wire import list_requests as requests
from rialto.gateway.wire.requests import Nothing

ORDERS_OF = {
    "POST /api/v3/order/oco": 2,
    "POST /api/v3/orderList/oco": 2,
    "POST /api/v3/orderList/oto": 2,
    "POST /api/v3/orderList/otoco": 3,
    "POST /api/v3/orderList/opo": 2,
    "POST /api/v3/orderList/opoco": 3,
    "POST /api/v3/sor/order": 1,
}
TRADE = (
    ("POST order/oco", "orderList.place", 1, order_lists.place_old_oco, requests.OldOco),
    ("POST orderList/oco", "orderList.place.oco", 1, order_lists.place_oco, requests.NewOco),
    ("POST orderList/oto", "orderList.place.oto", 1, order_lists.place_oto, requests.NewOto),
    (
        "POST orderList/otoco",
        "orderList.place.otoco",
        1,
        order_lists.place_otoco,
        requests.NewOtoco,
    ),
    ("POST orderList/opo", "orderList.place.opo", 1, order_lists.place_oto, requests.NewOpo),
    (
        "POST orderList/opoco",
        "orderList.place.opoco",
        1,
        order_lists.place_otoco,
        requests.NewOpoco,
    ),
    ("DELETE orderList", "orderList.cancel", 1, order_lists.cancel_list, requests.CancelList),
    ("POST sor/order", "sor.order.place", 1, order_lists.refuse_sor, requests.SorOrder),
)
TEST = (
    (
        "POST sor/order/test",
        "sor.order.test",
        by_rates,
        order_lists.refuse_sor,
        requests.TestSorOrder,
    ),
)
QUERY = (
    ("GET orderList", "orderList.status", 4, list_queries.order_list, requests.FindList),
    ("GET allOrderList", "allOrderLists", 20, list_queries.all_order_lists, requests.AllLists),
    ("GET openOrderList", "openOrderLists.status", 6, list_queries.open_order_lists, Nothing),
)
