"""A small pathway, and a patient who is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.order_set_conditions import Allergens
from app.domain.order_sets import OrderSet, SetBook, SetLine
from app.domain.orders import Dosage, Order, OrderClass, OrderKind, OrderLine
from app.domain.pathway_grid import Evidence, Grid, grid
from app.domain.pathways import (
    Anchor,
    Element,
    Enrolment,
    EnrolmentId,
    FactKind,
    Item,
    Pathway,
    PathwayBook,
    PathwayFact,
    Reason,
    Row,
    Stage,
)
from app.domain.patients import Stay
from app.domain.terms import EncounterId, Named, OrderId, PatientId, PractitionerId, Ref, Term
from app.fhir.pathway_facts import element_term
from app.fhir.valuesets import PATHWAY, PATHWAY_EXIT, PATHWAY_VARIANCE

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
"""Four in the afternoon in the ward, on the day of admission."""
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WHOM = PatientId("patient-1")
STAY = EncounterId("stay-1")
PLAN = EnrolmentId("plan-1")
BLOOD: Item = ("lab", "cbc")
DRUG: Item = ("drug", "ceftriaxone")
REMOVAL: Item = ("op", "removal")
ADMITTED = Stay(STAY, WHOM, "in-progress", admitted_at=NOW - timedelta(hours=2))


def an_element(
    stage: str, key: str, row: Row = Row.PHYSICIAN, *items: Item, must: bool = True
) -> Element:
    return Element(key, stage, row, Named(f"项目 {key}", key), must, frozenset(items))


FIRST = Stage("first", Named("第1天", "Day 1"), Anchor.ADMISSION, 1, 1)
THEN = Stage("then", Named("第2–3天", "Days 2 and 3"), Anchor.ADMISSION, 2, 3)
THEATRE = Stage("theatre", Named("手术日", "Operation"), Anchor.OPERATION, 0, 0)
PATH = Pathway(
    code="path",
    version="1",
    name=Named("某路径", "Some pathway"),
    pinyin="mlj",
    entry=("J18", "K80.1"),
    exclusion=Named("重症", "Severe"),
    least_days=3,
    most_days=5,
    stages=(FIRST, THEN),
    elements=(
        an_element("first", "history"),
        an_element("first", "blood", Row.TEMPORARY, BLOOD),
        an_element("first", "drug", Row.LONG_TERM, DRUG),
        an_element("first", "teach", Row.NURSING, must=False),
        an_element("then", "drug", Row.LONG_TERM, DRUG),
        an_element("then", "better", Row.LEAVING),
    ),
    source="authored",
    status="draft",
)
OPERATED = replace(
    PATH,
    code="operated",
    stages=(FIRST, THEATRE),
    elements=(an_element("first", "history"), an_element("theatre", "operate")),
    operation=frozenset({REMOVAL}),
)
VARIANCES: Mapping[str, Reason] = {
    one.code: one
    for one in (
        Reason("refuses", "patient", Named("患者拒绝", "The patient refuses")),
        Reason("other", "system", Named("其他", "Other"), asks_text=True),
    )
}
EXITS: Mapping[str, Reason] = {
    "worse": Reason("worse", "patient", Named("病情加重", "Worse")),
}


def a_set_line(key: str, item: Item, order_class: OrderClass, kind: OrderKind) -> SetLine:
    return SetLine(key, "temporary", order_class, Term(item[1], *item), kind, preselected=True)


SETS = SetBook(
    sets=(
        OrderSet(
            PATH.set_code("first"),
            "1",
            FIRST.name,
            "",
            PATH.name,
            (
                a_set_line("blood/cbc", BLOOD, OrderClass.LABORATORY, OrderKind.TEMPORARY),
                a_set_line("drug/nursing", DRUG, OrderClass.NURSING, OrderKind.LONG_TERM),
            ),
        ),
    ),
    headings={row.value: Named(row.value) for row in Row},
    conditions={},
    allergens=Allergens({}, frozenset()),
)
BOOK = PathwayBook(
    pathways=(PATH, OPERATED),
    rows={row: Named(row.value) for row in Row},
    groups={"patient": Named("患者"), "system": Named("系统")},
    variance_reasons=VARIANCES,
    exit_reasons=EXITS,
    orders=SETS,
    today=TODAY,
)
ENROLLED = Enrolment(
    id=PLAN,
    patient=WHOM,
    encounter=STAY,
    origin="path|1",
    title=Term("某路径", PATHWAY, "path", "Some pathway"),
    status="active",
    began_at=NOW - timedelta(hours=1),
    by=PractitionerId("wang"),
    by_name="王奕",
)


def an_order(item: Item, kind: OrderKind | None = OrderKind.TEMPORARY, **more: object) -> OrderLine:
    plain = Order(
        id=OrderId("order"),
        patient=WHOM,
        encounter=STAY,
        order_class=OrderClass.LABORATORY,
        kind=kind,
        item=Term(item[1], *item),
        dosage=Dosage(),
        status="active",
        authored_at=NOW,
        requester_name="王奕",
    )
    return OrderLine(replace(plain, **more))  # type: ignore[arg-type]  # checked when it is made


def a_fact(
    kind: FactKind = FactKind.DONE,
    about: tuple[str, str] | None = ("first", "history"),
    key: str = "fact-1",
    at: datetime | None = NOW,
    reason: str = "",
    **more: object,
) -> PathwayFact:
    stage, element = about or ("", "")
    term = (
        None if about is None else element_term(stage, element, Named(f"项目 {element}", element))
    )
    plain = PathwayFact(
        ref=Ref(f"Observation/{key}"),
        patient=WHOM,
        enrolment=PLAN,
        kind=kind,
        encounter=STAY,
        stage=stage,
        element=element,
        element_term=term,
        reason=a_reason(reason) if reason else None,
        at=at,
        by=PractitionerId("zhao"),
        by_name="赵护士",
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # checked when it is made


def a_reason(code: str) -> Term:
    known = VARIANCES[code]
    return Term(known.name.name, PATHWAY_VARIANCE, code, known.name.english)


def an_exit(code: str = "worse") -> Term:
    return Term(EXITS[code].name.name, PATHWAY_EXIT, code, EXITS[code].name.english)


def a_grid(
    *facts: PathwayFact,
    orders: tuple[OrderLine, ...] = (),
    now: datetime = NOW,
    pathway: Pathway | None = PATH,
    enrolment: Enrolment = ENROLLED,
    stay: Stay | None = ADMITTED,
) -> Grid:
    return grid(pathway, Evidence(enrolment, stay, orders, facts), now, SHANGHAI)
