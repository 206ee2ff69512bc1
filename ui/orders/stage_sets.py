"""The orders of a stage of a clinical pathway, offered in the way of an order set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.order_sets import Chosen, Offer, SetBook
from app.domain.orders import OrderDraft
from app.domain.pathways import EnrolmentId, Pathway
from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.faults import FaultKind, app_error
from app.services.pathways import PathwayReading
from ui.orders.set_sheet import SetSheet, open_set_sheet
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit

_PREFIX = "pathway"


@dataclass(frozen=True, slots=True)
class StageSets:
    """What the sheet of order sets asks, of the stages of one enrolment."""

    reading: PathwayReading
    enrolment: EnrolmentId
    code: str

    def book(self) -> SetBook:
        """The orders of every stage of the pathway, and of no other.

        Raises:
            AppError: As `PathwayReading.book`.
        """
        book = self.reading.book()
        found = self._found(self.code)
        codes = [found[0].set_code(one.key) for one in found[0].stages] if found else []
        return replace(book.orders, sets=tuple(x for x in book.orders.sets if x.code in codes))

    def offer(self, session: Session, patient: PatientId, code: str) -> Offer:
        """The orders of a stage for the patient.

        Raises:
            AppError: As `PathwayReading.offer`.
        """
        found = self._found(code)
        if found is None:
            raise app_error(FaultKind.REFUSED, "order_sets.no-such-set", code)
        return self.reading.offer(session, patient, self.enrolment, found[1])

    def drafts(
        self, session: Session, patient: PatientId, offered: Offer, chosen: Chosen, language: str
    ) -> tuple[OrderDraft, ...]:
        """The chosen lines for the basket.

        Raises:
            AppError: As `PathwayReading.drafts`.
        """
        return self.reading.drafts(session, patient, offered, chosen, language)

    def _found(self, code: str) -> tuple[Pathway, str] | None:
        """The pathway and the stage whose orders have this code."""
        book = self.reading.book()
        return next(
            (
                (one, stage.key)
                for one in book.pathways
                for stage in one.stages
                if one.set_code(stage.key) == code
            ),
            None,
        )


def stage_sheet(
    desk: Desk, visit: Visit, reading: PathwayReading | None, focus: str
) -> Callable[[], SetSheet] | None:
    """Opens the stage that `focus` names (`pathway/enrolment/code`); None of another focus."""
    prefix, _, rest = focus.partition("/")
    enrolment, _, code = rest.partition("/")
    if reading is None or prefix != _PREFIX or not code:
        return None
    source = StageSets(reading, EnrolmentId(enrolment), code)

    def make() -> SetSheet:
        sheet = open_set_sheet(desk, visit, source)
        sheet.open_set(code)
        return sheet

    return make
