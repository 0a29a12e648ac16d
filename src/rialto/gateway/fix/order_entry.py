"""Order entry: orders in, cancels, changes; every report of the account, or answers only.

In:  requests in tags.
Out: what the endpoints of REST say to the same requests. Success is told by the reports of the
     account, which come in the order of the log; a refusal at once.
Never: an order that passed a check which REST would have made.
"""

from collections.abc import Callable, Mapping
from typing import Any

from rialto.gateway.dispatch import Dispatch, Route
from rialto.gateway.fix import lists, orders, refusals, reports
from rialto.gateway.fix.bodies import Body, Layout, Mistake, read_body
from rialto.gateway.fix.calls import Answered, FixCall, asked_by
from rialto.gateway.fix.headers import Incoming
from rialto.gateway.fix.limits import limit_fields
from rialto.gateway.fix.message_types import MARKET_DATA_TYPES
from rialto.gateway.fix.refusals import Error
from rialto.gateway.fix.repeats import repeated_report
from rialto.gateway.fix.report_feed import ReportFeeds
from rialto.gateway.fix.session import Session
from rialto.gateway.wire.answers import Failure, ReplaceParts
from rialto.gateway.wire.errors import ALL_OR_NONE, INVALID_PARAMETER, Refused
from rialto.gateway.wire.order_lists import CanceledList
from rialto.messages.events import OrderRepeated

OWN_IDS_MAX = 16_384  # client order ids of a session that it remembers
RESTRICTIONS = {"1": "ONLY_NEW", "2": "ONLY_PARTIALLY_FILLED"}
REPLACE_MODES = {"1": "STOP_ON_FAILURE", "2": "ALLOW_FAILURE"}
OVER_LIMIT_MODES = {"1": "DO_NOTHING", "2": "CANCEL_ONLY"}
ACKNOWLEDGING = frozenset(("NEW", "CANCELED", "REPLACED"))
ORDER, ORDERS = "/api/v3/order", "/api/v3/openOrders"
CANCEL = Layout(frozenset((11, 37, 41, 55, 66, 25002, 25015)))
MASS_CANCEL = Layout(frozenset((11, 55, 530)))
REPLACE = Layout(orders.ORDER_TAGS | {37, 41, 25002, 25033, 25034, 25038})
AMEND = Layout(frozenset((11, 37, 38, 41, 55)))
LIMIT_QUERY = Layout(frozenset((6136,)))


class OrderEntry:
    elsewhere = MARKET_DATA_TYPES

    def __init__(
        self,
        dispatch: Dispatch,
        routes: Mapping[str, Route],
        feeds: ReportFeeds,
        session: Session,
    ) -> None:
        self._dispatch = dispatch
        self._routes = routes
        self._feeds = feeds
        self._session = session
        self._own: dict[str, None] = {}
        self.messages: Mapping[str, Callable[[Incoming], None]] = {
            "D": self._place,
            "F": self._cancel,
            "q": self._cancel_all,
            "XCN": self._replace,
            "XAK": self._amend,
            "E": self._place_list,
            "XLQ": self._tell_limits,
        }

    def begin(self) -> None:
        self._feeds.join(self._session.terms.key.account, self)

    def end(self) -> None:
        self._feeds.leave(self._session.terms.key.account, self)

    def hear(self, kind: str, event: reports.Event, fields: reports.Fields) -> None:
        """Refusals of its own requests are told with their code, and once."""
        is_own = event["C" if kind == "N" else "c"] in self._own
        if kind == "8" and event["x"] == "REJECTED" and is_own:
            return
        if self._session.terms.only_acks:
            is_answer = kind == "N" or event["x"] in ACKNOWLEDGING
            if not is_own or not is_answer:
                return
        self._session.send(kind, fields)

    # Requests

    def _place(self, message: Incoming) -> None:
        body = read_body(message.fields, orders.NEW_ORDER)
        texts = orders.new_order(body) | {"newOrderRespType": "ACK"}

        def refuse(refused: Refused) -> None:
            self._refuse("8", refusals.of_order(body, _error(refused)))

        self._note_own(body.need(11))
        self._call(f"POST {ORDER}", message, texts, refuse)

    def _cancel(self, message: Incoming) -> None:
        body = read_body(message.fields, CANCEL)
        texts = {"symbol": body.need(55), "newClientOrderId": body.need(11)}
        is_list = body.get(66) is not None or body.get(25015) is not None
        if is_list:
            names = {66: "orderListId", 25015: "listClientOrderId"}
            if any(body.get(tag) is not None for tag in (37, 41, 25002)):
                raise Mistake(ALL_OR_NONE, "66, 25015")
        else:
            names = {37: "orderId", 41: "origClientOrderId"}
            texts |= _restriction(body)
        texts |= {name: body.need(tag) for tag, name in names.items() if body.get(tag) is not None}

        def refuse(refused: Refused) -> None:
            self._refuse("9", refusals.of_cancel(body, body.need(11), _error(refused)))

        self._note_own(body.need(11))
        path = "/api/v3/orderList" if is_list else ORDER
        self._call(f"DELETE {path}", message, texts, refuse)

    def _cancel_all(self, message: Incoming) -> None:
        body = read_body(message.fields, MASS_CANCEL)
        body.need(11)
        if body.need(530) != "1":
            raise Mistake(INVALID_PARAMETER, "MassCancelRequestType(530)", tag=530)

        def answer(canceled: list[Any], _: OrderRepeated | None) -> None:
            count = sum(
                len(each.order_reports) if isinstance(each, CanceledList) else 1
                for each in canceled
            )
            echoed = [(tag, body.need(tag)) for tag in (11, 55, 530)]
            self._session.send("r", [*echoed, (531, 1), (533, count)])

        def refuse(refused: Refused) -> None:
            self._refuse("r", refusals.of_mass_cancel(body, _error(refused)))

        texts = {"symbol": body.need(55)}
        self._call(f"DELETE {ORDERS}", message, texts, refuse, answer)

    def _replace(self, message: Incoming) -> None:
        body = read_body(message.fields, REPLACE)
        texts = orders.new_order(body) | _restriction(body) | {"newOrderRespType": "ACK"}
        texts["cancelReplaceMode"] = orders.word(REPLACE_MODES, body.need(25033), 25033)
        if (mode := body.get(25038)) is not None:
            texts["orderRateLimitExceededMode"] = orders.word(OVER_LIMIT_MODES, mode, 25038)
        names = {
            37: "cancelOrderId",
            41: "cancelOrigClientOrderId",
            25034: "cancelNewClientOrderId",
        }
        texts |= {name: body.need(tag) for tag, name in names.items() if body.get(tag) is not None}
        for tag in (11, 25034):
            self._note_own(body.get(tag) or body.need(11))
        self._call(
            f"POST {ORDER}/cancelReplace",
            message,
            texts,
            lambda refused: self._refuse_replacement(body, refused),
        )

    def _refuse_replacement(self, body: Body, refused: Refused) -> None:
        """By what became of each part; without parts, neither was tried."""
        parts = refused.data
        cancel_id = body.get(25034) or body.need(11)
        if not isinstance(parts, ReplaceParts):
            self._refuse("9", refusals.of_cancel(body, cancel_id, _error(refused)))
            return
        for kind, part in (("9", parts.cancel_response), ("8", parts.new_order_response)):
            if not isinstance(part, Failure):
                continue
            error = Error(part.code, part.msg)
            if kind == "9":
                self._refuse(kind, refusals.of_cancel(body, cancel_id, error))
            else:
                self._refuse(kind, refusals.of_order(body, error))

    def _amend(self, message: Incoming) -> None:
        body = read_body(message.fields, AMEND)
        names = {37: "orderId", 41: "origClientOrderId"}
        texts = {
            "symbol": body.need(55),
            "newQty": body.need(38),
            "newClientOrderId": body.need(11),
        }
        texts |= {name: body.need(tag) for tag, name in names.items() if body.get(tag) is not None}

        def refuse(refused: Refused) -> None:
            self._refuse("XAR", refusals.of_amend(body, _error(refused)))

        self._note_own(body.need(11))
        self._call(f"PUT {ORDER}/amend/keepPriority", message, texts, refuse)

    def _place_list(self, message: Incoming) -> None:
        body = read_body(message.fields, lists.NEW_LIST)
        path, texts, client_order_ids = lists.new_list(body)
        for own in client_order_ids:
            self._note_own(own)

        def refuse(refused: Refused) -> None:
            self._refuse("N", refusals.of_list(body, _error(refused)))

        self._call(f"POST /api/v3/orderList/{path}", message, texts, refuse)

    def _tell_limits(self, message: Incoming) -> None:
        request_id = read_body(message.fields, LIMIT_QUERY).need(6136)
        fields = limit_fields(self._session, self._dispatch.weights)
        self._session.send("XLR", [(6136, request_id), *fields])

    # Answers

    def _call(
        self,
        rest: str,
        message: Incoming,
        texts: dict[str, str],
        refuse: Callable[[Refused], None],
        answer: Answered | None = None,
    ) -> None:
        asked = asked_by(self._session, message, texts, self._dispatch.sources.clock())
        call = FixCall(self._dispatch, self._routes[rest], asked, self._session)
        call.begin(message, answer or self._note_repeated, refuse)

    def _note_repeated(self, _: Any, repeated: OrderRepeated | None) -> None:
        """An order that was sent before does not happen again, so that no report comes of it."""
        if repeated is not None:
            self._dispatch.run(self._tell_again(repeated))

    async def _tell_again(self, repeated: OrderRepeated) -> None:
        for event in await repeated_report(self._dispatch.sources, repeated):
            self._session.send("8", reports.execution_report(event))

    def _refuse(self, kind: str, fields: reports.Fields) -> None:
        self._session.send(kind, fields)

    def _note_own(self, client_order_id: str) -> None:
        self._own[client_order_id] = None
        if len(self._own) > OWN_IDS_MAX:
            del self._own[next(iter(self._own))]


def _error(refused: Refused) -> Error:
    return Error(refused.code, refused.message)


def _restriction(body: Body) -> dict[str, str]:
    value = body.get(25002)
    return {} if value is None else {"cancelRestrictions": orders.word(RESTRICTIONS, value, 25002)}
