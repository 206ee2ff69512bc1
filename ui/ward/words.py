"""How a bed is worded: the same for its card and for its row in the table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from app.domain.census import BedRow, Pending
from app.domain.patients import AllergyState
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH, NO_BREAK
from ui.ward.state import WardState, key_of
from widgets.table_values import Align, Cell, Column, Row, TableSpec

_ALLERGY: Final = {
    AllergyState.KNOWN: ("ward.allergy.known", Tone.DANGER, "triangle-alert"),
    AllergyState.NONE_KNOWN: ("ward.allergy.none-known", Tone.PLAIN, "shield-check"),
    AllergyState.NOT_RECORDED: ("ward.allergy.not-recorded", Tone.UNKNOWN, "circle-help"),
    AllergyState.UNAVAILABLE: ("ward.allergy.unavailable", Tone.UNKNOWN, "cloud-off"),
}
_SEVERITY: Final = {"critical": Tone.DANGER, "serious": Tone.CAUTION}
_JOINT: Final = f" ·{NO_BREAK}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One chip: a word, what it claims, an icon, and the rest on hover."""

    text: str
    tone: Tone = Tone.PLAIN
    icon: str = ""
    hover: str = ""


@dataclass(frozen=True, slots=True)
class WardWords:
    """Words of one desk; asks it for the language every time."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    # -- who

    def bed(self, row: BedRow) -> str:
        return row.bed or self.text("ward.no_bed")

    def name(self, row: BedRow) -> str:
        """The whole name as recorded; English screens add the Latin form where there is one."""
        if row.patient is None:
            return self.text("ward.empty_bed")
        name = row.patient.name or self.text("ward.name_unknown")
        latin = row.patient.english if self.desk.languages.language == "en" else ""
        return f"{name} {latin}".strip() if latin != name else name

    def who(self, row: BedRow, state: WardState) -> str:
        """Sex in words, age, exact birth date."""
        if row.patient is None:
            return ""
        formats = self.desk.formats
        patient = row.patient
        sex = self.text(f"ward.sex.{patient.sex.value}" if patient.sex else "ward.sex.none")
        born = patient.birth_date or patient.birth_date_text or None
        if born is None:
            return _JOINT.join((sex, self.text("ward.birth_unknown")))
        date = formats.partial(patient.birth_date_text or str(born))
        age = formats.age(born, patient.deceased_at or state.now)
        return _JOINT.join((sex, self.text("ward.age_born", age=age, born=date)))

    def numbers(self, row: BedRow) -> tuple[str, str]:
        """The admission number and the record number, each whole or a dash."""
        if row.patient is None:
            return "", ""
        admission = row.stay.admission_number if row.stay else ""
        return admission or DASH, row.patient.record_number or DASH

    def numbers_line(self, row: BedRow) -> str:
        admission, record = self.numbers(row)
        return _JOINT.join(
            (
                self.text("ward.admission_number", number=admission),
                self.text("ward.record_number", number=record),
            )
        )

    # -- how they are

    def allergy(self, row: BedRow) -> Claim:
        code, tone, icon = _ALLERGY[row.allergy_state]
        return Claim(self.text(code), tone, icon)

    def care(self, row: BedRow) -> str:
        return self.care_level(row.level_of_care) if row.level_of_care else DASH

    def care_level(self, level: str) -> str:
        return self._coded("ward.care", level)

    def severity(self, row: BedRow) -> Claim | None:
        if not row.severity:
            return None
        tone = _SEVERITY.get(row.severity, Tone.PLAIN)
        return Claim(self._coded("ward.severity", row.severity), tone)

    def warnings(self, row: BedRow) -> tuple[Claim, ...]:
        """Isolation first, then the standing warnings."""
        isolation = (
            Claim(self._coded("ward.isolation", code), Tone.CAUTION, "shield-alert")
            for code in row.isolation
        )
        flags = (Claim(self._coded("ward.flag", code), Tone.PLAIN, "flag") for code in row.flags)
        return (*isolation, *flags)

    def namesake(self, row: BedRow) -> Claim | None:
        if not row.namesake:
            return None
        admission, _ = self.numbers(row)
        words = self.text("ward.namesake", number=admission)
        return Claim(words, Tone.CAUTION, "users", self.text("ward.namesake.why"))

    def attending(self, row: BedRow) -> str:
        named = row.stay.attending_name if row.stay else None
        return named.shown(self.desk.languages.language) if named else DASH

    def diagnosis(self, row: BedRow) -> str:
        return (row.stay.diagnosis if row.stay else "") or DASH

    def day(self, row: BedRow, state: WardState) -> tuple[str, str]:
        """The day of the stay, counted from one, and the moment of admission for the hover."""
        if row.stay is None or row.stay.admitted_at is None:
            return DASH, self.text("ward.admitted_unknown")
        local = self.desk.formats.local
        days = (local(state.now).date() - local(row.stay.admitted_at).date()).days + 1
        at = self.desk.formats.moment(row.stay.admitted_at)
        return self.text("ward.day", day=days), self.text("ward.admitted", at=at)

    def ward_of(self, row: BedRow) -> str:
        named = row.stay.ward_name if row.stay else None
        return named.shown(self.desk.languages.language) if named else DASH

    # -- what waits

    def results(self, pending: Pending) -> tuple[Claim, ...]:
        found = []
        if pending.critical_results:
            words = self.text("ward.critical_results", count=pending.critical_results)
            found.append(Claim(words, Tone.DANGER, "octagon-alert"))
        if pending.new_results:
            words = self.text("ward.new_results", count=pending.new_results)
            found.append(Claim(words, Tone.ACT, "flask-conical"))
        return tuple(found)

    def unsent(self, pending: Pending) -> tuple[Claim, ...]:
        found = []
        if pending.conflicts:
            words = self.text("ward.conflicts", count=pending.conflicts)
            found.append(Claim(words, Tone.LOCAL, "git-compare"))
        if pending.unsent:
            words = self.text("ward.unsent", count=pending.unsent)
            found.append(Claim(words, Tone.LOCAL, "hard-drive"))
        return tuple(found)

    def tasks(self, pending: Pending) -> tuple[Claim, ...]:
        if not pending.tasks:
            return ()
        return (Claim(self.text("ward.tasks", count=pending.tasks), Tone.PLAIN, "clipboard-list"),)

    def waiting(self, pending: Pending) -> tuple[Claim, ...]:
        return (*self.results(pending), *self.unsent(pending), *self.tasks(pending))

    # -- the table

    def spec(self, *, own_list: bool) -> TableSpec:
        """The columns; together they fit the window of 1280 pixels."""
        columns = (
            Column("bed", self.text("ward.column.bed"), 66, fixed=True),
            Column("name", self.text("ward.column.name"), 184, wraps=True, fixed=True),
            Column("numbers", self.text("ward.column.numbers"), 92, fixed=True),
            *((Column("ward", self.text("ward.column.ward"), 84, wraps=True),) if own_list else ()),
            Column("allergy", self.text("ward.column.allergy"), 108, wraps=True),
            Column("state", self.text("ward.column.state"), 108),
            Column("warnings", self.text("ward.column.warnings"), 94, wraps=True),
            Column("results", self.text("ward.column.results"), 94),
            Column("tasks", self.text("ward.column.tasks"), 52, Align.RIGHT),
            Column("unsent", self.text("ward.column.unsent"), 86),
            Column("day", self.text("ward.column.day"), 58),
            Column(
                "diagnosis", self.text("ward.column.diagnosis"), 140, wraps=True, stretches=True
            ),
        )
        name = "mine.table" if own_list else "ward.table"
        title = self.text("workspace.mine" if own_list else "workspace.ward")
        return TableSpec(name, title, columns, marks=True, sort_by="bed", exports=True)

    def rows(self, state: WardState) -> tuple[Row, ...]:
        return tuple(self._row(place, row, state) for place, row in enumerate(state.rows))

    def _row(self, place: int, row: BedRow, state: WardState) -> Row:
        bed = Cell(self.bed(row), strong=True, order=place)
        if row.patient is None:
            cells = (bed, Cell(self.name(row), tone=Tone.UNKNOWN))
            blank = len(self.spec(own_list=state.own_list).columns) - len(cells)
            return Row(key_of(row), (*cells, *(Cell() for _ in range(blank))), faded=True)
        critical = row.pending.critical_results > 0
        patient = row.patient
        return Row(
            key_of(row),
            (
                bed,
                self._name_cell(row, state),
                self._numbers_cell(row),
                *((Cell(self.ward_of(row)),) if state.own_list else ()),
                _cell((self.allergy(row),), badge=False),
                self._state_cell(row),
                _cell(self.warnings(row), badge=False),
                _cell(self.results(row.pending)),
                Cell(str(row.pending.tasks or ""), order=row.pending.tasks),
                _cell(self.unsent(row.pending)),
                self._day_cell(row, state),
                self._diagnosis_cell(row),
            ),
            tone=Tone.DANGER if critical else _edge(row),
            finds=f"{patient.phonetic} {patient.english}",
        )

    def _name_cell(self, row: BedRow, state: WardState) -> Cell:
        namesake = self.namesake(row)
        hover = self.who(row, state)
        if namesake:
            hover = "\n".join((hover, namesake.text, namesake.hover))
        return Cell(
            self.name(row),
            second=self.who(row, state),
            strong=True,
            tone=Tone.CAUTION if namesake else Tone.PLAIN,
            icon="users" if namesake else "",
            hover=hover,
        )

    def _numbers_cell(self, row: BedRow) -> Cell:
        admission, record = self.numbers(row)
        second = self.text("ward.same_name") if row.namesake else record
        hover = self.numbers_line(row)
        return Cell(admission, second=second, hover=hover, strong=row.namesake)

    def _state_cell(self, row: BedRow) -> Cell:
        """The condition over the level of care; no order for either is a dash that says why."""
        severity = self.severity(row)
        if severity is None:
            return _dash(self.care(row), self.text("ward.no_order"))
        claim = severity
        return Cell(claim.text, self.care(row), claim.tone, claim.tone.icon, order=claim.text)

    def _diagnosis_cell(self, row: BedRow) -> Cell:
        diagnosis = _dash(self.diagnosis(row), self.text("ward.not_recorded"))
        return replace(diagnosis, second=self.attending(row))

    def _day_cell(self, row: BedRow, state: WardState) -> Cell:
        day, admitted = self.day(row, state)
        at = row.stay.admitted_at if row.stay else None
        return Cell(
            day,
            hover=admitted,
            tone=Tone.UNKNOWN if at is None else Tone.PLAIN,
            order=-at.timestamp() if at else None,
        )

    def _coded(self, family: str, code: str) -> str:
        """A code of the record in words; one that is not ours is shown as it came."""
        known = f"{family}.{code}"
        return self.text(known) if self.desk.languages.catalogue.has(known) else code


def _edge(row: BedRow) -> Tone:
    return Tone.LOCAL if row.pending.unsent or row.pending.conflicts else Tone.PLAIN


def _cell(claims: tuple[Claim | None, ...], *, badge: bool = True) -> Cell:
    """The strongest claim, the others under it; nothing to claim is an empty cell."""
    found = [claim for claim in claims if claim is not None]
    if not found:
        return Cell(order=0)
    first, rest = found[0], found[1:]
    second = " ".join(claim.text for claim in rest)
    hover = "\n".join(claim.text for claim in found)
    return Cell(first.text, second, first.tone, first.icon, badge and not second, hover=hover)


def _dash(text: str, why: str) -> Cell:
    return Cell(text, tone=Tone.UNKNOWN, hover=why) if text == DASH else Cell(text)
