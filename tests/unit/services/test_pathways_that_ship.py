"""Every pathway that ships, walked day by day: what a stage offers meets what it asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from app.domain.order_sets import Chosen, Offer
from app.domain.orders import OrderClass, OrderDraft
from app.domain.pathway_grid import Grid, State
from app.domain.pathways import EnrolmentId, PathwayBook, element_of
from app.domain.patients import AllergyState, Banner, Measured, Sex, Stay
from app.domain.people import Role, Session
from app.domain.results import Series
from app.domain.terms import PatientId
from app.services.order_set_pack import read_sets
from app.services.pathway_keeping import ElementAt, Explanation, PathwayKeeping
from app.services.pathway_pack import Beside, own_items, read_pathways
from app.services.pathway_standing import PathwayStanding
from app.services.pathways import PathwayReading
from resources.reading import path
from tests.support.fake_pathways import FakePathwayReads
from tests.support.pathway_kit import SHANGHAI
from tests.unit.services.kit import PATIENT, STAY, WARD, Numbers, a_banner
from tests.unit.services.ordering_kit import HOLDING, OrderHouse

BEGUN = date(2026, 11, 24)
ADMITTED = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""Nine in the morning in the ward."""
DAY = timedelta(days=1)


@cache
def shipped() -> PathwayBook:
    beside = Beside(read_sets(path("packs/order_sets"), None, BEGUN), own_items(None))
    return read_pathways(path("packs/pathways"), None, BEGUN, beside)


class Charts:
    """A man of 67 without allergies, weighed today."""

    def banner(self, session: Session, patient: PatientId) -> Banner:
        del session, patient
        plain = a_banner()
        born = replace(plain.patient, sex=Sex.MALE, birth_date=date(1959, 3, 2))
        weight = Measured(Decimal(68), "kg", ADMITTED)
        known = AllergyState.NONE_KNOWN
        return replace(plain, patient=born, allergy_state=known, weight=weight)

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        del session, patient, code
        return None


class Walk:
    """One patient in one pathway, one physician and one nurse."""

    def __init__(self, code: str) -> None:
        self.house = OrderHouse()
        acts, station = self.house.acts, self.house.station
        stay = Stay(STAY, PATIENT, "in-progress", admitted_at=ADMITTED, ward=WARD)
        self.reads = FakePathwayReads(acts, (stay,))
        standing = PathwayStanding(
            lambda today: replace(shipped(), today=today),
            self.reads,
            Charts(),
            self.house.clock,
            SHANGHAI,
        )
        self.reading = PathwayReading(standing, Numbers())
        self.keeping = PathwayKeeping(acts, acts, station.maker, station.rules, standing)
        self.on(1)
        self.plan: EnrolmentId = self.keeping.enrol(self.doctor, PATIENT, code).id

    def on(self, day: int) -> None:
        """Ten in the morning of a day of the stay; everybody signs in anew."""
        self.house.clock.at = ADMITTED + timedelta(hours=1) + (day - 1) * DAY
        until = self.house.clock.at + timedelta(hours=8)
        who = self.house.who
        self.doctor = replace(who(Role.ATTENDING), lease_until=until)
        self.nurse = replace(who(Role.NURSE), lease_until=until)

    @property
    def grid(self) -> Grid:
        seen = self.reading.view(self.doctor, PATIENT).grid
        assert seen is not None
        return seen

    def order_for(self, stage: str) -> None:
        """What the stage preselects, and the first line of whatever else must be ordered."""
        offered = self.reading.offer(self.doctor, PATIENT, self.plan, stage)
        chosen = Chosen(offered.preselected | self._lacking(offered, stage))
        made = self.reading.drafts(self.doctor, PATIENT, offered, chosen, "zh_CN")
        if any(draft.order_class is OrderClass.DISCHARGE for draft in made):
            self.stop_all()
        self.house.entry.sign_basket(self.doctor, tuple(self._dated(one) for one in made), ())

    def stop_all(self) -> None:
        """Nobody is discharged while long-term orders hold."""
        for order in self.house.acts.orders(PATIENT):
            if order.current and self.house.now(order).current and order.kind in HOLDING:
                self.house.changing.stop(self.doctor, order, "出院", ())

    def _lacking(self, offered: Offer, stage: str) -> frozenset[str]:
        column = self.grid.column(stage)
        assert column is not None
        wanted = {cell.element.key for cell in column.cells if cell.hinders}
        wanted -= {element_of(key) for key in offered.preselected}
        found: dict[str, str] = {}
        for one in offered.lines:
            found.setdefault(element_of(one.line.key), one.line.unit_of_choice)
        units = {unit for element, unit in found.items() if element in wanted}
        return frozenset(x.line.key for x in offered.lines if x.line.unit_of_choice in units)

    def _dated(self, draft: OrderDraft) -> OrderDraft:
        """An elective operation is ordered for the day after tomorrow."""
        elective = draft.order_class is OrderClass.OPERATION and draft.kind.value == "temporary"
        return replace(draft, starts_at=self.house.clock.at + 2 * DAY) if elective else draft

    def work_on(self, stage: str) -> None:
        """Everybody ticks what is theirs."""
        column = self.grid.column(stage)
        assert column is not None
        for cell in column.cells:
            at = ElementAt(self.plan, stage, cell.element.key)
            row = cell.element.row
            if cell.state is State.OPEN and not row.ordered:
                mine = self.keeping.may_tick(self.doctor, row)
                self.keeping.tick(self.doctor if mine else self.nurse, PATIENT, at)


@pytest.mark.parametrize(("code", "days"), [("cap", 8), ("stemi-pci", 8), ("lc", 5)])
def test_a_patient_completes_it_on_what_its_stages_offer(code: str, days: int) -> None:
    walk = Walk(code)
    for day in range(1, days + 1):
        walk.on(day)
        for stage in [one.stage.key for one in walk.grid.today]:
            if walk.reading.book().orders.by_code(_set_code(walk, stage)) is not None:
                walk.order_for(stage)
            walk.work_on(stage)
        assert not walk.grid.hindering, [
            (cell.element.stage, cell.element.key) for cell in walk.grid.hindering
        ]

    assert not walk.keeping.complete(walk.doctor, PATIENT, walk.plan)

    ended = walk.grid
    assert (ended.enrolment.status, ended.counts.missed) == ("completed", 0)
    assert ended.counts.settled == ended.counts.mandatory


def _set_code(walk: Walk, stage: str) -> str:
    pathway = walk.grid.pathway
    assert pathway is not None
    return pathway.set_code(stage)


@pytest.mark.parametrize("code", ["cap", "stemi-pci", "lc"])
def test_a_patient_for_whom_nothing_is_done_cannot_complete_it_and_may_leave(code: str) -> None:
    walk = Walk(code)
    walk.on(2)

    against = walk.keeping.complete(walk.doctor, PATIENT, walk.plan)

    assert against.cells
    walk.keeping.leave(walk.doctor, PATIENT, walk.plan, Explanation("exit-diagnosis"))
    assert walk.grid.enrolment.status == "revoked"


def test_the_operation_moves_the_stages_that_are_counted_from_it() -> None:
    walk = Walk("lc")
    assert walk.grid.anchors.operation is None
    walk.order_for("assessment")
    assert walk.grid.anchors.operation == BEGUN + 2 * DAY

    walk.keeping.date_operation(walk.doctor, PATIENT, walk.plan, BEGUN + 4 * DAY)

    operation = walk.grid.column("operation")
    assert operation is not None
    assert operation.window is not None
    assert operation.window.first == BEGUN + 4 * DAY
