"""Whether anything of an order was done, and which orders are over by their own words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, text

from app.domain.orders import Order
from app.fhir.order_execution import EXECUTING_TYPES
from app.fhir.orders import order_ref
from localdb.projections.flat import micros
from localdb.projections.tables import ORDER, order_row
from localdb.reads.snapshots import Snapshots

_FOLLOWING = text("SELECT ref FROM loop_link WHERE patient = :patient AND target = :target")
_OVER = (
    select(*(order_row.c[name] for name in ORDER.names))
    .where(
        order_row.c.status == "active",
        order_row.c.prohibited == 0,
        order_row.c.kind.is_not(None),
        order_row.c.ends_at <= bindparam("by"),
    )
    .order_by(order_row.c.ends_at, order_row.c.ref)
)
"""Of a feed that says no kind nothing is ended here: what its end means is not ours to say."""


class SqlExecution:
    """Looks for what refers to an order by which it was carried out."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def executed(self, order: Order) -> bool:
        """Whether a dose, a specimen, a report … refers to it."""
        asked = {"patient": order.patient, "target": order_ref(order)}
        with self._cache.read() as connection:
            refs = connection.scalars(_FOLLOWING, asked).all()
        return any(str(ref).partition("/")[0] in EXECUTING_TYPES for ref in refs)

    def over_by(self, by: datetime) -> tuple[Order, ...]:
        """Active orders whose own end has come by then."""
        with self._cache.read() as connection:
            rows = connection.execute(_OVER, {"by": micros(by)})
            return tuple(ORDER.unpack(row) for row in rows)
