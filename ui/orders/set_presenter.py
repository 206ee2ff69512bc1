"""What a click on the sheet of order sets means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from app.domain.order_sets import Chosen, Offer, SetBook, found_by, toggled
from app.domain.orders import OrderDraft
from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from ui.orders.set_state import SetSheetState
from ui.runtime.visits import Visit


class SetSource(Protocol):
    """Where the sets come from: `OrderSets`, or the stages of a pathway."""

    def book(self) -> SetBook: ...

    def offer(self, session: Session, patient: PatientId, code: str) -> Offer: ...

    def drafts(
        self, session: Session, patient: PatientId, offered: Offer, chosen: Chosen, language: str
    ) -> tuple[OrderDraft, ...]: ...


class SetSheetView(Protocol):
    def show_state(self, state: SetSheetState) -> None: ...

    def hand_over(self, drafts: tuple[OrderDraft, ...]) -> None:
        """Give the chosen orders to whoever opened the sheet."""
        ...


class SetPresenter:
    """Reads the sets and what one of them offers, and keeps what was chosen and typed."""

    def __init__(
        self,
        view: SetSheetView,
        tasks: TaskScope,
        visit: Visit,
        sets: SetSource,
        language: Callable[[], str],
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._visit = visit
        self._sets = sets
        self._language = language
        self._state = SetSheetState()
        self._reading: CancelToken | None = None
        self._view.show_state(self._state)
        self._tasks.read(self._read_book, self._on_book)

    @property
    def state(self) -> SetSheetState:
        return self._state

    def close(self) -> None:
        self._tasks.close()

    def search(self, query: str) -> None:
        book = self._state.book
        found = found_by(book.sets, query) if book is not None else ()
        self._show(replace(self._state, query=query, found=found))

    def open_set(self, code: str) -> None:
        """Read what the set offers to the patient; what was chosen of another is dropped."""
        if self._reading is not None:
            self._reading.cancel()
        wanted = replace(
            self._state, wanted=code, offer=None, keys=frozenset(), typed={}, current="", fault=None
        )
        self._show(wanted)
        self._reading = self._tasks.read(self._read_offer(code), self._on_offer)

    def mark(self, keys: Iterable[str]) -> None:
        """The list says which rows are marked; an infusion goes whole, of one option one stays."""
        offer, now = self._state.offer, self._state.keys
        if offer is None:
            return
        chosen = now
        for key in sorted(frozenset(keys) ^ now):
            chosen = toggled(offer.set, chosen, key)
        self._show(replace(self._state, keys=chosen, fault=None))

    def go_to(self, key: str) -> None:
        if key and key != self._state.current:
            self._show(replace(self._state, current=key))

    def type_dose(self, text: str) -> None:
        """The dose of the line the caret is on; the offered one again when it reads so."""
        one = self._state.line
        if one is None or one.line.dose is None:
            return
        typed = {key: said for key, said in self._state.typed.items() if key != one.line.key}
        if text != offered_text(one.dose):
            typed[one.line.key] = text
        self._show(replace(self._state, typed=typed, current=one.line.key, fault=None))

    def add(self) -> None:
        """Make drafts of what is chosen and hand them over."""
        state, patient = self._state, self._visit.patient
        if state.offer is None or not state.can_add or patient is None:
            return
        offer, chosen, language = state.offer, state.chosen, self._language()
        session = self._visit.session()

        def work(token: CancelToken) -> tuple[OrderDraft, ...]:
            del token
            return self._sets.drafts(session, patient, offer, chosen, language)

        self._tasks.read(work, self._on_drafts)

    def _read_book(self, token: CancelToken) -> SetBook:
        del token
        return self._sets.book()

    def _read_offer(self, code: str) -> Callable[[CancelToken], Offer]:
        session, patient = self._visit.session(), self._visit.patient or PatientId("")

        def work(token: CancelToken) -> Offer:
            del token
            return self._sets.offer(session, patient, code)

        return work

    def _on_book(self, result: Result[SetBook]) -> None:
        match result:
            case Ok(book):
                found = found_by(book.sets, self._state.query)
                self._show(replace(self._state, book=book, found=found, fault=None))
            case Failed(fault):
                self._show(replace(self._state, fault=fault))

    def _on_offer(self, result: Result[Offer]) -> None:
        match result:
            case Ok(offer):
                self._show(replace(self._state, offer=offer, keys=offer.preselected))
            case Failed(fault):
                self._show(replace(self._state, fault=fault))

    def _on_drafts(self, result: Result[tuple[OrderDraft, ...]]) -> None:
        match result:
            case Ok(drafts):
                self._view.hand_over(drafts)
            case Failed(fault):
                self._show(replace(self._state, fault=fault))

    def _show(self, state: SetSheetState) -> None:
        self._state = state
        self._view.show_state(state)


def offered_text(dose: Decimal | None) -> str:
    """The offered dose as it stands in the field."""
    return "" if dose is None else f"{dose:f}"
