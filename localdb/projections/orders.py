"""Orders of every class: medications, diets and services."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.orders import REQUESTS, read_order
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, sorted_at
from localdb.projections.tables import ORDER, order_row, order_unread


class Orders(Subject):
    kinds = frozenset({"order"})
    rtypes = frozenset(REQUESTS)
    sheets = (order_row,)
    unread = order_unread
    version = 2

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        order = read_order(document)
        if order is None:  # a proposal or a plan asks for nothing
            return
        at = sorted_at(order.authored_at, order.authored_text, order.starts_at)
        yield Row(order_row, (put.unsent, at, *ORDER.cells(order)))
