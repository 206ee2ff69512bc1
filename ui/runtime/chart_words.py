"""How the chart pages word orders, values, people and faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.orders import Dosage, Order
from app.domain.results import Flag, Observed, Range
from app.domain.terms import Term
from app.kernel.faults import Fault, FaultKind
from resources.catalogue import Parameter
from ui.runtime.desk import Desk
from ui.runtime.faults import showing
from ui.runtime.formats import DASH, NO_BREAK

LONG_DASH: Final = " — "
"""Separates the attributes of a medication line (CUI MEDi-018)."""

_ARROWS: Final = {
    Flag.HIGH: "↑",
    Flag.LOW: "↓",
    Flag.CRITICAL_HIGH: "‼\N{WORD JOINER}↑",
    Flag.CRITICAL_LOW: "‼\N{WORD JOINER}↓",
    Flag.CRITICAL_ABNORMAL: "‼",
    Flag.ABNORMAL: "*",
}
_FLAG_CODES: Final = {
    Flag.NORMAL: "chartwords.flag.normal",
    Flag.HIGH: "chartwords.flag.high",
    Flag.LOW: "chartwords.flag.low",
    Flag.CRITICAL_HIGH: "chartwords.flag.critical_high",
    Flag.CRITICAL_LOW: "chartwords.flag.critical_low",
    Flag.CRITICAL_ABNORMAL: "chartwords.flag.critical",
    Flag.ABNORMAL: "chartwords.flag.abnormal",
}
_UNSENT_CODES: Final = {
    "saved": "chartwords.unsent.saved",
    "sent": "chartwords.unsent.sent",
    "conflict": "chartwords.unsent.conflict",
    "rejected": "chartwords.unsent.rejected",
}


@dataclass(frozen=True, slots=True)
class OrderWords:
    """The attributes of one order, each in the reader's words; "" is not said.

    Attributes:
        item: The generic name, first and bold.
        dose: Amount and unit, without the label.
        rest: Route and frequency in words, or the text of a foreign dosage.
    """

    item: str
    dose: str = ""
    route: str = ""
    frequency: str = ""
    text: str = ""

    def plain(self, label: str) -> str:
        """The whole line: `Item — DOSE 500 mg — oral — three times daily`."""
        dose = f"{label} {self.dose}" if self.dose else ""
        parts = (self.item, dose, self.route, self.frequency, self.text)
        return LONG_DASH.join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class ChartWords:
    """Words of one desk; asks it for the language every time."""

    desk: Desk

    @property
    def language(self) -> str:
        return self.desk.languages.language

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def term(self, term: Term | None) -> str:
        return term.shown(self.language) if term is not None else DASH

    # -- orders

    @property
    def dose_label(self) -> str:
        return self.text("chartwords.dose")

    def order(self, order: Order) -> OrderWords:
        return self.dosage(self.term(order.item), order.dosage)

    def dosage(self, item: str, dosage: Dosage) -> OrderWords:
        """A foreign line without a structured dose is given in its own words, whole."""
        dose = ""
        if dosage.dose is not None:
            unit = dosage.unit or dosage.unit_text
            dose = self.desk.formats.dose(dosage.dose, unit)
        rate = ""
        if dosage.rate is not None:
            rate = self.desk.formats.dose(dosage.rate, dosage.rate_unit)
        if dosage.dose is None and dosage.text:
            return OrderWords(item, text=_beside(rate, dosage.text))
        route = dosage.route.shown(self.language) if dosage.route else ""
        frequency = dosage.frequency.shown(self.language) if dosage.frequency else ""
        # How fast something runs may stand only in the words of the line: without it the dose
        # misleads.
        runs = dosage.frequency is None or dosage.frequency.code == "cont"
        own = OrderWords("", dose, route, frequency, rate).plain(self.dose_label)
        text = dosage.text if runs and dosage.text != own else ""
        return OrderWords(item, dose, route, frequency, _beside(rate, text))

    def order_line(self, order: Order) -> str:
        return self.order(order).plain(self.dose_label)

    # -- results

    def value(self, seen: Observed) -> str:
        """The value with its arrow and without its unit; an absent one says why."""
        arrow = _ARROWS.get(seen.flag, "") if seen.flag else ""
        shown = self.bare_value(seen)
        return f"{shown}{NO_BREAK}{arrow}" if arrow else shown

    def bare_value(self, seen: Observed) -> str:
        value = seen.value
        if value.number is not None:
            return f"{value.comparator}{self.desk.formats.measured(value.number)}"
        if value.text:
            return value.text
        return DASH

    def value_with_unit(self, seen: Observed) -> str:
        unit = self.unit(seen)
        bare = self.bare_value(seen)
        if not unit or seen.value.number is None:
            return bare
        return f"{bare}{'' if unit == '%' else NO_BREAK}{unit}"

    def unit(self, seen: Observed) -> str:
        written = seen.value.unit_code or seen.value.unit
        if "{" in written and seen.value.unit:  # an annotation of UCUM is not for the eye
            written = seen.value.unit
        return self.desk.formats.unit(written) if written else ""

    def flag(self, seen: Observed) -> str:
        return self.text(_FLAG_CODES[seen.flag]) if seen.flag else ""

    def range(self, given: Range | None) -> str:
        """The laboratory's own range; none sent is said as such by the caller."""
        if given is None:
            return ""
        number = self.desk.formats.measured
        match given.low, given.high:
            case None, None:
                return given.text
            case low, None if low is not None:
                return f"≥{NO_BREAK}{number(low)}"
            case None, high if high is not None:
                return f"≤{NO_BREAK}{number(high)}"
            case low, high if low is not None and high is not None:
                return f"{number(low)}–{number(high)}"
        return given.text

    # -- times, people, sending

    def moment(self, at: datetime | None, at_text: str = "") -> str:
        """A day without an hour stays a day; nobody's midnight is invented."""
        return self.desk.formats.partial(at_text) if at_text else self.desk.formats.moment(at)

    def short(self, at: datetime | None, at_text: str = "") -> str:
        """Day and hour for a list; the whole moment stands in the hover."""
        if at_text or at is None:
            return self.moment(at, at_text)
        return f"{self.desk.formats.day(at)} {self.desk.formats.time(at)}"

    def unsent(self, state: str) -> str:
        """What has not reached the server yet; "" for what has."""
        return self.text(_UNSENT_CODES[state]) if state in _UNSENT_CODES else ""

    def unread(self, fault: Fault) -> str:
        """Why something could not be read. Nothing was being written: nothing can be unsaved."""
        if fault.kind is FaultKind.STORAGE:
            return self.desk.languages.render(fault.message)
        return self.fault(fault)

    def fault(self, fault: Fault) -> str:
        """What happened to what was being entered and what is safe, in one line."""
        how = showing(fault)
        said = self.desk.languages.render(fault.message)
        return " ".join((said, self.text(how.sentence, report=fault.detail or DASH)))


def _beside(rate: str, text: str) -> str:
    """The rate and the words of the line; words that say it already say it once."""
    return text if rate and rate in text else LONG_DASH.join(one for one in (rate, text) if one)
