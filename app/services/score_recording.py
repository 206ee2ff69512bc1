"""Puts a finished score into the record, signed by who looked at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.decision.scores.results import Answer, Scored
from app.decision.scores.tables import Score, Use
from app.domain.people import Privilege, Session
from app.domain.quantities import Quantity
from app.domain.score_records import ScoreRecord
from app.domain.terms import Named, PatientId, Ref, Term
from app.fhir.score_records import write_score
from app.fhir.valuesets import SCORE, SCORE_BAND, SCORE_ITEM
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents
from app.services.act_making import ActMaker
from app.services.authority import needs
from app.services.patient_scores import PatientScores
from app.services.score_filling import Place, Standing, standing
from app.services.signing import SigningRules


@dataclass(frozen=True, slots=True)
class Shown:
    """What stood on the screen when the key was pressed.

    Attributes:
        given: What was answered there, by item.
    """

    score: str
    total: Decimal
    given: Mapping[str, Answer]


class ScoreRecording:
    """Records scores. Succeeds offline."""

    def __init__(
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        rules: SigningRules,
        scores: PatientScores,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._rules = rules
        self._scores = scores

    @needs(Privilege.RECORD_SCORE)
    def record(self, session: Session, patient: PatientId, shown: Shown) -> ScoreRecord:
        """Count the score once more, and record it where it is still what was shown.

        Raises:
            AppError: `REFUSED` when the chart is not open, the score is not there or has no total,
                or the clock is off; `CONFLICT` when it is another total by now; `SIGNED_OUT` after
                the lease; `STORAGE`.
        """
        self._rules.check(session)
        reading = self._scores.read(session, patient)
        table = reading.known.tables.get(shown.score)
        if table is None:
            raise app_error(FaultKind.REFUSED, "scores.record.none", shown.score)
        now = self._maker.clock.now()
        one = standing(reading.chart, table, reading.known, now, shown.given)
        result = one.result
        if not isinstance(result, Scored):
            raise app_error(FaultKind.REFUSED, "scores.record.no-total", shown.score)
        if result.total != shown.total:
            raise app_error(FaultKind.CONFLICT, "scores.record.changed", shown.score)
        who = session.clinician
        record = ScoreRecord(
            ref=Ref(f"Observation/{self._maker.ids.new()}"),
            patient=patient,
            score=Term(table.name.name, SCORE, table.code, table.name.english),
            version=f"{table.origin.version} ({table.origin.source})",
            total=result.total,
            unit=result.unit,
            band=_band(table, result),
            parts=tuple((_part(table, s.part), s.points) for s in result.subscores),
            answers=tuple(_answers(one)),
            derived=_derived(one),
            at=now,
            by=who.id,
            by_name=who.name.name,
            encounter=reading.encounter,
        )
        seen = self._documents.versions(record.derived)
        self._acts.commit(
            self._maker.make(
                "score.record",
                session,
                patient,
                (Change(write_score(record)),),
                seen=tuple((ref, version) for ref, version in seen if version),
                kinds=frozenset({"result", "vital"}),
            )
        )
        return record


def _band(table: Score, result: Scored) -> Term | None:
    band = result.band
    if band is None:
        return None
    return Term(band.name.name, f"{SCORE_BAND}:{table.code}", band.code, band.name.english)


def _part(table: Score, code: str) -> Term:
    named = (table.part_names or {}).get(code)
    if named is None:
        named = next(use.item.name for use in table.uses if use.item.code == code)
    return Term(named.name, SCORE_ITEM, code, named.english)


def _answers(one: Standing) -> Iterator[tuple[Term, Quantity | Term]]:
    """What was said on the page, each with its item."""
    for use in one.table.uses:
        found = one.found.get(use.item.code)
        if found is not None and found.place is Place.ASKED:
            name = use.item.name
            item = Term(name.name, f"{SCORE_ITEM}:answer", use.item.code, name.english)
            yield item, _answer(use, found.answer.value)


def _answer(use: Use, value: Quantity | str) -> Quantity | Term:
    if isinstance(value, Quantity):
        return value
    option = next((one.name for one in use.options if one.code == value), Named(value))
    return Term(option.name, f"{SCORE_ITEM}:{use.item.code}", value, option.english)


def _derived(one: Standing) -> tuple[Ref, ...]:
    seen = (found.observed for found in one.found.values())
    refs = (Ref(f"Observation/{observed.id}") for observed in seen if observed is not None)
    return tuple(dict.fromkeys(refs))
