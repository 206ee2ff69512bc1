"""Orders of every class: medications and services."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.orders import read_order
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import ORDER, order_row, order_unread


class Orders(Subject):
    kinds = frozenset({"order"})
    rtypes = frozenset({"MedicationRequest", "ServiceRequest"})
    sheets = (order_row,)
    unread = order_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        yield Row(order_row, (put.unsent, *ORDER.cells(read_order(document))))
