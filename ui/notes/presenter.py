"""What a click on the notes page means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.notes import Note, NoteDraft, NoteKind, NoteStatus, objections
from app.domain.orders import Objection
from app.domain.people import Privilege
from app.domain.signatures import Signed
from app.domain.terms import EncounterId, NoteId, PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.acts import ReadSet
from app.ports.keeping import Draft
from app.services.chart_reading import ChartReading
from app.services.drafting import Drafting
from app.services.note_writing import NoteWriting
from app.services.sealing import SignatureReading
from ui.notes.state import DRAFT, NoteForm, NotesState
from ui.runtime.draft_keeper import DraftKeeper
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

_KINDS = frozenset({"note", "outbox"})
_DRAFT_KIND = "note"


@dataclass(frozen=True, slots=True)
class NoteServices:
    """What the page works with."""

    charts: ChartReading
    notes: NoteWriting
    drafting: Drafting
    signatures: SignatureReading


@dataclass(frozen=True, slots=True)
class Read:
    """One answer of the chart."""

    notes: tuple[Note, ...]
    seen: ReadSet
    encounter: EncounterId | None


class NotesView(Protocol):
    def show_state(self, state: NotesState) -> None: ...


class NotesPresenter:
    """Lists, reads, writes, signs and countersigns notes."""

    def __init__(
        self,
        view: NotesView,
        visit: Visit,
        patient: PatientId,
        services: NoteServices,
        tasks: TaskScope,
        feed: ChangeFeed,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._services = services
        self._tasks = tasks
        self._focus = visit.focus
        self._trying: CancelToken | None = None
        self._keeper = DraftKeeper(services.drafting, visit.session, patient, _DRAFT_KIND, tasks)
        session = visit.session()
        self._state = NotesState(
            may_write=session.can(Privilege.WRITE_NOTE),
            may_sign=session.can(Privilege.SIGN_NOTE),
            may_countersign=session.can(Privilege.COUNTERSIGN),
            me=session.clinician.id,
        )
        news = News(feed, _KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read, self._on_reading)
        self._view.show_state(self._state)
        if self._state.may_write:
            self._keeper.restore(self._go_on_with, self._on_kept)
        self.load()

    @property
    def state(self) -> NotesState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def load(self) -> None:
        """Read again; what is shown and what is typed stay."""
        self._reading.again()

    def choose(self, key: str) -> None:
        """The user is on this note, or on the unsigned one."""
        if key and key != self._state.current:
            self._show(replace(self._state, current=key))
            self._try_signatures()

    def focus_on(self, focus: str) -> None:
        self._focus = focus
        if not self._state.loading:
            self._show(self._focused(self._state))
            self._try_signatures()

    # -- writing

    def new(self) -> None:
        """Begin a note, or go back to the one that is not signed yet."""
        if not self._keeper.restored:
            return
        form = self._state.form or NoteForm()
        self._show(replace(self._state, form=form, current=DRAFT, notice=None))

    def edit(self, form: NoteForm) -> None:
        """Keep what has been typed."""
        if self._state.form is None or self._state.busy or form == self._state.form:
            return
        self._show(replace(self._state, form=form, objections=self._objections_left(form)))
        self._keeper.keep(form, self._on_kept)

    def sign(self) -> None:
        """Sign what is in the form; its draft goes in the same act."""
        state = self._state
        if state.form is None or state.busy:
            return
        draft = self._draft(state.form)
        wrong = objections(draft)
        self._show(replace(state, objections=wrong, act_fault=None, notice=None, busy=not wrong))
        if wrong:
            return
        session, seen = self._visit.session(), state.seen

        def act() -> Note:
            note = self._services.notes.sign(session, draft, seen, self._keeper.id)
            self._keeper.forget()
            return note

        self._tasks.write(act, self._on_signed)

    def discard(self) -> None:
        """Throw the unsigned note away. The page has asked."""
        if self._state.form is None or self._state.busy:
            return
        self._show(replace(self._state, busy=True))
        self._keeper.discard(self._on_discarded)

    def countersign(self) -> None:
        note = self._state.chosen
        if note is None or not self._state.can_countersign:
            return
        session, seen, note_id = self._visit.session(), self._state.seen, note.id
        self._show(replace(self._state, busy=True, act_fault=None, notice=None))
        self._tasks.write(
            lambda: self._services.notes.countersign(session, note_id, seen), self._on_countersigned
        )

    def read_notice(self) -> None:
        self._show(replace(self._state, notice=None, act_fault=None))

    # -- answers

    def _on_reading(self) -> None:
        self._show(replace(self._state, loading=True))

    def _read(self, _: CancelToken) -> Read:
        charts, session = self._services.charts, self._visit.session()
        # The read-set first: what changes between the two reads is held back, never missed.
        seen = charts.seen(session, self._patient)
        stay = charts.banner(session, self._patient).stay
        notes = charts.notes(session, self._patient)
        return Read(notes, seen, stay.id if stay is not None else None)

    def _on_read(self, result: Result[Read]) -> None:
        match result:
            case Ok(read):
                state = replace(
                    self._state,
                    loading=False,
                    fault=None,
                    notes=read.notes,
                    seen=read.seen,
                    encounter=read.encounter,
                )
                self._show(self._focused(_on_a_note(state)))
                self._try_signatures()
                self._try_all()
            case Failed(fault):
                self._show(replace(self._state, loading=False, fault=fault))

    def _try_signatures(self) -> None:
        """Try them again whenever the note may read otherwise: that is what they are about."""
        if self._trying is not None:
            self._trying.cancel()
        note = self._state.chosen
        if note is None:
            return
        session, signatures = self._visit.session(), self._services.signatures
        self._trying = self._tasks.read(
            lambda _: signatures.of_note(session, note.id), self._on_tried
        )

    def _try_all(self) -> None:
        """The list shows first, and says what it finds out about its signatures then."""
        session, signatures = self._visit.session(), self._services.signatures
        notes = tuple(note.id for note in self._state.notes)
        self._tasks.read(lambda _: signatures.voided(session, notes), self._on_all_tried)

    def _on_all_tried(self, result: Result[frozenset[NoteId]]) -> None:
        match result:
            case Ok(voided):
                self._show(replace(self._state, voided=voided))
            case Failed(fault):
                self._show(replace(self._state, act_fault=fault))

    def _on_tried(self, result: Result[tuple[Signed, ...]]) -> None:
        match result:
            case Ok(signed):
                self._show(replace(self._state, signed=signed))
            case Failed(fault):
                self._show(replace(self._state, act_fault=fault))

    def _go_on_with(self, draft: Draft) -> None:
        """What was typed before a kill, a lock or a walk away stands there again."""
        form = NoteForm.of(draft.body)
        if form is None or form.blank:
            return
        self._keeper.adopt(draft)
        asked = self._visit.focus not in ("", DRAFT)
        current = self._state.current if asked else DRAFT
        self._show(replace(self._state, form=form, current=current, restored_at=draft.saved_at))

    def _on_kept(self, fault: Fault | None) -> None:
        if fault is None and self._state.busy:
            return
        if fault != self._state.act_fault:
            self._show(replace(self._state, act_fault=fault))

    def _on_discarded(self, result: Result[None]) -> None:
        match result:
            case Ok():
                state = replace(self._state, busy=False, form=None, restored_at=None, objections=())
                self._show(_on_a_note(replace(state, notice=Message.of("notes.discarded"))))
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))

    def _on_signed(self, result: Result[Note]) -> None:
        match result:
            case Ok(note):
                waits = note.status is NoteStatus.PRELIMINARY
                code = "notes.signed.waits" if waits else "notes.signed"
                self._show(
                    replace(
                        self._state,
                        busy=False,
                        form=None,
                        restored_at=None,
                        current=note.id,
                        notice=Message.of(code),
                    )
                )
                self.load()
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))

    def _on_countersigned(self, result: Result[None]) -> None:
        match result:
            case Ok():
                notice = Message.of("notes.countersigned")
                self._show(replace(self._state, busy=False, notice=notice))
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))
        self.load()

    def _draft(self, form: NoteForm) -> NoteDraft:
        encounter = self._state.encounter
        return NoteDraft(self._patient, encounter, NoteKind(form.kind), form.title, form.text)

    def _objections_left(self, form: NoteForm) -> tuple[Objection, ...]:
        """Once the signature was tried, an objection goes as soon as it is met."""
        return objections(self._draft(form)) if self._state.objections else ()

    def _focused(self, state: NotesState) -> NotesState:
        focus, self._focus = self._focus, ""
        name = focus.rpartition("/")[2]
        known = name == DRAFT and state.form is not None
        if known or any(note.id == name for note in state.notes):
            return replace(state, current=name)
        return state

    def _show(self, state: NotesState) -> None:
        if state.current != self._state.current:
            state = replace(state, signed=None)  # those were under another note
        self._state = state
        self._view.show_state(state)


def _on_a_note(state: NotesState) -> NotesState:
    """Keep the place where it is still shown; else the newest note."""
    keys = [str(note.id) for note in state.notes]
    if state.form is not None:
        keys.append(DRAFT)
    if state.current in keys:
        return state
    return replace(state, current=keys[0] if keys else "")
