"""What the orders page works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from app.decision.findings import Moment
from app.decision.verdict import Verdict
from app.domain.chart import WorkItem
from app.domain.orders import Dosage, Order, OrderDraft
from app.domain.people import Session
from app.domain.sending import QueueItem
from app.domain.terms import EncounterId, PatientId
from app.kernel.changes import ChangeFeed
from app.services.chart_reading import ChartReading
from app.services.countersigning import Countersigning
from app.services.drafting import Drafting
from app.services.order_arithmetic import OrderArithmetic
from app.services.order_catalogue import OrderCatalogue
from app.services.order_changing import OrderChanging
from app.services.order_checking import Noted
from app.services.order_entry import OrderEntry
from app.services.order_habits import OrderHabits
from app.services.order_lines import OrderLines
from app.services.order_sets import OrderSets
from app.services.pathways import PathwayReading
from app.services.verbal_orders import VerbalOrders
from ui.orders.remote_question import RemoteServices


class Judge(Protocol):
    """Asks decision support about orders that nobody has answered for yet."""

    def check(
        self, session: Session, patient: PatientId, drafts: Mapping[str, OrderDraft], moment: Moment
    ) -> Verdict: ...

    def check_orders(self, session: Session, orders: tuple[Order, ...]) -> Verdict:
        """The same about orders that wait on the chart; findings name them by their ids."""
        ...

    def note(
        self,
        session: Session,
        patient: PatientId,
        encounter: EncounterId | None,
        noted: tuple[Noted, ...],
    ) -> None:
        """Keep in the journal what became of cards that no signature will tell of."""
        ...


@dataclass(frozen=True, slots=True)
class OrderActs:
    """What can be done with orders here.

    Attributes:
        inbox: Open tasks of the person.
        queue: What has not been sent.
        confirm: Says again who signs the basket, with their passphrase; raises when it is wrong.
        judge: Decision support, asked before anything is signed.
        second: Who agrees to pass a hard stop, by their own passphrase.
        stages: The clinical pathways, whose stages are offered as order sets; None without any.
        verbal: Orders by word of mouth, which their physician answers for; None without any.
        remote: The decision-support services of the hospital; None where nobody asks any.
    """

    entry: OrderEntry
    changing: OrderChanging
    sets: OrderSets
    countersigning: Countersigning
    arithmetic: OrderArithmetic
    habits: OrderHabits
    inbox: Callable[[Session], tuple[WorkItem, ...]]
    queue: Callable[[Session], tuple[QueueItem, ...]]
    confirm: Callable[[Session, str], None]
    judge: Judge
    second: Callable[[str, str], Session]
    stages: PathwayReading | None = None
    verbal: VerbalOrders | None = None
    remote: RemoteServices | None = None


class Speller(Protocol):
    """Words of the dosage, as they are signed and as they are shown."""

    def instruction(self, dosage: Dosage) -> str: ...

    def unit(self, code: str) -> str: ...


@dataclass(frozen=True, slots=True)
class OrderServices:
    """What the page works with."""

    charts: ChartReading
    changing: OrderChanging
    drafting: Drafting
    catalogue: OrderCatalogue
    lines: OrderLines
    speller: Speller
    arithmetic: OrderArithmetic
    habits: OrderHabits
    zone: tzinfo
    queue: Callable[[Session], tuple[QueueItem, ...]]
    feed: ChangeFeed
    now: Callable[[], datetime]


def utc_now() -> datetime:
    """Now, for "stopped in the last two days"."""
    return datetime.now(UTC)
