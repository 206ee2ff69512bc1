"""The order sheets of a patient: as they read now, and as a PDF from a line on.

What was printed before is **not kept yet**: there is no ledger behind `pdf`. Places come from the
orders as they are now, so that an order that comes late moves what stands below it; whoever goes
on printing on paper that is there already compares it with the screen first, and of the lines
above the chosen one nothing is printed, not even a stop that has come since (decision 0016).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from app.domain.order_sheets import (
    Column,
    Hands,
    SheetKind,
    Signed,
    Writer,
    sheet_of,
    units,
)
from app.domain.order_verification import Acknowledgement, Recorded, Verified, verification_of
from app.domain.orders import Order, OrderLine
from app.domain.patients import Banner
from app.domain.people import Privilege, Session
from app.domain.sheet_layout import Ledger, Sheet, impression, lay_out, whole
from app.domain.sheet_scene import Scene, SheetProfile, Writing, scene
from app.domain.skin_tests import Reaction, SkinResult
from app.domain.slots import DoseGiven
from app.domain.terms import OrderId, PatientId, PractitionerId, Ref
from app.domain.text_breaking import wrapped
from app.fhir.orders import order_ref
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.printing import Press
from app.ports.verifying import VerificationReads
from app.services.access import AccessPolicy
from app.services.authority import needs
from app.services.chart_reading import ChartReading
from app.services.sheet_wording import patient_line, wordings

Write = Callable[[Path, bytes], None]
"""Writes a private file whole or not at all; raises `OSError`."""

_EDGE = 1.6
"""Millimetres of a field that stay free of words, left and right together."""


@dataclass(frozen=True, slots=True)
class SheetSources:
    """What a sheet is made of.

    Attributes:
        given: The doses of an order, oldest first.
        name_of: The recorded name of a person, or "".
        zone: The ward's time.
    """

    charts: ChartReading
    verifications: VerificationReads
    given: Callable[[OrderId], tuple[DoseGiven, ...]]
    name_of: Callable[[PractitionerId], str]
    press: Press
    profile: SheetProfile
    policy: AccessPolicy
    clock: Clock
    zone: tzinfo
    write: Write


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet as it reads now.

    Attributes:
        pages: The whole of it, one scene a page.
        lacking: Signs the font of the sheets does not have; they are drawn as `〓`.
        apart: Orders that stand on no sheet: the record does not say how long they hold, or of
            which stay they are.
        of_other_stays: Orders of other stays; they have sheets of their own.
        verifications_known: Whether it could be read here what nurses said about the orders.
        whole: The chart has come from the server; otherwise orders may be missing.
    """

    which: SheetKind
    sheet: Sheet
    pages: tuple[Scene, ...]
    profile: SheetProfile
    lacking: str = ""
    apart: int = 0
    of_other_stays: int = 0
    verifications_known: bool = True
    whole: bool = True


class OrderPrinting:
    """Lays out the order sheets of the current stay.

    On the sheets stands who verified an order and took note of its end, and who gave its first
    dose, as far as that is recorded. Who carried out what is no drug is not known here: the field
    stays free for a pen.
    """

    def __init__(self, sources: SheetSources) -> None:
        self._from = sources

    @needs(Privilege.OPEN_CHART)
    def sheet(self, session: Session, patient: PatientId, which: SheetKind) -> SheetView:
        """One of the two sheets as it shall read, whatever is on paper already.

        Raises:
            AppError: `REFUSED` when the chart may not be opened.
        """
        return self._view(self._read(session, patient, which), which)

    @needs(Privilege.OPEN_CHART)
    def pdf(
        self,
        session: Session,
        patient: PatientId,
        which: SheetKind,
        from_line: str = "",
        reason: str = "",
    ) -> bytes:
        """The sheet on paper; the audit says so first.

        Args:
            session: Who prints.
            patient: Whose sheet.
            which: Which of the two.
            from_line: Key of the line to go on from (续打); a group is not torn apart. "" prints
                all.
            reason: Why it leaves the cache, where that was asked.

        Raises:
            AppError: `REFUSED` when the chart may not be opened, the line is not on the sheet any
                more, or there is nothing to print.
        """
        return self._printed(session, patient, which, from_line, reason)

    @needs(Privilege.OPEN_CHART)
    def save(
        self,
        session: Session,
        patient: PatientId,
        which: SheetKind,
        from_line: str,
        reason: str,
        to: Path,
    ) -> None:
        """Write the PDF to `to`, whole or not at all: it lies outside of the encrypted cache.

        Raises:
            AppError: As `pdf`; `REFUSED` without a reason; `STORAGE` when the file cannot be
                written, and then the audit says so, too.
        """
        if not reason.strip():
            raise app_error(FaultKind.REFUSED, "order_sheet.reason-missing", "no reason")
        said = reason.strip()
        data = self._printed(session, patient, which, from_line, said)
        try:
            self._from.write(to, data)
        except OSError as error:
            self._from.policy.write_down(session, "sheet.print-refused", patient, said, which.value)
            raise app_error(
                FaultKind.STORAGE, "order_sheet.not-written", type(error).__name__
            ) from error

    def _printed(
        self, session: Session, patient: PatientId, which: SheetKind, from_line: str, reason: str
    ) -> bytes:
        read = self._read(session, patient, which)
        sheet = self._laid_out(read, which)
        pages = impression(sheet, _first(sheet, from_line))
        if not pages:
            raise app_error(FaultKind.REFUSED, "order_sheet.nothing", "no line to print")
        detail = f"{which.value} {from_line}".strip()
        self._from.policy.write_down(session, "sheet.print", patient, reason, detail)
        profile, whose = self._from.profile, patient_line(read.banner)
        scenes = tuple(scene(page, profile, which, whose) for page in pages)
        return self._from.press.pdf(scenes, profile.colours)

    def _view(self, read: _Read, which: SheetKind) -> SheetView:
        sheet, profile = self._laid_out(read, which), self._from.profile
        whose = patient_line(read.banner)
        pages = tuple(
            scene(whole(sheet, number), profile, which, whose)
            for number in range(1, sheet.page_count + 1)
        )
        said = "".join(m.text for page in pages for m in page.marks if isinstance(m, Writing))
        return SheetView(
            which,
            sheet,
            pages,
            profile,
            lacking=self._from.press.lacking(said),
            apart=read.apart,
            of_other_stays=read.of_other_stays,
            verifications_known=read.recorded is not None,
            whole=read.banner.as_of is not None,
        )

    def _laid_out(self, read: _Read, which: SheetKind) -> Sheet:
        profile, press = self._from.profile, self._from.press
        place = profile.forms[which].place(Column.TEXT)
        room = place.width - _EDGE if place is not None else 0.0

        def fits(text: str) -> tuple[str, ...]:
            return wrapped(text, room, lambda part: press.width(part, profile.size))

        said = wordings(line.order for line in read.lines)
        writer = Writer(profile.words, said, fits, self._from.zone)
        hands = {line.order.id: self._hands(line.order, read, which) for line in read.lines}
        return lay_out(units(which, read.lines, hands, writer), Ledger(), profile.lines)

    def _read(self, session: Session, patient: PatientId, which: SheetKind) -> _Read:
        banner = self._from.charts.banner(session, patient)
        lines = self._from.charts.orders(session, patient)
        stay = banner.stay.id if banner.stay is not None else None
        mine = [one for one in lines if stay is not None and one.order.encounter == stay]
        others = [one for one in lines if one.order.encounter not in (None, stay)]
        stayless = len(lines) - len(mine) - len(others)
        placeless = sum(sheet_of(one.order) is None for one in mine)
        found = self._from.verifications.patients((patient,), self._from.clock.now())
        return _Read(
            banner,
            tuple(one for one in mine if sheet_of(one.order) is which),
            next(iter(found), None),
            apart=stayless + placeless,
            of_other_stays=len(others),
        )

    def _hands(self, order: Order, read: _Read, which: SheetKind) -> Hands:
        recorded = read.recorded
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


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for one sheet."""

    banner: Banner
    lines: tuple[OrderLine, ...]
    recorded: Recorded | None
    apart: int
    of_other_stays: int


def _first(sheet: Sheet, from_line: str) -> int:
    if not from_line:
        return 0
    place = next((one.place for one in sheet.lines if one.key == from_line), None)
    if place is None:
        raise app_error(FaultKind.REFUSED, "order_sheet.line-gone", "the line is not there")
    return sheet.start(place)


def _signed(done: Verified | None) -> Signed | None:
    return Signed(done.by_name, done.at) if done is not None else None


def _newest_stop(done: Iterable[Verified]) -> Verified | None:
    stops = [one for one in done if one.what is Acknowledgement.STOP]
    return max(stops, key=lambda one: _moment(one.at), default=None)


def _moment(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0


def _skin(ref: Ref, results: Iterable[SkinResult]) -> str:
    """As the test of this very order was read; a positive one that stands is never covered."""
    mine = {one.reaction for one in results if ref in one.orders}
    if Reaction.POSITIVE in mine:
        return "+"
    return "-" if mine else ""
