"""A finished score in the record: what it says, and when it is not taken."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.decision.scores.results import Answer
from app.domain.people import Role
from app.domain.quantities import Quantity
from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.observations import read_observed
from app.kernel.faults import AppError, FaultKind
from app.services.score_recording import Shown
from tests.support.chart_kit import NOW, PATIENT, STAY, ChartHouse
from tests.support.desk_kit import a_desk
from tests.support.scores_kit import CALM, ScoresRoom, a_round


@pytest.fixture
def room() -> ScoresRoom:
    return ScoresRoom(ChartHouse(a_desk()))


def recorded(room: ScoresRoom, shown: Shown) -> Document:
    room.recording.record(room.house.session(), PATIENT, shown)
    (act,) = room.house.acts.committed
    (change,) = act.changes
    return change.document


def refused(room: ScoresRoom, shown: Shown) -> tuple[FaultKind, str]:
    with pytest.raises(AppError) as told:
        room.recording.record(room.house.session(), PATIENT, shown)
    assert room.house.acts.committed == []
    return told.value.fault.kind, told.value.fault.message.code


NEWS2 = Shown("NEWS2", Decimal(10), {})


def test_news2_is_an_observation_with_its_parts_and_what_it_was_counted_from(
    room: ScoresRoom,
) -> None:
    document = recorded(room, NEWS2)
    total, *parts = read_observed(document)

    assert (total.category, total.status, total.at) == ("survey", "final", NOW)
    assert (total.term.code, total.term.system) == ("NEWS2", "urn:wardone:score")
    assert total.value.number == 10
    assert {one.component: one.value.number for one in parts} == {
        "oxygen": 2, "breaths": 2, "saturation": 2, "systolic": 1, "pulse": 2,
        "consciousness": 0, "temperature": 1,
    }  # fmt: skip
    assert document["encounter"] == {"reference": f"Encounter/{STAY}"}
    assert document["method"] == {"text": "2017 (RCP 2017)"}
    assert {"reference": "Observation/breaths-1"} in document["derivedFrom"]  # type: ignore[operator]
    assert len(document["derivedFrom"]) == 7  # type: ignore[arg-type]
    band = document["interpretation"][0]["coding"][0]  # type: ignore[index,call-overload]
    assert band == {"system": "urn:wardone:score-band:NEWS2", "code": "high", "display": "high"}


def test_what_was_answered_goes_into_the_record_with_it(room: ScoresRoom) -> None:
    urea = Answer(Quantity(Decimal(9), "mmol/L"), NOW)
    given = {"urea": urea, "confusion": Answer("no", NOW), "killip": Answer("I", NOW)}
    _, *parts = read_observed(recorded(room, Shown("CURB-65", Decimal(3), given)))
    answers = {one.component: one.value for one in parts if one.term.system.endswith(":answer")}

    assert set(answers) == {"urea", "confusion"}
    assert (answers["urea"].number, answers["urea"].unit_code) == (9, "mmol/L")
    assert answers["confusion"].text == "no"


def test_an_option_is_recorded_in_its_own_words_and_a_part_by_its_name(room: ScoresRoom) -> None:
    given = {"weight-kind": Answer("actual", NOW)}
    document = recorded(room, Shown("Cockcroft-Gault", Decimal("40.6"), given))
    total, part, answer = read_observed(document)

    assert (total.value.number, total.value.unit_code) == (Decimal("40.6"), "mL/min")
    assert (part.component, part.value.number) == ("weight-used", 68)
    assert answer.value.text == "实际体重"
    assert "interpretation" not in document


def test_the_act_rests_on_the_versions_that_were_seen(room: ScoresRoom) -> None:
    held = Ref("Observation/breaths-1")
    room.house.acts.download({"resourceType": "Observation", "id": "breaths-1"})
    room.recording.record(room.house.session(), PATIENT, NEWS2)

    (act,) = room.house.acts.committed
    assert (act.kind, act.patient) == ("score.record", PATIENT)
    assert [ref for ref, _ in act.read_set] == [held]


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (Shown("APGAR", Decimal(9), {}), "scores.record.none"),
        (Shown("CURB-65", Decimal(2), {}), "scores.record.no-total"),
    ],
)
def test_what_has_no_total_is_not_recorded(room: ScoresRoom, shown: Shown, code: str) -> None:
    assert refused(room, shown) == (FaultKind.REFUSED, code)


def test_a_score_that_changed_since_it_was_shown_is_looked_at_again(room: ScoresRoom) -> None:
    calm = CALM | {"oxygen": "0"}
    room.reads.vital_list = (*room.reads.vital_list, *a_round(0.1, calm))

    assert refused(room, NEWS2) == (FaultKind.CONFLICT, "scores.record.changed")
    room.recording.record(room.house.session(), PATIENT, Shown("NEWS2", Decimal(0), {}))


def test_after_the_lease_and_without_the_right_nothing_is_recorded(room: ScoresRoom) -> None:
    room.house.lease = timedelta(hours=-1)
    assert refused(room, NEWS2)[0] is FaultKind.SIGNED_OUT
    room.house.lease, room.house.role = timedelta(hours=1), Role.PHARMACIST
    assert refused(room, NEWS2) == (FaultKind.REFUSED, "authority.not-allowed")
