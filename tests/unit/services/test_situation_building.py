"""What the engine is told of a chart: what is recorded, and nothing that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.decision.findings import Moment
from app.decision.knowledge.allergies import AllergenWord, AllergyBook
from app.decision.knowledge.names import Substances
from app.decision.situation import AllergyStatus, Situation, Standing, Truth
from app.domain.chart import Problem
from app.domain.orders import Following, OrderDraft, Priority
from app.domain.patients import Allergy, AllergyState, PatientRecord, Sex
from app.domain.quantities import Quantity
from app.domain.skin_tests import Reaction, SkinResult
from app.domain.terms import OrderId, Ref, Term
from app.fhir.valuesets import FORMULARY
from app.ports.deciding import Charted, GivenDrug, Measurement, Stated
from app.services.decision_packs import Decision
from app.services.situation_building import Asked, SituationBuilding, digest_of
from tests.support.fake_deciding import AMOXICILLIN, FakeCharted, small_knowledge
from tests.unit.services.kit import NOW, PATIENT
from tests.unit.services.ordering_kit import drug
from tests.unit.services.test_decision_lines import DRAFT, ORDER

DAY = timedelta(days=1)
LI = PatientRecord(PATIENT, "某某", sex=Sex.FEMALE, birth_date=date(1956, 11, 24))
EMPTY = Charted(NOW, LI, AllergyState.NOT_RECORDED)
PENICILLIN = Allergy(
    "a-1",
    PATIENT,
    Term("阿莫西林", display="amoxicillin"),
    True,
    False,
    True,
    recorded_at=NOW - 9 * DAY,
)
GIVEN = GivenDrug(Term("阿莫西林"), NOW - 2 * DAY)


def told(chart: Charted, *drafts: OrderDraft, **more: object) -> Situation:
    asked = Asked(PATIENT, {str(n): one for n, one in enumerate(drafts)}, Moment.SIGN, "attending")
    building = SituationBuilding(FakeCharted(chart), knowledge, ZoneInfo("Asia/Shanghai"))
    return building.of(replace(asked, **more), NOW)  # type: ignore[arg-type]  # a test's own words


def knowledge() -> Decision:
    nothing = AllergenWord(frozenset({"none-known"}), ("否认药物过敏史",))
    return replace(
        small_knowledge(),
        allergies=AllergyBook(words=(nothing,)),
        grades={"attending": "restricted"},
    )


def test_of_nobody_nothing_is_known() -> None:
    subject = told(Charted(None, None, AllergyState.UNAVAILABLE)).subject

    assert (subject.age, subject.sex, subject.readings) == (None, "", {})
    assert subject.problems is None
    assert subject.allergy_status is AllergyStatus.UNKNOWN
    assert subject.pregnant is Truth.UNKNOWN
    assert not subject.emergency


def test_age_and_sex() -> None:
    subject = told(EMPTY).subject

    assert subject.age is not None
    assert round(subject.age, 2) == Decimal("70.00")
    assert subject.sex == "female"
    unborn = replace(LI, birth_date=date(2027, 1, 1), sex=None)
    assert told(replace(EMPTY, patient=unborn)).subject.age is None
    assert told(replace(EMPTY, patient=unborn)).subject.sex == ""


def test_measurements_go_by_the_names_of_the_laboratory() -> None:
    one = Measurement(Quantity(Decimal("5.9"), "mmol/L"), NOW)
    chart = replace(
        EMPTY, measured={"2823-3": (one,), "29463-7": (one,), "8636-3": (), "x": (one,)}
    )

    readings = told(chart).subject.readings

    assert set(readings) == {"k", "weight"}
    assert readings["k"][0].quantity == one.quantity
    assert readings["k"][0].at == NOW


def test_problems_that_are_over_or_refuted_are_none() -> None:
    def problem(key: str, *, active: bool | None, verification: str = "") -> Problem:
        return Problem(key, PATIENT, Term(key, "icd", key), active, verification=verification)

    listed = (
        problem("asthma", active=True),
        problem("unsaid", active=None),
        problem("over", active=False),
        problem("not", active=True, verification="refuted"),
        problem("wrong", active=True, verification="entered-in-error"),
    )

    found = told(replace(EMPTY, problems=listed)).subject.problems

    assert found is not None
    assert [one.code for one in found] == ["asthma", "unsaid"]
    assert told(EMPTY).subject.problems == ()
    assert told(replace(EMPTY, as_of=None, problems=listed)).subject.problems is None


@pytest.mark.parametrize(
    ("answer", "days", "truth"),
    [
        (True, 0, Truth.YES),
        (True, 290, Truth.YES),
        (True, 300, Truth.UNKNOWN),
        (False, 13, Truth.NO),
        (False, 15, Truth.UNKNOWN),
        (False, -1, Truth.UNKNOWN),
        (None, 0, Truth.UNKNOWN),
    ],
)
def test_an_answer_about_pregnancy_is_not_true_for_ever(
    *, answer: bool | None, days: int, truth: Truth
) -> None:
    chart = replace(EMPTY, pregnancy=Stated(answer, NOW - days * DAY))

    assert told(chart).subject.pregnant is truth
    assert told(replace(EMPTY, pregnancy=Stated(answer, None))).subject.pregnant is Truth.UNKNOWN


def test_who_breastfeeds_does_so_for_a_while() -> None:
    chart = replace(EMPTY, breastfeeding=Stated(answer=True, at=NOW - 200 * DAY))

    assert told(chart).subject.lactating is Truth.YES
    assert told(EMPTY).subject.lactating is Truth.UNKNOWN


# --- allergies


def with_allergy(**more: object) -> Charted:
    one = replace(PENICILLIN, **more)  # type: ignore[arg-type]  # a test's own words
    return replace(EMPTY, allergies=(one,), allergy_state=AllergyState.KNOWN)


def test_an_allergy_is_the_drug_it_names() -> None:
    subject = told(with_allergy(reactions=("皮疹", "瘙痒"))).subject

    (one,) = subject.allergies
    assert one.drug is not None
    assert one.drug.substances == (AMOXICILLIN,)
    assert (one.reaction, one.severe) == ("皮疹; 瘙痒", Truth.UNKNOWN)
    assert subject.allergy_status is AllergyStatus.RECORDED


def test_an_allergy_with_a_code_of_the_formulary_is_that_drug() -> None:
    (one,) = told(with_allergy(agent=Term("某商品名", FORMULARY, "amoxicillin"))).subject.allergies
    (other,) = told(with_allergy(agent=Term("某商品名", FORMULARY, "unknown"))).subject.allergies

    assert one.drug is not None
    assert one.drug.substances == (AMOXICILLIN,)
    assert other.drug is None


@pytest.mark.parametrize(
    ("severity", "criticality", "severe"),
    [
        ("severe", "", Truth.YES),
        ("mild", "high", Truth.YES),
        ("mild", "", Truth.NO),
        ("moderate", "low", Truth.NO),
        ("", "low", Truth.UNKNOWN),
    ],
)
def test_how_grave_it_was(severity: str, criticality: str, severe: Truth) -> None:
    (one,) = told(with_allergy(severity=severity, criticality=criticality)).subject.allergies

    assert one.severe is severe


def test_what_is_refuted_or_says_that_there_is_none_is_no_allergy() -> None:
    assert told(with_allergy(active=False)).subject.allergies == ()
    assert told(with_allergy(none_known=True)).subject.allergies == ()


def test_words_that_deny_every_allergy_say_that_none_is_known() -> None:
    subject = told(with_allergy(agent=Term("否认药物过敏史"))).subject

    assert subject.allergies == ()
    assert subject.allergy_status is AllergyStatus.NONE_KNOWN


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (AllergyState.NONE_KNOWN, AllergyStatus.NONE_KNOWN),
        (AllergyState.NOT_RECORDED, AllergyStatus.NOT_ASKED),
        (AllergyState.UNAVAILABLE, AllergyStatus.UNKNOWN),
    ],
)
def test_what_was_asked(state: AllergyState, status: AllergyStatus) -> None:
    assert told(replace(EMPTY, allergy_state=state)).subject.allergy_status is status


def test_what_was_given_is_told_beside_the_time_of_the_allergy() -> None:
    nameless = replace(GIVEN, item=Term("某药"))

    subject = told(replace(with_allergy(), given=(GIVEN, nameless))).subject

    assert [(one.substance, one.at) for one in subject.tolerated] == [
        ("amoxicillin", NOW - 2 * DAY)
    ]
    assert subject.allergies[0].recorded_at == NOW - 9 * DAY


def test_no_dose_proves_to_have_come_after_an_allergy_without_a_time() -> None:
    assert told(replace(with_allergy(recorded_at=None), given=(GIVEN,))).subject.tolerated == ()
    assert told(replace(EMPTY, given=(GIVEN,))).subject.tolerated


def test_a_skin_test_is_of_the_drug_it_names() -> None:
    def result(name: str, reaction: Reaction) -> SkinResult:
        return SkinResult(Ref(f"Observation/{name}"), PATIENT, Term(name), reaction, NOW)

    listed = (
        result("阿莫西林", Reaction.NEGATIVE),
        result("华法林", Reaction.POSITIVE),
        result("某药", Reaction.NEGATIVE),
    )

    found = told(replace(EMPTY, skin_tests=listed)).subject.skin_tests

    assert [one.negative for one in found] == [Truth.YES, Truth.NO]


def test_the_grade_of_who_orders_is_that_of_the_pack() -> None:
    assert told(EMPTY).subject.prescriber_grade == "restricted"
    assert told(EMPTY, grade="nurse").subject.prescriber_grade == ""


def test_an_emergency_is_one_when_all_of_it_is_wanted_at_once() -> None:
    stat = drug(priority=Priority.STAT)

    assert told(EMPTY, stat).subject.emergency
    assert not told(EMPTY, stat, drug()).subject.emergency


# --- lines


def test_new_lines_come_first_and_running_ones_beside_them() -> None:
    situation = told(replace(EMPTY, orders=(ORDER,)), DRAFT)

    assert [(one.key, one.standing) for one in situation.lines] == [
        ("0", Standing.NEW),
        ("order/o-1", Standing.ACTIVE),
    ]


@pytest.mark.parametrize("following", [Following.REVISE, Following.RENEW])
def test_an_order_that_is_followed_is_not_beside_the_new_one(following: Following) -> None:
    chart = replace(EMPTY, orders=(ORDER,))
    follower = replace(DRAFT, replaces=OrderId("o-1"), following=following)

    assert len(told(chart, follower).lines) == 1
    assert len(told(chart, replace(follower, following=None)).lines) == 2


def test_an_order_that_is_judged_is_not_beside_itself() -> None:
    chart = replace(EMPTY, orders=(ORDER,))

    assert len(told(chart, DRAFT, judged=frozenset({ORDER.id})).lines) == 1


def test_what_words_mean_is_that_of_the_knowledge_of_the_day() -> None:
    today = [knowledge()]
    building = SituationBuilding(FakeCharted(EMPTY), lambda: today[-1], UTC)
    asked = Asked(PATIENT, {"a": drug("阿莫西林")}, Moment.SIGN)

    before = [building.of(asked, NOW).lines[0].drug for _ in range(2)]
    today.append(replace(knowledge(), substances=Substances(())))

    assert before[0] is before[1] is not None
    assert building.of(asked, NOW).lines[0].drug is None


def test_only_what_ended_lately_and_was_given_long_enough_ago_is_asked_for() -> None:
    reads = FakeCharted(EMPTY)
    SituationBuilding(reads, knowledge, UTC).of(Asked(PATIENT, {}, Moment.SIGN), NOW)

    ((patient, wanted),) = reads.asked
    assert patient == PATIENT
    assert (NOW - wanted.ended_since, NOW - wanted.given_before) == (56 * DAY, DAY)
    assert {"2823-3", "29463-7"} <= set(wanted.codes)


def test_the_same_facts_have_the_same_digest_and_others_another() -> None:
    chart = replace(
        with_allergy(),
        measured={"2823-3": (Measurement(Quantity(Decimal("5.9"), "mmol/L"), NOW),)},
        problems=(Problem("p", PATIENT, Term("哮喘", "icd", "J45"), True),),
    )
    one = digest_of(told(chart, DRAFT))

    assert one == digest_of(told(chart, DRAFT))
    others = (
        told(chart),
        told(replace(chart, measured={}), DRAFT),
        told(replace(chart, problems=()), DRAFT),
        told(replace(chart, allergies=()), DRAFT),
        told(chart, replace(DRAFT, dosage=replace(DRAFT.dosage, unit=""))),
    )
    assert len({one, *map(digest_of, others)}) == 6
