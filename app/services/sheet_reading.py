"""What an order sheet is made of, read from the chart: orders, hands, and the paper there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from app.domain.order_sheets import (
    Column,
    Hands,
    SheetKind,
    Signed,
    Unit,
    Writer,
    sheet_of,
    units,
)
from app.domain.order_verification import Acknowledgement, Recorded, Verified, verification_of
from app.domain.orders import Order, OrderLine
from app.domain.patients import Banner
from app.domain.people import Session
from app.domain.sheet_paper import NO_PAPER, Paper, paper_of
from app.domain.sheet_plans import Stock
from app.domain.sheet_scene import SheetProfile
from app.domain.skin_tests import Reaction, SkinResult
from app.domain.slots import DoseGiven
from app.domain.terms import OrderId, PatientId, PractitionerId, Ref
from app.domain.text_breaking import wrapped
from app.domain.verbal_orders import Spoken
from app.fhir.orders import order_ref
from app.kernel.clock import Clock
from app.ports.printing import Press, PrintedPaper
from app.ports.verifying import VerificationReads
from app.services.chart_reading import ChartReading
from app.services.sheet_wording import patient_line, wordings

_EDGE = 1.6
"""Millimetres of a field that stay free of words, left and right together."""


@dataclass(frozen=True, slots=True)
class SheetSources:
    """What a sheet is made of.

    Attributes:
        given: The doses of an order, oldest first.
        name_of: The recorded name of a person, or "".
        paper: What is known to be printed.
        zone: The ward's time.
    """

    charts: ChartReading
    verifications: VerificationReads
    given: Callable[[OrderId], tuple[DoseGiven, ...]]
    name_of: Callable[[PractitionerId], str]
    paper: PrintedPaper
    press: Press
    profile: SheetProfile
    clock: Clock
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What was read for one sheet.

    Attributes:
        apart: Orders that stand on no sheet: the record does not say how long they hold, or of
            which stay they are.
        of_other_stays: Orders of other stays; they have sheets of their own.
        verifications_known: Whether it could be read here what nurses said about the orders.
        heard: Who gave and who wrote down what its physician has not confirmed yet.
    """

    banner: Banner
    stock: Stock
    apart: int
    of_other_stays: int
    verifications_known: bool
    heard: Mapping[OrderId, Spoken]


class SheetReading:
    """Reads the orders of the current stay as a sheet shall have them.

    On it stands who verified an order and took note of its end, and who gave its first dose, as
    far as that is recorded. Who carried out what is no drug is not known here: the field stays free
    for a pen.
    """

    def __init__(self, sources: SheetSources) -> None:
        self._from = sources

    def read(self, session: Session, patient: PatientId, which: SheetKind) -> SheetRead:
        """One of the two sheets.

        Raises:
            AppError: `REFUSED` when the chart may not be opened.
        """
        banner = self._from.charts.banner(session, patient)
        lines = self._from.charts.orders(session, patient)
        stay = banner.stay.id if banner.stay is not None else None
        mine = [one for one in lines if stay is not None and one.order.encounter == stay]
        others = [one for one in lines if one.order.encounter not in (None, stay)]
        stayless = len(lines) - len(mine) - len(others)
        placeless = sum(sheet_of(one.order) is None for one in mine)
        found = self._from.verifications.patients((patient,), self._from.clock.now())
        recorded = next(iter(found), None)
        on_it = tuple(one for one in mine if sheet_of(one.order) is which)
        stock = Stock(
            which,
            self._units(on_it, recorded, which),
            self._paper(banner, which),
            self._from.profile,
            patient_line(banner),
            patient,
            stay,
        )
        return SheetRead(
            banner,
            stock,
            apart=stayless + placeless,
            of_other_stays=len(others),
            verifications_known=recorded is not None,
            heard={
                one.order.id: one.order.spoken
                for one in on_it
                if one.order.spoken is not None and one.order.unconfirmed
            },
        )

    def _paper(self, banner: Banner, which: SheetKind) -> Paper:
        if banner.stay is None:
            return NO_PAPER
        profile = self._from.profile
        known = self._from.paper.printed(banner.patient.id, banner.stay.id)
        return paper_of(
            (run for run in known.runs if run.sheet is which),
            profile.form_mark(which),
            profile.lines,
            unreadable=known.unreadable,
        )

    def _units(
        self, lines: tuple[OrderLine, ...], recorded: Recorded | None, which: SheetKind
    ) -> tuple[Unit, ...]:
        profile, press = self._from.profile, self._from.press
        place = profile.forms[which].place(Column.TEXT)
        room = place.width - _EDGE if place is not None else 0.0

        def fits(text: str) -> tuple[str, ...]:
            return wrapped(text, room, lambda part: press.width(part, profile.size))

        said = wordings(line.order for line in lines)
        writer = Writer(profile.words, said, fits, self._from.zone)
        hands = {line.order.id: self._hands(line.order, recorded, which) for line in lines}
        return units(which, lines, hands, writer)

    def _hands(self, order: Order, recorded: Recorded | None, which: SheetKind) -> Hands:
        ref = order_ref(order)
        mine = [one for one in recorded.done if one.order == ref] if recorded is not None else []
        verified = verification_of(mine)
        return Hands(
            verified=_signed(verified),
            second=Signed(verified.second_name) if verified is not None else None,
            stop_taken=_signed(_newest_stop(mine)),
            executed=self._executed(order) if which is SheetKind.TEMPORARY else None,
            stopped_by=self._name(order),
            skin=_skin(ref, recorded.skin) if recorded is not None else "",
        )

    def _executed(self, order: Order) -> Signed | None:
        first = next(iter(self._from.given(order.id)), None)
        return Signed(first.by_name, first.at) if first is not None else None

    def _name(self, order: Order) -> str:
        who = order.stopped_by
        if who is None:
            return ""
        return order.requester_name if who == order.requester else self._from.name_of(who)


def _signed(done: Verified | None) -> Signed | None:
    return Signed(done.by_name, done.at) if done is not None else None


def _newest_stop(done: Iterable[Verified]) -> Verified | None:
    stops = [one for one in done if one.what is Acknowledgement.STOP]
    return max(
        stops, key=lambda one: one.at.timestamp() if one.at is not None else 0.0, default=None
    )


def _skin(ref: Ref, results: Iterable[SkinResult]) -> str:
    """As the test of this very order was read; a positive one that stands is never covered."""
    mine = {one.reaction for one in results if ref in one.orders}
    if Reaction.POSITIVE in mine:
        return "+"
    return "-" if mine else ""
