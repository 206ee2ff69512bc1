"""What the people of the ward do at a workstation, through the services the screens use."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from app.domain.administration_hurdles import DoseAsked
from app.domain.disputes import Dispute, DisputeKind
from app.domain.notes import NoteDraft
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.people import Session
from app.domain.slots import DoseSlot, SlotState
from app.domain.terms import PatientId, Ref, Term
from app.fhir.document import Document
from app.fhir.orders import read_order
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Change, Held
from app.services.administering import Answers
from tests.support import builders as b
from tests.sync.simulation.hospital import LAB, PATIENTS, a_session, stay_of
from tests.sync.simulation.ledger import Ledger
from tests.sync.simulation.server import POISON
from tests.sync.simulation.station import Desk

WITNESS = LAB
_ASPIRIN = Term("阿司匹林", "urn:wardone:formulary", "aspirin", "Aspirin")
_ORAL = Term("口服", "urn:wardone:route", "po", "oral")
_DAILY = Term("每日一次", "urn:wardone:frequency", "qd", "once daily")
_REFUSED = Term("患者拒绝", "urn:wardone:not-given", "refused", "refused")
_SHIFT = timedelta(hours=12)
_DOSE = Dosage(Decimal(100), "mg", "mg", _ORAL, _DAILY, "阿司匹林 100 mg 口服 每日一次")


class Clinician:
    """Somebody at a workstation; every word they write is a word of its own."""

    def __init__(
        self, desk: Desk, session: Session, draw: random.Random, word: str, ledger: Ledger
    ) -> None:
        self._desk = desk
        self._session = session
        self._ledger = ledger
        self._draw = draw
        self._word = word
        self._patient = draw.choice(PATIENTS)

    def act(self, what: str) -> str:
        """Do it; the code of the fault that was shown, or "".

        Raises:
            AppError: Nothing but the faults a screen shows come back as their code.
        """
        try:
            _DEEDS[what](self)
        except AppError as error:
            return error.fault.message.code
        return ""

    def sign_note(self) -> None:
        draft = NoteDraft(self._patient, stay_of(self._patient), title=self._word, text=self._word)
        self._desk.notes.sign(self._session, draft, self._seen())

    def sign_what_is_refused(self) -> None:
        draft = NoteDraft(
            self._patient,
            stay_of(self._patient),
            title=POISON.decode() + self._word,
            text=self._word,
        )
        self._desk.notes.sign(self._session, draft, self._seen())

    def order(self) -> None:
        draft = OrderDraft(
            self._patient,
            stay_of(self._patient),
            OrderClass.MEDICATION,
            OrderKind.LONG_TERM,
            _ASPIRIN,
            _DOSE,
            note=self._word,
        )
        self._desk.ordering.entry.sign(self._session, draft, self._seen())

    def stop_order(self) -> None:
        lines = self._desk.charts.orders(self._session, self._patient)
        current = sorted((x.order for x in lines if x.order.current), key=lambda order: order.id)
        if current:
            chosen = self._draw.choice(current)
            self._desk.ordering.changing.stop(self._session, chosen, self._word, self._seen())

    def give_dose(self) -> None:
        """Claim a dose that is due, unless the network is out; and give it, if one may."""
        slots = self._due()
        if not slots:
            return
        slot = self._draw.choice(slots)
        if self._draw.random() < 0.7:
            self._claim(slot)
        held = self._desk.cache.documents.held(Ref(f"MedicationRequest/{slot.order}"))
        order = read_order(held.document) if held is not None else None
        if order is None:
            return
        dosage, giving = order.dosage, self._desk.dosing.administering
        asked = DoseAsked(order.id, slot.ref, dosage.dose, dosage.unit, note=self._word)
        hurdles = giving.hurdles(self._session, asked)
        looked_at = frozenset(one.message.code for one in hurdles)
        answers = Answers(looked_at, reason=self._word, other_device=True)
        giving.give(self._session, asked, answers)

    def withhold_dose(self) -> None:
        slots = self._due()
        if slots:
            ref = self._draw.choice(slots).ref
            self._desk.dosing.administering.withhold(self._session, ref, _REFUSED, self._word)

    def _due(self) -> list[DoseSlot]:
        now = self._desk.maker.clock.now()
        window = (now - _SHIFT, now + _SHIFT)
        slots = self._desk.reads.slots((self._patient,), *window)
        return sorted((x for x in slots if x.state is SlotState.DUE), key=lambda slot: slot.id)

    def _claim(self, slot: DoseSlot) -> None:
        try:
            self._desk.claim(slot.ref)
        except AppError as error:
            if error.fault.kind is not FaultKind.OFFLINE:
                raise

    def acknowledge(self) -> None:
        rows = self._desk.charts.results(self._session, self._patient)
        open_rows = sorted(
            (row for row in rows if row.acknowledged is None), key=lambda row: row.observed.id
        )
        if open_rows:
            row = self._draw.choice(open_rows)
            self._desk.results.acknowledge(self._session, row, self._seen())

    def chart_a_vital(self) -> None:
        made = b.a_vital(self._desk.maker.ids.new(), self._patient, value=f"{60 + len(self._word)}")
        self._commit("vital.chart", (Change(made | {"note": [{"text": self._word}]}),))

    def note_on_task(self) -> None:
        held = self._task()
        if held is not None:
            self._commit("task.note", (_noted(held, self._word),))

    def note_on_two_tasks(self) -> None:
        both = [self._held(n) for n in (1, 2)]
        changes = tuple(_noted(held, self._word) for held in both if held is not None)
        if changes:
            self._commit("task.note", changes)

    def describe_task(self) -> None:
        held = self._task()
        if held is not None:
            document = held.document | {"description": self._word}
            self._commit("task.describe", (Change(document, held.stamp),))

    def narrate_task(self) -> None:
        """Change what only a human reads: the narrative."""
        held = self._task()
        if held is not None:
            div = f'<div xmlns="http://www.w3.org/1999/xhtml">{self._word}</div>'
            text: Document = {"status": "additional", "div": div}
            self._commit("task.narrate", (Change(held.document | {"text": text}, held.stamp),))

    def tag_task(self) -> None:
        held = self._task()
        if held is not None:
            meta = held.document.get("meta")
            kept = dict(meta) if isinstance(meta, dict) else {}
            tags = kept.get("tag")
            had = tags if isinstance(tags, list) else []
            kept["tag"] = [*had, {"system": "urn:wardone:simulation", "code": self._word}]
            self._commit("task.tag", (Change(held.document | {"meta": kept}, held.stamp),))

    def decide(self) -> None:
        """Look at the oldest conflict, and keep one's own version or take the act back."""
        open_ones = self._desk.disputes.disputes(self._session)
        if not open_ones:
            return
        dispute = open_ones[0]
        if dispute.kind is DisputeKind.DUPLICATE_ACT:
            self._ledger.decided["reported"] += 1
            self._desk.dosing.watching.report(self._session, dispute.id, self._word)
            return
        seen = self._desk.disputes.compare(self._session, dispute.id)
        if seen is None or dispute.kind is DisputeKind.CHANGED_SINCE_SIGNED:
            self._confirm(dispute)
        elif self._draw.random() < 0.5:
            sides = self._desk.cache.disputes.sides(dispute.id)
            self._ledger.overrule(dispute.ref, sides.theirs if sides else None)
            self._ledger.decided["kept mine"] += 1
            self._desk.disputes.keep_mine(self._session, dispute.id, self._word)
        else:
            self._take_back(dispute)

    def _confirm(self, dispute: Dispute) -> None:
        self._ledger.decided["confirmed"] += 1
        for act in dispute.acts:
            self._desk.queue.retry(self._session, act.group)

    def _take_back(self, dispute: Dispute) -> None:
        groups = tuple(act.group for act in dispute.acts)
        shown = self._desk.disputes.discarding(self._session, groups)
        self._ledger.taken_back |= {act.group for act in shown.acts}
        self._ledger.decided["taken back"] += 1
        self._desk.disputes.take_back(self._session, shown, self._word, a_session(WITNESS))

    def _task(self) -> Held | None:
        return self._held(self._draw.choice((1, 2)))

    def _held(self, number: int) -> Held | None:
        ref = Ref(f"Task/task-{number}-{self._patient}")
        return self._desk.cache.documents.held(ref)

    def _seen(self) -> tuple[tuple[Ref, str], ...]:
        return self._desk.charts.seen(self._session, self._patient)

    def _commit(self, kind: str, changes: tuple[Change, ...]) -> None:
        act = self._desk.maker.make(kind, self._session, PatientId(self._patient), changes)
        self._desk.acts.commit(act)


def _noted(held: Held, word: str) -> Change:
    notes = held.document.get("note")
    had = notes if isinstance(notes, list) else []
    return Change(held.document | {"note": [*had, {"text": word}]}, held.stamp)


_DEEDS: dict[str, Callable[[Clinician], None]] = {
    "sign-note": Clinician.sign_note,
    "sign-refused": Clinician.sign_what_is_refused,
    "order": Clinician.order,
    "stop-order": Clinician.stop_order,
    "acknowledge": Clinician.acknowledge,
    "chart-vital": Clinician.chart_a_vital,
    "note-task": Clinician.note_on_task,
    "note-two-tasks": Clinician.note_on_two_tasks,
    "describe-task": Clinician.describe_task,
    "narrate-task": Clinician.narrate_task,
    "tag-task": Clinician.tag_task,
    "decide": Clinician.decide,
    "give-dose": Clinician.give_dose,
    "withhold-dose": Clinician.withhold_dose,
}
WEIGHTS = (
    ("sign-note", 3),
    ("sign-refused", 1),
    ("order", 4),
    ("stop-order", 3),
    ("acknowledge", 2),
    ("chart-vital", 2),
    ("note-task", 4),
    ("note-two-tasks", 3),
    ("describe-task", 4),
    ("narrate-task", 1),
    ("tag-task", 1),
    ("decide", 3),
)
DOSES = (("give-dose", 40), ("withhold-dose", 3))
"""What is done besides where doses are given."""
