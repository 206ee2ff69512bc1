"""How somebody who was found is worded: never by a name alone."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.patients import Stay
from app.ports.reading import PatientHit
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.finding.state import FindingState
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec


@dataclass(frozen=True, slots=True)
class FindingWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def spec(self) -> TableSpec:
        columns = (
            Column("name", self.text("finding.column.name"), 220, wraps=True, fixed=True),
            Column("sex", self.text("finding.column.sex"), 84, fixed=True),
            Column("born", self.text("finding.column.born"), 172, fixed=True),
            Column("admission", self.text("finding.column.admission"), 104, fixed=True),
            Column("record", self.text("finding.column.record"), 104, fixed=True),
            Column("ward", self.text("finding.column.ward"), 170, wraps=True, stretches=True),
            Column("bed", self.text("finding.column.bed"), 60, fixed=True),
            Column("matched", self.text("finding.column.matched"), 132),
        )
        return TableSpec("finding.table", self.text("finding.list"), columns)

    def rows(self, state: FindingState) -> tuple[Row, ...]:
        return tuple(self._row(hit, state) for hit in state.hits or ())

    def _row(self, hit: PatientHit, state: FindingState) -> Row:
        patient, stay = hit.patient, hit.stay
        born = patient.birth_date or patient.birth_date_text or None
        here = stay is not None and stay.ended_at is None
        return Row(
            patient.id,
            (
                self._name(hit, state),
                self._sex(hit),
                Cell(
                    self._born(hit, state),
                    tone=Tone.PLAIN if born else Tone.UNKNOWN,
                    order=patient.birth_date.toordinal() if patient.birth_date else None,
                ),
                _dash(stay.admission_number if stay else ""),
                _dash(patient.record_number),
                self._ward(stay, here=here),
                _dash(stay.bed if stay and here else ""),
                Cell(self._matched(hit), icon="search"),
            ),
            faded=not here,
            tone=Tone.CAUTION if state.alike(hit) else Tone.PLAIN,
        )

    def _name(self, hit: PatientHit, state: FindingState) -> Cell:
        patient = hit.patient
        name = patient.name or self.text("finding.name_unknown")
        if self.desk.languages.language == "en" and patient.english not in {"", patient.name}:
            name = f"{name} {patient.english}"
        alike = state.alike(hit)
        notes = [
            self.text("finding.alike") if alike else "",
            self.text("finding.deceased") if patient.deceased else "",
            self.text("finding.merged") if patient.superseded_by else "",
        ]
        return Cell(
            name,
            second=" · ".join(note for note in notes if note),
            strong=True,
            struck=patient.superseded_by is not None,
            icon="users" if alike else "",
            hover=patient.phonetic,
        )

    def _sex(self, hit: PatientHit) -> Cell:
        sex = hit.patient.sex
        word = self.text(f"ward.sex.{sex.value}" if sex else "ward.sex.none")
        return Cell(word, tone=Tone.PLAIN if sex else Tone.UNKNOWN)

    def _born(self, hit: PatientHit, state: FindingState) -> str:
        """The exact birth date, then the age (CUI PAB-0023)."""
        patient, formats = hit.patient, self.desk.formats
        born = patient.birth_date or patient.birth_date_text or None
        if born is None:
            return formats.partial(None)
        date = formats.partial(patient.birth_date_text or str(born))
        age = formats.age(born, patient.deceased_at or state.now)
        return self.text("finding.born", date=date, age=age)

    def _ward(self, stay: Stay | None, *, here: bool) -> Cell:
        if stay is None:
            return Cell(self.text("finding.no_stay"), tone=Tone.UNKNOWN)
        named = stay.ward_name.shown(self.desk.languages.language) if stay.ward_name else DASH
        if here or stay.ended_at is None:
            return Cell(named)
        at = self.desk.formats.date(stay.ended_at)
        return Cell(named, second=self.text("finding.discharged", at=at))

    def _matched(self, hit: PatientHit) -> str:
        if self.desk.languages.catalogue.has(f"finding.matched.{hit.matched}"):
            return self.text(f"finding.matched.{hit.matched}")
        return self.text("finding.matched.other")


def _dash(text: str) -> Cell:
    return Cell(text or DASH, tone=Tone.PLAIN if text else Tone.UNKNOWN)
