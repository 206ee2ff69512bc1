"""Workstations as a journey uses them: enrolled, signed in, with a cable that can be pulled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from app.commands.demo import demo_settings, enter
from app.config import load
from app.domain.notes import NoteDraft
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind, OrderLine
from app.domain.people import Session
from app.domain.sending import SendingStatus
from app.domain.terms import EncounterId, PatientId, Term
from app.kernel.tasks import CancelToken
from app.main import Services, Workstation, synchronise
from sync.cdr.misbehaviour import Fault, Misbehaviour, Rule

_ASPIRIN = Term("阿司匹林", "urn:wardone:formulary", "aspirin", "Aspirin")
_ORAL = Term("口服", "urn:wardone:route", "po", "oral")
_DAILY = Term("每日一次", "urn:wardone:frequency", "qd", "once daily")


@contextmanager
def unplugged(misbehaviour: Misbehaviour) -> Iterator[None]:
    """Cut every connection to the hospital before anything is done."""
    cable = Rule(Fault.DROP, times=1_000_000)
    misbehaviour.add(cable)
    try:
        yield
    finally:
        cable.when = lambda _: False


@dataclass
class Station:
    """One workstation with somebody signed in."""

    work: Workstation
    services: Services
    session: Session

    def round(self) -> SendingStatus:
        """One synchronisation, as the program runs it every few seconds."""
        synchronise(self.services, self.session, CancelToken())
        return self.services.engine.status()

    def settle(self) -> None:
        """Fetch everything, and send what the program itself has to say to what came."""
        for _ in range(3):
            self.round()

    def first_patient(self) -> tuple[PatientId, EncounterId]:
        board = self.services.wards.board(self.session, self.session.clinician.wards[0])
        for row in board.rows:
            if row.patient is not None and row.stay is not None:
                return row.patient.id, row.stay.id
        raise AssertionError("nobody lies on the ward")

    # --- what a physician does for the first patient

    def sign_note(self, text: str) -> None:
        patient, encounter = self.first_patient()
        seen = self.services.charts.seen(self.session, patient)
        draft = NoteDraft(patient, encounter, title="查房", text=text)
        self.services.notes.sign(self.session, draft, seen)

    def place_order(self, dose: str = "100") -> None:
        """Aspirin, `dose` mg once daily by mouth."""
        patient, encounter = self.first_patient()
        seen = self.services.charts.seen(self.session, patient)
        words = f"阿司匹林 {dose} mg 口服 每日一次"
        dosage = Dosage(Decimal(dose), "mg", "mg", _ORAL, _DAILY, words)
        draft = OrderDraft(
            patient, encounter, OrderClass.MEDICATION, OrderKind.LONG_TERM, _ASPIRIN, dosage
        )
        self.services.ordering.entry.sign(self.session, draft, seen)

    def notes(self) -> list[str]:
        patient, _ = self.first_patient()
        return [note.text or "" for note in self.services.charts.notes(self.session, patient)]

    def orders(self) -> tuple[OrderLine, ...]:
        patient, _ = self.first_patient()
        return tuple(self.services.charts.orders(self.session, patient))

    def rounds_until(self, done: Callable[[], bool]) -> None:
        """Synchronise until `done`.

        A pass ends at the server's last whole second (its `Date` header), so what was written a
        moment ago comes with the next one.
        """
        for _ in range(400):
            self.round()
            if done():
                return
        raise AssertionError("it never came")

    def close(self) -> None:
        self.services.close()
        self.work.close()


class Hospital(Protocol):
    """Where workstations enrol: the embedded repository, or a gateway before another one."""

    @property
    def base_url(self) -> str: ...


class Stations:
    """Opens workstations at one hospital and closes them all."""

    def __init__(self, hospital: Hospital, folder: Path) -> None:
        self._hospital = hospital
        self._folder = folder
        self._opened: list[Station] = []

    def open(self, username: str, *, name: str = "", base_url: str = "") -> Station:
        """Enrol (or reopen) workstation `name` and sign `username` in."""
        folder = self._folder / (name or username)
        plain = load({}, environment={}, policy_folders=[], folder=folder)
        settings = demo_settings(plain, folder, base_url or self._hospital.base_url)
        work = Workstation(settings)
        session = enter(work, username)
        services = work.services()
        services.tokens.attend(session)
        services.engine.follow(session.clinician.wards, session.clinician.id)
        station = Station(work, services, session)
        self._opened.append(station)
        return station

    def close(self) -> None:
        for station in self._opened:
            station.close()
