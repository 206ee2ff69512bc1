"""How a case is worded: in the list, and its versions side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.domain.disputes import ActNamed, ChangedBy, Comparison, Difference, Discarding
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.disputes.state import Case, DisputesState
from ui.runtime.act_words import named_act, named_patient
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class DisputeWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def act(self, code: str) -> str:
        return named_act(self.desk, code)

    def element(self, name: str) -> str:
        """What an element is called; its FHIR name where nobody has named it yet."""
        if self.desk.languages.catalogue.has(f"element.{name}"):
            return self.text(f"element.{name}")
        return name

    def patient(self, case: Case) -> str:
        about = case.dispute or case.refused
        return named_patient(self.desk, case.patient, about.patient_name if about else "")

    def what(self, case: Case) -> str:
        if case.refused is not None:
            return self.act(case.refused.act)
        if case.is_duplicate:
            return self.act("dose.give")
        return ", ".join(dict.fromkeys(self.act(one.act) for one in case.acts)) or DASH

    def why(self, case: Case) -> str:
        if case.dispute is not None and case.dispute.why:
            return self.text(f"duplicate.why.{case.dispute.why}")
        if case.dispute is not None:
            return self.text(f"dispute.kind.{case.dispute.kind.value}")
        why = case.refused.why if case.refused is not None else None
        return self.desk.languages.render(why) if why else self.text("dispute.kind.refused")

    # -- the list

    def spec(self) -> TableSpec:
        columns = (
            Column("what", self.text("dispute.column.what"), 130, wraps=True, fixed=True),
            Column("patient", self.text("queue.column.patient"), 72, wraps=True, fixed=True),
            Column("why", self.text("queue.column.why"), 150, wraps=True, stretches=True),
        )
        return TableSpec("disputes.list", self.text("workspace.disputes"), columns)

    def rows(self, state: DisputesState) -> tuple[Row, ...]:
        return tuple(self._row(case, state) for case in state.cases or ())

    def _row(self, case: Case, state: DisputesState) -> Row:
        at, author = self._signed(case)
        word = self.text("dispute.deciding") if case.key in state.deciding else self.why(case)
        return Row(
            case.key,
            (
                Cell(self.what(case), second=at, hover=author, strong=True),
                Cell(self.patient(case), tone=Tone.PLAIN if case.patient else Tone.UNKNOWN),
                Cell(word, tone=Tone.CAUTION, icon="git-compare"),
            ),
            tone=Tone.CAUTION,
        )

    def _signed(self, case: Case) -> tuple[str, str]:
        formats = self.desk.formats
        if case.refused is not None:
            return formats.moment(case.refused.at), case.refused.author_name
        if case.acts:
            return formats.moment(case.acts[0].at), case.acts[0].author_name
        return "", ""

    # -- side by side

    def versions_spec(self, comparison: Comparison | None) -> TableSpec:
        columns = (
            Column("element", self.text("dispute.column.element"), 110, wraps=True, fixed=True),
            Column(
                "before",
                self.text("dispute.column.before"),
                130,
                wraps=True,
                stretches=True,
                sorts=False,
            ),
            Column(
                "mine",
                self.text("dispute.column.mine"),
                150,
                wraps=True,
                stretches=True,
                fixed=True,
                sorts=False,
            ),
            Column(
                "theirs",
                self._their_title(comparison),
                150,
                wraps=True,
                stretches=True,
                fixed=True,
                sorts=False,
            ),
        )
        return TableSpec("disputes.versions", self.text("dispute.versions"), columns)

    def _their_title(self, comparison: Comparison | None) -> str:
        if comparison is None or not comparison.their_version:
            return self.text("dispute.column.theirs")
        return self.text("dispute.column.theirs_version", version=comparison.their_version)

    def versions(self, comparison: Comparison) -> tuple[Row, ...]:
        differing = tuple(self._difference(one) for one in comparison.differences)
        agreeing = tuple(
            Row(
                f"same-{name}",
                (Cell(self.element(name)), *(Cell(self.value(value)) for _ in range(3))),
                faded=True,
            )
            for name, value in comparison.same
        )
        return (*differing, *agreeing)

    def _difference(self, one: Difference) -> Row:
        mine = one.changed_by is not ChangedBy.THEIRS
        theirs = one.changed_by is not ChangedBy.MINE
        return Row(
            one.element,
            (
                Cell(self.element(one.element), strong=True),
                Cell(self.value(one.value) or DASH),
                self._side(one.mine, changed=mine),
                self._side(one.theirs, changed=theirs),
            ),
            tone=Tone.CAUTION if one.changed_by is ChangedBy.BOTH else Tone.PLAIN,
        )

    def value(self, value: str) -> str:
        """A moment in the house's form, a code by its name, anything else as it stands."""
        if self.desk.languages.catalogue.has(f"coded.{value}"):
            return self.text(f"coded.{value}")
        if _MOMENT.fullmatch(value):
            return self.desk.formats.moment(datetime.fromisoformat(value))
        return value

    def _side(self, value: str, *, changed: bool) -> Cell:
        if not changed:
            return Cell(self.value(value) or DASH)
        said = self.value(value) or self.text("dispute.removed")
        return Cell(said, tone=Tone.CAUTION, icon="pencil", strong=True)

    def headline(self, state: DisputesState) -> str:
        """What the selected case is about, in one sentence."""
        case, comparison = state.current, state.comparison
        if case is None:
            return ""
        parts = [self.why(case)]
        if comparison is not None and comparison.their_time is not None:
            author = comparison.their_author or self.text("dispute.author_unknown")
            at = self.desk.formats.moment(comparison.their_time)
            told = comparison.told_by.value
            parts.append(self.text(f"dispute.theirs_by.{told}", author=author, at=at))
        if comparison is not None and comparison.their_reason:
            parts.append(self.text("dispute.their_reason", reason=comparison.their_reason))
        if comparison is not None and comparison.findings:
            parts += [self.desk.languages.render(one) for one in comparison.findings]
        if case.refused is not None and case.refused.server_said:
            parts.append(self.text("dispute.server_said", said=case.refused.server_said))
        return "\n".join(parts)

    def going(self, shown: Discarding) -> str:
        """Every act that would be taken back, one to a line."""
        return "\n".join(self._going(act) for act in shown.acts)

    def _going(self, act: ActNamed) -> str:
        at = self.desk.formats.moment(act.at)
        return self.text(
            "dispute.going", act=self.act(act.act), author=act.author_name or DASH, at=at
        )
