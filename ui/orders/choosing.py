"""What is ordered: one search over everything, one's own first, and what is pinned."""

from __future__ import annotations

from dataclasses import replace

from app.domain.order_templates import Habits, OrderTemplate
from app.domain.orders import OrderClass, OrderDraft
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.order_catalogue import NO_HABITS, Found, Item
from ui.orders.board import Board
from ui.orders.form import EVERYTHING
from ui.orders.services import OrderServices
from ui.runtime.visits import Visit


class ItemChoosing:
    """Looks things up for the item field, and keeps what the person pins."""

    def __init__(
        self, board: Board, visit: Visit, services: OrderServices, tasks: TaskScope
    ) -> None:
        self._board = board
        self._visit = visit
        self._services = services
        self._tasks = tasks
        self._habits = NO_HABITS
        self._query = ""
        self._searching: CancelToken | None = None

    def prepare(self) -> None:
        """Read what is one's own before somebody types."""
        session, asked = self._visit.session(), self._services.habits.habits
        self._tasks.read(lambda _: asked(session), self._on_read)

    def search(self, query: str) -> None:
        """Look `query` up among what the class offers; a later search replaces it.

        Nothing typed offers one's own; they are read anew each time: another page may have signed.
        """
        if self._searching is not None:
            self._searching.cancel()
        form = self._board.state.form
        if form is None:
            return
        self._query = query
        wanted = self._board.state.by_word
        if form.order_class != EVERYTHING:
            wanted = frozenset({OrderClass(form.order_class)})
        catalogue, habits, session = self._services.catalogue, self._habits, self._visit.session()
        asked = self._services.habits.habits

        def look(_: CancelToken) -> tuple[Found, Habits]:
            own = habits if query.strip() else asked(session)
            return catalogue.search(query, classes=wanted, habits=own), own

        self._searching = self._tasks.read(look, self._on_found)

    def forget(self) -> None:
        """What was found is not offered any more."""
        if self._searching is not None:
            self._searching.cancel()
        self._board.show(replace(self._board.state, found=None))

    def pin(self, item: Item) -> None:
        """Pin it the way it stands in the form, or the usual way; a pinned one is let go."""
        session, habits = self._visit.session(), self._services.habits
        act = habits.unpin if item.favourite else habits.pin
        template = self._template(item)
        self._tasks.write(lambda: act(session, template), self._on_pinned)

    def _template(self, item: Item) -> OrderTemplate:
        state = self._board.state
        draft = state.draft
        if draft is None or state.form is None or state.form.item != item.term:
            return item.bare
        return _of(draft) or item.bare

    # -- answers

    def _on_read(self, result: Result[Habits]) -> None:
        """What could not be read is said when it is asked for."""
        if isinstance(result, Ok):
            self._habits = result.value

    def _on_found(self, result: Result[tuple[Found, Habits]]) -> None:
        match result:
            case Ok((found, habits)):
                self._habits = habits
                self._board.show(replace(self._board.state, found=found))
            case Failed(fault):
                self._board.show(replace(self._board.state, found=None, act_fault=fault))

    def _on_pinned(self, result: Result[Habits]) -> None:
        match result:
            case Ok(habits):
                self._habits = habits
                if self._board.state.found is not None:
                    self.search(self._query)
            case Failed(fault):
                self._board.show(replace(self._board.state, act_fault=fault))


def _of(draft: OrderDraft) -> OrderTemplate | None:
    """As it stands in the form, when that says how much; else the usual way is the better one."""
    return OrderTemplate.of(draft) if draft.dosage.dose is not None else None
