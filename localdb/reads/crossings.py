"""`CrossingReads` over the projections: doses that a stop has crossed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, text

from app.domain.crossings import Crossing
from app.domain.terms import Ref
from app.fhir.administrations import GIVEN
from localdb.projections.flat import micros
from localdb.projections.tables import DOSE, ORDER, administration_row, order_row
from localdb.reads.snapshots import Snapshots

_DOSE_AT = 1 + len(ORDER.names)
_CROSSED = (
    select(
        order_row.c.ref,
        *(order_row.c[name] for name in ORDER.names),
        administration_row.c.ref,
        *(administration_row.c[name] for name in DOSE.names),
    )
    .join(administration_row, administration_row.c.order == order_row.c.id)
    .where(
        text("order_row.stopped_at IS NOT NULL"),  # as the partial index has it
        order_row.c.stopped_at >= bindparam("since"),
        administration_row.c.status.in_(tuple(sorted(GIVEN))),
        administration_row.c.at > order_row.c.stopped_at,
    )
    .order_by(administration_row.c.ref)
)


class SqlCrossingReads:
    """Looks over every patient that is here."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def crossings(self, since: datetime) -> tuple[Crossing, ...]:
        """Doses given after their order had ended, of orders that ended at `since` or later."""
        with self._cache.read() as connection:
            rows = connection.execute(_CROSSED, {"since": micros(since)}).all()
        found: list[Crossing] = []
        for row in rows:
            order, dose = ORDER.unpack(row, 1), DOSE.unpack(row, _DOSE_AT + 1)
            if order.stopped_at is not None and dose.at is not None:
                found.append(
                    Crossing(
                        order=Ref(str(row[0])),
                        dose=Ref(str(row[_DOSE_AT])),
                        patient=order.patient,
                        item=order.item,
                        stopped_at=order.stopped_at,
                        given_at=dose.at,
                        stopped_by=order.stopped_by,
                        ordered_by=order.requester,
                    )
                )
        return tuple(found)
