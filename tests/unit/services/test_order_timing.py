"""When a signed order is due: as its row of the frequencies pack says, and nothing more."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Dosage, Order, OrderClass, OrderDraft, OrderKind
from app.domain.terms import Term
from app.fhir.building import codeable
from app.fhir.document import Document, Json, parse, to_bytes
from app.fhir.elements import at
from app.fhir.frequencies import published_timing
from app.fhir.orders import read_order, write_order
from app.fhir.valuesets import FREQUENCY
from app.services.frequencies import timing_of
from app.services.order_catalogue import OrderCatalogue
from app.services.order_entry import OrderEntry
from resources.reading import rows
from tests.support.fake_doses import planning
from tests.support.order_kit import an_order_desk
from tests.unit.fhir.kit import drug, the
from tests.unit.fhir.validity import problems
from tests.unit.services.kit import PATIENT, STAY, Bench, session

ROWS = rows("frequencies", "frequencies")
ROUTES = {row["code"]: row["injection"] == "yes" for row in rows("routes", "routes")}
FREQUENCIES = {term.code: term for term in OrderCatalogue().frequencies()}
EVERY_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])


def _dosage(code: str, route: str) -> Dosage:
    term = next(term for term in OrderCatalogue().routes() if term.code == route)
    return Dosage(Decimal("0.25"), "g", "g", term, FREQUENCIES[code], "0.25 g")


def _signed(dosage: Dosage, order_class: OrderClass = OrderClass.MEDICATION) -> Document:
    bench = Bench()
    item = Term("阿莫西林", "urn:f", "amx")
    draft = OrderDraft(PATIENT, STAY, order_class, OrderKind.LONG_TERM, item, dosage)
    entry = OrderEntry(an_order_desk(bench.acts, bench.maker, bench.rules, planning(bench.acts)))
    entry.sign(session(), draft, ())
    return bench.acts.committed[0].changes[0].document


def _timing(document: Document) -> Json:
    return at(document, "dosageInstruction", 0, "timing")


@EVERY_ROW
def test_what_is_swallowed_is_due_exactly_as_the_pack_says(row: dict[str, str]) -> None:
    document = _signed(_dosage(row["code"], "po"))

    timing = _timing(document)
    assert isinstance(timing, dict)
    assert at(timing, "code", "coding", 0, "code") == row["code"]
    said = json.loads(row["fhir_timing"]) if row["fhir_timing"] else {}
    assert {key: value for key, value in timing.items() if key != "code"} == said
    assert problems(document) == []


@EVERY_ROW
def test_what_is_injected_is_due_at_the_times_of_the_injection_column(row: dict[str, str]) -> None:
    repeat = at(_timing(_signed(_dosage(row["code"], "iv"))), "repeat")

    said = json.loads(row["fhir_timing"])["repeat"] if row["fhir_timing"] else None
    if said is not None and "timeOfDay" in said:
        said["timeOfDay"] = [f"{clock}:00" for clock in row["times_injection"].split(",")]
    assert repeat == said


@pytest.mark.parametrize(
    ("clock", "interval"), [("tid", "q8h"), ("bid", "q12h"), ("qid", "q6h"), ("q5d_", "q4h")]
)
def test_so_many_times_a_day_is_no_interval(clock: str, interval: str) -> None:
    by_clock, by_interval = (
        at(_timing(_signed(_dosage(code, "po"))), "repeat") for code in (clock, interval)
    )
    assert isinstance(by_clock, dict)
    assert isinstance(by_interval, dict)
    assert (by_clock["periodUnit"], by_interval["periodUnit"]) == ("d", "h")
    assert len(by_clock["timeOfDay"]) == by_clock["frequency"]  # type: ignore[arg-type]  # a list
    assert "timeOfDay" not in by_interval


def test_a_test_that_is_repeated_is_due_as_the_pack_says() -> None:
    document = _signed(Dosage(frequency=FREQUENCIES["qd"]), OrderClass.LABORATORY)

    assert at(document, "occurrenceTiming", "repeat") == {
        "frequency": 1,
        "period": 1,
        "periodUnit": "d",
        "timeOfDay": ["08:00:00"],
    }
    assert problems(document) == []


@pytest.mark.parametrize(
    "often", [None, Term("tid", "urn:elsewhere", "tid"), Term("often", FREQUENCY, "no-such-row")]
)
def test_nothing_is_said_of_a_frequency_that_is_not_of_the_pack(often: Term | None) -> None:
    assert timing_of(Dosage(frequency=often)) == {}


def test_a_clock_frequency_without_times_for_injections_names_no_time_of_day() -> None:
    published = '{"repeat":{"frequency":1,"period":1.5,"periodUnit":"d","timeOfDay":["08:00:00"]}}'

    said = published_timing(published, ())

    assert said == {"repeat": {"frequency": 1, "period": Decimal("1.5"), "periodUnit": "d"}}
    assert published_timing(published) == json.loads(published, parse_float=Decimal)


_CODES = st.sampled_from(sorted(FREQUENCIES))
_DOSAGES = st.builds(_dosage, _CODES, st.sampled_from(sorted(ROUTES)))
_FOREIGN: st.SearchStrategy[Document] = st.fixed_dictionaries(
    {"frequency": st.integers(1, 9), "period": st.integers(1, 30), "periodUnit": st.just("d")},
    optional={
        "timeOfDay": st.lists(st.sampled_from(["06:15:00", "22:45:00"]), min_size=1),
        "x-unknown": st.text("ab", min_size=1),
    },
)


@given(_DOSAGES, _DOSAGES)
def test_the_timing_of_one_row_never_leaks_into_another(first: Dosage, second: Dosage) -> None:
    before = to_bytes({"timing": timing_of(first)})
    timing_of(second)

    assert to_bytes({"timing": timing_of(first)}) == before


@given(_DOSAGES, _FOREIGN, st.text("xyz"))
def test_a_foreign_timing_outlives_every_edit_that_does_not_touch_the_frequency(
    dosage: Dosage, repeat: Document, note: str
) -> None:
    """Read, write, parse, read: their hours stay, whatever our pack has for the same code."""
    document = _foreign(dosage, repeat)
    order = the(document)
    edited = replace(order, note=note, dosage=replace(order.dosage, dose=Decimal(2), unit="g"))

    written = parse(to_bytes(write_order(edited, document, timing_of(edited.dosage))))

    assert _timing(written) == _timing(document)
    assert read_order(written) == edited


@given(_DOSAGES, _DOSAGES, _FOREIGN)
def test_another_frequency_takes_over_the_timing_of_the_pack(
    dosage: Dosage, other: Dosage, repeat: Document
) -> None:
    document = _foreign(dosage, repeat)
    order = the(document)
    edited = replace(order, dosage=replace(order.dosage, frequency=other.frequency))
    timing = timing_of(edited.dosage)

    written = _timing(write_order(edited, document, timing))

    if dosage.frequency == other.frequency:
        assert written == _timing(document)
        return
    said = at(timing, "repeat")
    start: Document = {"boundsPeriod": {"start": "2026-11-01T12:00:00Z"}}
    assert at(written, "repeat") == start | (said if isinstance(said, dict) else {})
    assert at(written, "event") is None


def _foreign(dosage: Dosage, repeat: Document) -> Document:
    assert dosage.frequency is not None
    assert dosage.route is not None
    timing: Document = {"code": codeable(dosage.frequency), "repeat": repeat}
    timing["event"] = ["2026-11-01T12:00:00Z"]
    way = codeable(dosage.route)
    return drug(dosageInstruction=[{"text": "theirs", "route": way, "timing": timing}])


def test_an_order_signed_before_reads_the_same_with_its_timing() -> None:
    order: Order = the(_signed(_dosage("tid", "po")))

    assert order.dosage.frequency == FREQUENCIES["tid"]
    assert order.starts_at is None
