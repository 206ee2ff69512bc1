"""Limits and ledgers as R4 documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dose_limits import NO_LIMITS, DoseLimits, Ledger, LedgerLine
from app.domain.slots import ledger_id
from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.document import Document, canonical_hash
from app.fhir.dose_limits import (
    combined_ledger,
    read_ledger,
    read_limits,
    write_ledger,
    write_limits,
)
from app.fhir.frequencies import ends, signed_clock
from tests.unit.fhir.validity import problems

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORDER, PATIENT = OrderId("order-1"), PatientId("patient-1")


T = TypeVar("T")


def some(value: T | None) -> T:
    """What is surely there."""
    assert value is not None
    return value


# --- limits


PRN: Document = {
    "resourceType": "MedicationRequest",
    "id": ORDER,
    "status": "active",
    "intent": "order",
    "subject": {"reference": "Patient/patient-1"},
    "medicationCodeableConcept": {"text": "对乙酰氨基酚"},
    "dosageInstruction": [{"text": "1 g prn", "asNeededBoolean": True}],
}
LIMITS = DoseLimits(timedelta(hours=4), Decimal("4.0"), "g", timedelta(hours=24))


@pytest.mark.parametrize(
    "limits",
    [
        LIMITS,
        DoseLimits(timedelta(minutes=90)),
        DoseLimits(most=Decimal("0.5"), unit="mg", within=timedelta(hours=12)),
    ],
)
def test_limits_read_as_they_were_written(limits: DoseLimits) -> None:
    document = write_limits(PRN, limits)

    assert read_limits(document) == limits
    assert problems(document) == []


def test_an_order_without_limits_states_none() -> None:
    assert read_limits(PRN) == NO_LIMITS
    assert read_limits(write_limits(write_limits(PRN, LIMITS), NO_LIMITS)).most is None


def instruction(**elements: object) -> Document:
    one = {"asNeededBoolean": True, **elements}
    return PRN | {"dosageInstruction": [one]}  # type: ignore[list-item,dict-item]  # JSON of the test's choosing


@pytest.mark.parametrize(
    ("repeat", "hours"),
    [
        ({"period": 6, "periodUnit": "h"}, 6),
        ({"frequency": 1, "period": 1, "periodUnit": "d"}, 24),
        ({"frequency": 3, "period": 1, "periodUnit": "d"}, None),
        ({"period": 1, "periodUnit": "mo"}, None),
        ({"period": 0, "periodUnit": "h"}, None),
        ({"period": Decimal("0.0001"), "periodUnit": "min"}, None),
        ({"periodUnit": "h"}, None),
    ],
)
def test_an_interval_is_read_only_where_it_says_once_in(
    repeat: Document, hours: int | None
) -> None:
    limits = read_limits(instruction(timing={"repeat": repeat}))

    assert limits.interval == (None if hours is None else timedelta(hours=hours))


def test_a_regular_order_has_no_least_interval_but_may_have_a_largest_sum() -> None:
    document = write_limits(PRN, LIMITS)
    one = document["dosageInstruction"][0]  # type: ignore[index,call-overload]  # as just written
    one["asNeededBoolean"] = False

    assert read_limits(document) == replace(LIMITS, interval=None)


def test_a_sum_in_a_unit_of_another_system_cannot_be_compared() -> None:
    most = {"numerator": {"value": 4, "unit": "tablets"}, "denominator": {"value": 1, "code": "d"}}

    assert read_limits(instruction(maxDosePerPeriod=most)).unit == ""


def test_several_instructions_are_not_understood_and_not_written_into() -> None:
    document = PRN | {"dosageInstruction": [{"text": "a"}, {"text": "b"}]}

    assert read_limits(document) == NO_LIMITS
    assert write_limits(document, LIMITS) == document


def test_an_order_says_with_which_times_and_until_when_it_was_signed() -> None:
    repeat = {
        "timeOfDay": ["08:00:00", "16:30:00"],
        "boundsPeriod": {"end": "2026-03-05T00:00:00Z"},
    }
    document = instruction(timing={"repeat": repeat})

    assert signed_clock(document) == (time(8), time(16, 30))
    assert ends(document) == datetime(2026, 3, 5, tzinfo=UTC)
    assert (signed_clock(PRN), ends(PRN)) == ((), None)
    assert signed_clock(instruction(timing={"repeat": {"timeOfDay": ["08:00:00", "noon"]}})) == ()


# --- ledgers


def a_ledger(*numbers: int) -> Ledger:
    lines = tuple(
        LedgerLine(
            Ref(f"MedicationAdministration/{n}"), NOW + timedelta(hours=n), Decimal("0.5"), "g"
        )
        for n in numbers
    )
    return Ledger(ledger_id(ORDER), ORDER, PATIENT, lines)


def test_a_ledger_reads_as_it_was_written_and_says_last_dose_and_sum() -> None:
    document = write_ledger(a_ledger(0, 4, 30), {})

    assert read_ledger(document) == a_ledger(0, 4, 30)
    assert problems(document) == []
    by_url = {one["url"]: one for one in document["extension"]}  # type: ignore[union-attr,index,call-overload]  # as just written
    assert by_url["urn:wardone:ledger-last"]["valueDateTime"] == "2026-03-03T14:00:00Z"
    assert by_url["urn:wardone:ledger-sum-24h"]["valueQuantity"]["value"] == Decimal("0.5")


def test_a_ledger_without_doses_or_with_mixed_units_says_no_sum() -> None:
    mixed = a_ledger(0, 1)
    odd = replace(mixed.lines[1], unit="mL")
    document = write_ledger(replace(mixed, lines=(mixed.lines[0], odd)), {})
    doseless = replace(mixed, lines=(replace(mixed.lines[0], dose=None, unit=""),))

    assert "sum-24h" not in str(document)
    assert "ledger-last" not in str(write_ledger(a_ledger(), {}))
    assert read_ledger(write_ledger(doseless, {})) == doseless


def test_a_ledger_with_units_that_convert_says_their_sum() -> None:
    both = a_ledger(0, 1)
    same = replace(both.lines[0], dose=Decimal(1000), unit="mg")

    document = write_ledger(replace(both, lines=(same, both.lines[1])), {})

    assert "sum-24h" in str(document)
    assert read_ledger(document) == replace(both, lines=(same, both.lines[1]))


def test_what_others_wrote_on_a_ledger_stays() -> None:
    foreign: Document = {"url": "urn:other", "valueString": "x"}
    onto = write_ledger(a_ledger(0), {})
    onto["extension"] = [foreign, *onto["extension"]]  # type: ignore[misc]  # as just written

    assert foreign in write_ledger(a_ledger(0, 1), onto)["extension"]  # type: ignore[operator]  # a list


def test_a_line_that_does_not_say_of_which_dose_or_when_is_none() -> None:
    document = write_ledger(a_ledger(0), {})
    for one in document["extension"]:  # type: ignore[union-attr]  # as just written
        one["extension"] = [{"url": "dose"}]  # type: ignore[index,call-overload]  # as just written

    assert some(read_ledger(document)).lines == ()


@pytest.mark.parametrize("odd", [{"resourceType": "Task"}, {"code": {}}, {"extension": []}])
def test_another_document_is_no_ledger(odd: Document) -> None:
    assert read_ledger(write_ledger(a_ledger(0), {}) | odd) is None


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_two_ledgers_are_one_with_every_dose_of_both(mine: set[int], theirs: set[int]) -> None:
    ours, other = (write_ledger(a_ledger(*sorted(s)), {}) for s in (mine, theirs))

    both = some(combined_ledger(ours, other))
    turned = some(combined_ledger(other, ours))

    assert read_ledger(both) == a_ledger(*sorted(mine | theirs))
    assert canonical_hash(both) == canonical_hash(turned)
    assert (both == other) == (mine <= theirs)
    assert combined_ledger(ours, PRN) is None
