"""The orders page with its basket, over the services of one chart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.domain.chart import WorkItem
from app.domain.people import Session
from app.fhir.document import Document
from app.fhir.workflow import read_task
from app.kernel.clock import RandomIds
from app.kernel.faults import FaultKind, app_error
from app.services.order_arithmetic import OrderArithmetic
from app.services.order_catalogue import OrderCatalogue
from app.services.order_lines import OrderLines
from app.services.order_sets import OrderSets
from app.services.pathways import PathwayReading
from tests.support.chart_kit import PATIENT, ChartHouse, Screen
from tests.support.decision_kit import FakeJudge, second_person
from tests.support.sets_kit import BOOK
from ui.orders.basket_presenter import BasketPresenter, BasketServices
from ui.orders.presenter import OrdersPresenter
from ui.orders.remote_question import RemoteServices
from ui.orders.services import Judge, OrderActs, OrderServices
from ui.orders.wiring import orders_workspace
from ui.orders.words import OrderSpeller
from ui.runtime.workspaces import Workspace

RIGHT = "three blue herons 7"
CATALOGUE = OrderCatalogue()
LINES = OrderLines(CATALOGUE)
ARITHMETIC = OrderArithmetic(ZoneInfo("Asia/Shanghai"))


def confirm(_: Session, passphrase: str) -> None:
    """Knows one passphrase."""
    if passphrase != RIGHT:
        raise app_error(FaultKind.REFUSED, "vault.wrong-passphrase", "wrong passphrase")


def inbox(house: ChartHouse) -> Callable[[Session], tuple[WorkItem, ...]]:
    """The tasks that were written in `house`, as they stand now."""

    def items(_: Session) -> tuple[WorkItem, ...]:
        changes = (change for act in house.acts.committed for change in act.changes)
        tasks = {one.document["id"]: one.document for one in changes if _is_task(one.document)}
        return tuple(read_task(document) for document in tasks.values())

    return items


def _is_task(document: Document) -> bool:
    return document["resourceType"] == "Task"


def orders_of(
    house: ChartHouse,
    stages: PathwayReading | None = None,
    judge: Judge | None = None,
    remote: RemoteServices | None = None,
) -> Workspace:
    """The page as the window opens it; without a judge, one who knows nothing against anything."""
    sets = OrderSets(lambda _: BOOK, house.charts, house.clock, RandomIds())
    acts = OrderActs(
        house.orders,
        house.changing,
        sets,
        house.countersigning,
        ARITHMETIC,
        house.habits,
        inbox(house),
        lambda _: house.queue,
        confirm,
        judge or FakeJudge(),
        second_person,
        stages,
        house.verbal,
        remote,
    )
    return orders_workspace(house.desk, house.charts, house.drafting, acts)


@dataclass(frozen=True)
class Written:
    """The presenters of one page, without the page."""

    page: OrdersPresenter
    basket: BasketPresenter


def presented(house: ChartHouse, focus: str = "") -> Written:
    """What the page is told to do, over the drafts that are there."""
    desk = house.desk
    own = BasketServices(
        house.orders,
        house.drafting,
        house.habits.remember,
        confirm,
        RandomIds().new,
        house.verbal,
    )
    services = OrderServices(
        house.charts,
        house.changing,
        house.drafting,
        CATALOGUE,
        LINES,
        OrderSpeller(desk),
        ARITHMETIC,
        house.habits,
        desk.formats.zone,
        lambda _: house.queue,
        desk.feed,
        house.clock.now,
    )
    visit, scope = house.visit(focus), desk.scope()
    basket = BasketPresenter(Screen(), visit, PATIENT, own, scope)
    return Written(OrdersPresenter(Screen(), visit, PATIENT, services, basket, scope), basket)
