"""Does what a sheet of the page of a pathway was answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.domain.pathways import EnrolmentId
from app.domain.people import Session
from app.domain.terms import PatientId
from app.services.pathway_keeping import ElementAt, Explanation, PathwayKeeping
from ui.pathways.deeds import Asked, Deed, recorded

Answer = Explanation | str | date | None
"""What a sheet brought: a reason, why something is taken back, a day; None for a plain yes."""


@dataclass(frozen=True, slots=True)
class Acting:
    """One patient's pathway, kept in the name of one session."""

    keeping: PathwayKeeping
    session: Session
    patient: PatientId

    def perform(self, asked: Asked, answer: Answer) -> Asked | None:
        """Do it; answers with what has to be asked again where something stood against it.

        Raises:
            AppError: As `PathwayKeeping`.
        """
        match asked.deed:
            case Deed.COMPLETE:
                against = self.keeping.complete(self.session, self.patient, _enrolment(asked))
                return replace(asked, against=against) if against else None
            case Deed.ENROL if asked.pathway is not None:
                self.keeping.enrol(self.session, self.patient, asked.pathway.code)
            case Deed.TICK | Deed.EXPLAIN | Deed.TAKE_BACK:
                self._of_element(asked, answer)
            case _:
                self._of_enrolment(asked, answer)
        return None

    def _of_element(self, asked: Asked, answer: Answer) -> None:
        keeping, column, cell = self.keeping, asked.spot.column, asked.spot.cell
        fact = recorded(asked.spot)
        at = ElementAt(
            _enrolment(asked),
            column.stage.key if column is not None else "",
            cell.element.key if cell is not None else "",
        )
        match asked.deed, answer:
            case Deed.TICK, None:
                keeping.tick(self.session, self.patient, at)
            case Deed.EXPLAIN, Explanation() as why:
                keeping.explain(self.session, self.patient, at, why)
            case Deed.TAKE_BACK, str() as said if fact is not None:
                keeping.take_back(self.session, self.patient, fact.ref, said)
            case _:
                raise _unanswered(asked, answer)

    def _of_enrolment(self, asked: Asked, answer: Answer) -> None:
        keeping, enrolment = self.keeping, _enrolment(asked)
        match asked.deed, answer:
            case Deed.NOTE, Explanation() as why:
                keeping.note_variance(self.session, self.patient, enrolment, why)
            case Deed.LEAVE, Explanation() as why:
                keeping.leave(self.session, self.patient, enrolment, why)
            case Deed.OPERATION, date() as day:
                keeping.date_operation(self.session, self.patient, enrolment, day)
            case _:
                raise _unanswered(asked, answer)


def _enrolment(asked: Asked) -> EnrolmentId:
    return asked.grid.enrolment.id if asked.grid is not None else EnrolmentId("")


def _unanswered(asked: Asked, answer: Answer) -> AssertionError:
    return AssertionError(f"{asked.deed} cannot be done with {type(answer)}")
