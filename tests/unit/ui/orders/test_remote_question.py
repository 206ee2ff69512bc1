"""What services of the hospital are asked about a basket: heard late, and never in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.orders import Order, OrderDraft
from app.domain.people import Session
from app.domain.terms import EncounterId, OrderId, PatientId
from app.kernel.faults import FaultKind, app_error
from app.kernel.tasks import TaskScope
from app.ports.remote_checks import Asked, Came, ServiceAnswer
from tests.support.chart_kit import an_order
from tests.support.desk_kit import Diary, PatientRunner, a_visit
from ui.orders.remote_question import RemoteQuestion

PATIENT = PatientId("li-ming")
DRAFT = OrderDraft(PATIENT, EncounterId("stay"))
ANSWERED = Asked("q1", (ServiceAnswer("pass", "PASS", Came.ANSWERED),))


@dataclass
class Services:
    """`RemoteServices` that answer what they are told to."""

    answer: Asked = ANSWERED
    refusing: bool = False
    placed: list[Mapping[str, OrderId]] = field(default_factory=list)

    def ask(
        self,
        session: Session,
        patient: PatientId,
        encounter: EncounterId | None,
        drafts: Mapping[str, OrderDraft],
    ) -> Asked:
        del session, patient, encounter, drafts
        return self.answer

    def signed(self, session: Session, asked: Asked, orders: Mapping[str, OrderId]) -> None:
        del session, asked
        if self.refusing:
            raise app_error(FaultKind.REFUSED, "access.not-allowed")
        self.placed.append(orders)


def orders(*ids: str) -> tuple[Order, ...]:
    return tuple(replace(an_order(), id=OrderId(one)) for one in ids)


@dataclass
class Desk:
    services: Services = field(default_factory=Services)
    told: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runner = PatientRunner()
        self.visit = a_visit(Diary())
        scope = TaskScope(self.runner)
        self.question = RemoteQuestion(self.services, self.visit, PATIENT, scope)

    def begin(self, *keys: str) -> None:
        self.question.begin(dict.fromkeys(keys, DRAFT), EncounterId("stay"))

    def sign(self, *ids: str) -> None:
        self.question.signed(self.visit.session(), orders(*ids))


def test_who_listens_hears_of_it_when_it_comes() -> None:
    desk = Desk()
    desk.begin("a")
    desk.question.listen(desk.told.append)
    assert desk.told == []

    desk.runner.go_on()

    assert desk.told == [ANSWERED]


def test_what_has_come_already_is_told_at_once() -> None:
    desk = Desk()
    desk.begin("a")
    desk.runner.go_on()

    desk.question.listen(desk.told.append)

    assert desk.told == [ANSWERED]


def test_nobody_is_told_who_has_gone() -> None:
    desk = Desk()
    desk.begin("a")
    desk.question.listen(desk.told.append)
    desk.question.forget()

    desk.runner.go_on()

    assert desk.told == []


def test_late_cards_belong_to_the_orders_that_were_signed() -> None:
    desk = Desk()
    desk.begin("a", "b")
    desk.runner.go_on()

    desk.sign("o1", "o2")

    assert desk.services.placed == [{"a": "o1", "b": "o2"}]


def test_other_orders_than_were_asked_about_get_none() -> None:
    desk = Desk()
    desk.sign("o1")
    desk.begin("a", "b")
    desk.runner.go_on()

    desk.sign("o1")

    assert desk.services.placed == []


def test_where_no_service_is_asked_nothing_is_kept() -> None:
    desk = Desk(Services(Asked("q1")))
    desk.begin("a")
    desk.runner.go_on()

    desk.sign("o1")

    assert desk.services.placed == []


def test_a_refusal_never_reaches_who_has_signed() -> None:
    desk = Desk(Services(refusing=True))
    desk.begin("a")
    desk.runner.go_on()

    desk.sign("o1")

    assert desk.services.placed == []
