"""Judges what is being written, off the thread that draws; the latest question wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.decision.findings import Moment
from app.decision.verdict import Verdict
from app.domain.baskets import Basket
from app.domain.orders import OrderDraft
from app.domain.terms import EncounterId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from ui.orders.check_strip import RUNNING, Checked
from ui.orders.services import Judge
from ui.runtime.rereading import News
from ui.runtime.visits import Visit

_KINDS = frozenset({"order", "allergy", "result", "vital", "problem", "patient"})

Shown = Callable[[Checked], None]
Drafts = Mapping[str, OrderDraft]


class InlineChecks:
    """Keeps the warnings beside the form and the basket.

    What is shown stays until the next answer comes, so that nothing flickers while one types; on
    the line of another drug nothing is shown until its own answer is there.
    """

    def __init__(
        self, shown: Shown, visit: Visit, judge: Judge, feed: ChangeFeed, tasks: TaskScope
    ) -> None:
        """Nothing is judged yet.

        Raises:
            ValueError: The visit names no patient.
        """
        if visit.patient is None:
            raise ValueError("orders are judged for a patient")
        self._shown = shown
        self._visit = visit
        self._patient = visit.patient
        self._concerns = News(feed, _KINDS, visit.patient).concerns
        self._unlisten = feed.listen(self._hear)
        self._judge = judge
        self._tasks = tasks
        self._basket: Drafts = {}
        self._form: Drafts = {}
        self._asked: Drafts | None = None
        self._token: CancelToken | None = None
        self._checked = RUNNING

    def hold(self, basket: Basket) -> None:
        """The basket is this now."""
        self._basket = {item.key: item.draft for item in basket.items}
        self._ask()

    def write(self, drafts: Drafts) -> None:
        """What the form stands for now: its order, and those of its bag; {} is nothing."""
        self._form = {key: one for key, one in drafts.items() if one.item is not None}
        self._ask()

    def close(self) -> None:
        """Hear no more news of the chart."""
        self._unlisten()

    def _hear(self, changed: Changed) -> None:
        """The chart has changed: the same orders may be another matter now."""
        if self._concerns(changed):
            self._ask(anew=True)

    def _ask(self, *, anew: bool = False) -> None:
        drafts = {key: _said(one) for key, one in {**self._basket, **self._form}.items()}
        if drafts == self._asked and not anew:
            return
        before, self._asked = self._asked or {}, drafts
        if self._token is not None:
            self._token.cancel()
            self._token = None
        if not drafts:
            self._show(RUNNING)
            return
        self._show(replace(self._checked, anew=self._checked.anew | _other_drugs(before, drafts)))
        session, judge = self._visit.session(), self._judge

        def answer(result: Result[Verdict]) -> None:
            self._token = None
            match result:
                case Ok(verdict):
                    self._show(Checked(verdict))
                case Failed(fault):
                    self._show(Checked(fault=fault))

        self._token = self._tasks.read(
            lambda _: judge.check(session, self._patient, drafts, Moment.SELECT), answer
        )

    def _show(self, checked: Checked) -> None:
        if checked != self._checked:
            self._checked = checked
            self._shown(checked)


def _said(draft: OrderDraft) -> OrderDraft:
    """What of an order is judged: its words, its notes and its author change nothing."""
    dosage = replace(draft.dosage, text="", unit_text="")
    nobody: EncounterId | None = None
    return replace(draft, dosage=dosage, note="", spoken=None, encounter=nobody, origin="")


def _other_drugs(before: Drafts, now: Drafts) -> frozenset[str]:
    """The lines that mean another drug than they did, or nothing before."""
    return frozenset(
        key for key, one in now.items() if key not in before or before[key].item != one.item
    )
