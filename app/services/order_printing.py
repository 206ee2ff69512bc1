"""The order sheets of a patient: as they read, as they lie on paper, and how they come there.

A run is kept before any ink is on paper, and counts only once a person has said that it came out:
a jam, a kill or an empty cartridge in between leaves a question, never a line that is missing on
the paper and taken for printed (decision 0016 and its successor).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from app.domain.order_sheets import Ink, SheetKind
from app.domain.people import Privilege, Session
from app.domain.sheet_layout import Sheet, whole
from app.domain.sheet_plans import Hand, Plan, Refusal, Stock, Wish
from app.domain.sheet_runs import Run, RunId
from app.domain.sheet_scene import Scene, SheetProfile, Writing
from app.domain.terms import OrderId, PatientId
from app.domain.verbal_orders import Spoken
from app.fhir.sheet_prints import write_run
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Change
from app.ports.printing import Press, PrintRuns
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.authority import needs
from app.services.sheet_reading import SheetRead, SheetReading

Write = Callable[[Path, bytes], None]
"""Writes a private file whole or not at all; raises `OSError`."""


@dataclass(frozen=True, slots=True)
class PressRoom:
    """What printing needs beside the sheet itself.

    Attributes:
        station: This workstation, as the server knows it, or "".
    """

    runs: PrintRuns
    maker: ActMaker
    policy: AccessPolicy
    press: Press
    station: Callable[[], str]
    write: Write


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet as it reads now.

    Attributes:
        stock: What runs are made from; `stock.paper` is what lies in the chart.
        pages: The whole of it, one scene a page.
        waiting: A run begun here of which nobody has said whether it came out.
        known_until: Until when the chart, and with it what other workstations printed, has come
            from the server; None when it never came whole.
        station: This workstation.
        lacking: Signs the font of the sheets does not have; they are drawn as `〓`.
        apart, of_other_stays, verifications_known, heard: As `SheetRead`.
    """

    stock: Stock
    sheet: Sheet
    pages: tuple[Scene, ...]
    waiting: Run | None = None
    known_until: datetime | None = None
    station: str = ""
    lacking: str = ""
    apart: int = 0
    of_other_stays: int = 0
    verifications_known: bool = True
    heard: Mapping[OrderId, Spoken] = field(default_factory=dict)

    @property
    def which(self) -> SheetKind:
        return self.stock.which

    @property
    def profile(self) -> SheetProfile:
        return self.stock.profile

    @property
    def whole(self) -> bool:
        """The chart has come from the server; otherwise orders may be missing."""
        return self.known_until is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants printed, as they saw it.

    Attributes:
        seen: `Plan.digest` of what the screen showed.
        reason: Needed for what is printed once more, and for a file.
    """

    which: SheetKind
    wish: Wish
    seen: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Impression:
    """What the printer is to draw, exactly.

    Attributes:
        run: Waits for its answer from now on.
        pages: Nothing in them that the font lacks.
    """

    run: Run
    pages: tuple[Scene, ...]
    colours: Mapping[Ink, str]


class OrderPrinting:
    """Shows, prints and answers for the order sheets of the current stay."""

    def __init__(self, reading: SheetReading, room: PressRoom) -> None:
        self._reading = reading
        self._room = room

    @needs(Privilege.OPEN_CHART)
    def sheet(self, session: Session, patient: PatientId, which: SheetKind) -> SheetView:
        """One of the two sheets as it shall read, and what lies on paper of it.

        Raises:
            AppError: `REFUSED` when the chart may not be opened.
        """
        return self._view(self._reading.read(session, patient, which))

    @needs(Privilege.OPEN_CHART)
    def begin(self, session: Session, patient: PatientId, asked: Asked) -> Impression:
        """Keep a run, say so in the audit, and only then hand out what is to be drawn.

        Raises:
            AppError: `REFUSED` when the chart may not be opened, there is nothing to print, the
                paper is not known well enough, or a reason is missing; `CONFLICT` when the sheet
                is not as it was shown, or a run still waits for its answer.
        """
        return self._begin(session, patient, asked)

    @needs(Privilege.OPEN_CHART)
    def save(self, session: Session, patient: PatientId, asked: Asked, to: Path) -> Run:
        """Write a run as a PDF to `to`, whole or not at all: it lies outside of the cache.

        Raises:
            AppError: As `begin`; `REFUSED` without a reason; `STORAGE` when the file cannot be
                written: then nothing waits, and the audit says so, too.
        """
        if not asked.reason.strip():
            raise app_error(FaultKind.REFUSED, "order_sheet.reason-missing", "no reason")
        made = self._begin(session, patient, asked)
        try:
            self._room.write(to, self._room.press.pdf(made.pages, made.colours))
        except OSError as error:
            self._settle(session, made.run, ())
            raise app_error(
                FaultKind.STORAGE, "order_sheet.not-written", type(error).__name__
            ) from error
        return made.run

    @needs(Privilege.OPEN_CHART)
    def settle(
        self, session: Session, patient: PatientId, run: RunId, came_out: Collection[int]
    ) -> None:
        """Say which pages of a run are on paper; without any the run never was.

        Raises:
            AppError: `CONFLICT` when it does not wait any more; `STORAGE`.
        """
        waiting = {one.id: one for one in self._room.runs.unanswered(patient)}
        if run not in waiting:
            raise app_error(FaultKind.CONFLICT, "order_sheet.answered", "no open run")
        self._settle(session, waiting[run], came_out)

    # -- inside

    def _begin(self, session: Session, patient: PatientId, asked: Asked) -> Impression:
        stock = self._reading.read(session, patient, asked.which).stock
        plan, stay = stock.plan(asked.wish), stock.stay
        if plan.refusal is not None or stay is None:
            why = plan.refusal or Refusal.NOTHING
            raise app_error(FaultKind.REFUSED, f"order_sheet.{why.value}", why.value)
        if plan.digest != asked.seen:
            raise app_error(FaultKind.CONFLICT, "order_sheet.changed", "another plan")
        reason = asked.reason.strip()
        if plan.again and not reason:
            raise app_error(FaultKind.REFUSED, "order_sheet.reason-missing", "no reason")
        clinician, room = session.clinician, self._room
        now = room.maker.clock.now()
        # Servers keep milliseconds, and every workstation has to put runs into the same order.
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        hand = Hand(clinician.id, clinician.name.name, at, room.station(), reason)
        run = stock.run(plan, RunId(room.maker.ids.new()), stay, hand)
        room.runs.begin(run)
        self._write_down(session, "sheet.print", run, run.printed)
        return self._impression(stock, plan, run)

    def _impression(self, stock: Stock, plan: Plan, run: Run) -> Impression:
        drawn = tuple(self._drawable(page) for page in stock.scenes(plan.printed))
        return Impression(run, drawn, stock.profile.colours)

    def _drawable(self, page: Scene) -> Scene:
        """Whoever draws it, draws the same sign for what the font lacks."""
        drawable = self._room.press.drawable
        marks = tuple(
            replace(mark, text=drawable(mark.text)) if isinstance(mark, Writing) else mark
            for mark in page.marks
        )
        return replace(page, marks=marks)

    def _settle(self, session: Session, run: Run, came_out: Collection[int]) -> None:
        out = tuple(number for number in run.printed if number in came_out)
        act = None
        if out:
            document = write_run(run.came_out(out))
            act = self._room.maker.make(
                "sheet.print",
                session,
                run.patient,
                (Change(document),),
                reason=run.reason,
                kinds=frozenset({"sheet"}),
            )
        self._room.runs.settle(run.id, act)
        self._write_down(session, "sheet.on-paper" if out else "sheet.print-refused", run, out)

    def _write_down(self, session: Session, action: str, run: Run, pages: Collection[int]) -> None:
        said = " ".join((run.sheet.value, run.mode.value, *map(str, pages)))
        self._room.policy.write_down(session, action, run.patient, run.reason, said)

    def _view(self, read: SheetRead) -> SheetView:
        stock = read.stock
        sheet = stock.sheet
        numbers = range(1, sheet.page_count + 1)
        pages = stock.scenes(whole(sheet, number) for number in numbers)
        said = "".join(m.text for page in pages for m in page.marks if isinstance(m, Writing))
        waiting = self._room.runs.unanswered(stock.patient)
        return SheetView(
            stock,
            sheet,
            pages,
            waiting=next((run for run in waiting if run.sheet is stock.which), None),
            known_until=read.banner.as_of,
            station=self._room.station(),
            lacking=self._room.press.lacking(said),
            apart=read.apart,
            of_other_stays=read.of_other_stays,
            verifications_known=read.verifications_known,
            heard=read.heard,
        )
