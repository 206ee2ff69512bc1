"""From documents and signatures to facts."""

from __future__ import annotations

import pytest

from app.domain.loop_facts import Fact, Phase
from app.domain.loop_marks import Mark, MarkRule, Reader, Signature, families
from app.domain.loops import Loop
from app.domain.terms import Ref
from app.fhir.loop_statuses import lie
from tests.unit.domain.loop_kit import T0, a_loop, a_node, after

LOOP = a_loop(
    a_node("DRAFT", "MedicationRequest", "draft"),
    a_node("SIGN", "MedicationRequest", "active"),
    a_node("VERIFY", "Task", "completed"),
    a_node("PREP", "Task", "ready"),
    a_node("GIVE", "MedicationAdministration", "completed"),
    a_node("STOP", "MedicationRequest", "stopped"),
)
ORDER = Ref("MedicationRequest/1")
RULES = (
    MarkRule("act", "order.place", "MedicationRequest", "active", "SIGN"),
    MarkRule("act", "order.stop", "MedicationRequest", "stopped", "STOP"),
    MarkRule("code", "verify-orders", "Task", "completed", "VERIFY"),
    MarkRule("code", "give-dose", "Task", "requested", "PLAN"),
)
READER = Reader(RULES, lie)


def an_order(status: str = "active", **more: object) -> Mark:
    told: dict[str, object] = {"version": "2", "at": T0, "authored_at": T0, "by": "Doctor"} | more
    return Mark(ORDER, "MedicationRequest", status, **told)  # type: ignore[arg-type]  # a test's own words


def a_task(status: str = "completed", **more: object) -> Mark:
    told: dict[str, object] = {"at": after(5)} | more
    return Mark(Ref("Task/1"), "Task", status, **told)  # type: ignore[arg-type]  # a test's own words


def read(*evidence: Mark | Signature, loop: Loop = LOOP) -> dict[str, Fact]:
    marks = [one for one in evidence if isinstance(one, Mark)]
    signatures = [one for one in evidence if isinstance(one, Signature)]
    facts = READER.facts(loop, marks, signatures)
    assert len({fact.step for fact in facts}) == len(facts)
    return {fact.step: fact for fact in facts}


def test_an_act_of_ours_reaches_the_step_that_the_pack_says() -> None:
    placed = Signature(ORDER, act="order.place", at=after(1), client_at=T0, by="Doctor Wang")

    found = read(an_order(), placed)["SIGN"]

    assert (found.at, found.client_at, found.by, found.witnessed) == (
        after(1),
        T0,
        "Doctor Wang",
        True,
    )


def test_a_provenance_may_name_the_step_itself() -> None:
    found = read(Signature(Ref("Task/9"), steps=("VERIFY", "OTHER"), at=after(2)))

    assert list(found) == ["VERIFY"]


def test_a_signature_on_another_type_reaches_nothing() -> None:
    assert read(Signature(Ref("Flag/9"), steps=("VERIFY",), at=after(2))) == {}


@pytest.mark.parametrize(
    ("version", "status", "reached"),
    [
        ("2", "active", True),
        ("2", "stopped", True),
        ("2", "draft", False),
        ("1", "draft", True),
        ("", "draft", True),
    ],
)
def test_the_demand_is_checked_on_the_version_that_was_signed(
    version: str, status: str, *, reached: bool
) -> None:
    placed = Signature(ORDER, version, act="order.place", at=after(1))

    found = read(an_order(status), placed)

    assert ("SIGN" in found and found["SIGN"].witnessed) is reached


def test_a_document_alone_shows_its_state_with_its_author_and_time() -> None:
    found = read(an_order())

    assert {step: (fact.at, fact.by, fact.witnessed) for step, fact in found.items()} == {
        "DRAFT": (T0, "Doctor", False),
        "SIGN": (T0, "Doctor", False),
    }


def test_what_has_passed_a_state_was_in_it_whenever_that_was() -> None:
    dose = Mark(
        Ref("MedicationAdministration/1"), "MedicationAdministration", "completed", at=after(9)
    )
    stopped = read(an_order("stopped", at=after(8)), dose)

    assert stopped["STOP"].at == after(8)
    assert stopped["SIGN"].at == T0
    assert stopped["GIVE"].at == after(9)
    loop = a_loop(a_node("BEGIN", "Procedure", "in-progress"))
    done = Mark(Ref("Procedure/1"), "Procedure", "completed", at=after(9))
    assert read(done, loop=loop)["BEGIN"].at is None


def test_a_task_counts_by_its_code_and_never_by_its_type() -> None:
    loop = a_loop(a_node("VERIFY", "Task", "completed"))

    assert read(a_task(), loop=loop) == {}
    assert list(read(a_task(codes=("verify-orders",)), loop=loop)) == ["VERIFY"]
    assert list(read(a_task(steps=("VERIFY",)), loop=loop)) == ["VERIFY"]
    assert read(a_task(codes=("give-dose",)), loop=loop) == {}


def test_a_document_that_names_a_step_stands_for_no_other() -> None:
    loop = a_loop(a_node("SEE", "Observation", "final"))
    score = Mark(Ref("Observation/1"), "Observation", "final", at=T0, steps=("ELSE",))

    assert read(score, loop=loop) == {}
    assert list(read(Mark(Ref("Observation/2"), "Observation", "final", at=T0), loop=loop)) == [
        "SEE"
    ]


def test_two_nodes_with_one_demand_need_a_name() -> None:
    loop = a_loop(a_node("SEE", "Observation", "final"), a_node("CHECK", "Observation", "final"))
    value = Mark(Ref("Observation/1"), "Observation", "final", at=T0)

    assert read(value, loop=loop) == {}


def test_what_is_begun_and_what_was_decided_against_is_told() -> None:
    at_work = read(a_task("in-progress", codes=("verify-orders",)))
    asked = read(a_task("requested", codes=("verify-orders",)))
    refused = read(a_task("rejected", codes=("verify-orders",)))
    wrong = read(a_task("entered-in-error", codes=("verify-orders",)))

    assert at_work["VERIFY"].phase is Phase.BEGUN
    assert asked == wrong == {}
    assert refused["VERIFY"].phase is Phase.DECLINED


def test_a_slot_says_for_when_and_which_dose() -> None:
    loop = a_loop(a_node("PLAN", "Task", "requested"))
    slot = a_task("requested", codes=("give-dose",), due=after(60), instance="Task/1")

    found = read(slot, loop=loop)["PLAN"]

    assert (found.due, found.instance) == (after(60), "Task/1")


def test_a_witnessed_step_is_not_told_twice() -> None:
    verified = Signature(Ref("Task/1"), steps=("VERIFY",), at=after(6), by="Nurse")
    task = a_task(codes=("verify-orders",), instance="Task/1", due=after(9))

    found = read(task, verified)["VERIFY"]

    assert (found.at, found.instance, found.due, found.witnessed) == (
        after(6),
        "Task/1",
        after(9),
        True,
    )


def test_a_dose_that_is_cancelled_is_no_plan_any_more_whoever_signed_it() -> None:
    loop = a_loop(a_node("PLAN", "Task", "requested"))
    planned = Signature(Ref("Task/1"), steps=("PLAN",), at=after(1))

    def reads(status: str) -> list[str]:
        slot = a_task(status, codes=("give-dose",), instance="Task/1")
        return list(read(slot, planned, loop=loop))

    assert reads("requested") == reads("completed") == ["PLAN"]
    assert reads("cancelled") == ["PLAN"]  # decided against, and told as that
    cancelled = a_task("cancelled", codes=("give-dose",), instance="Task/1")
    assert read(cancelled, planned, loop=loop)["PLAN"].phase is Phase.DECLINED


# --- families -----------------------------------------------------------------------------------

A, B = Ref("ServiceRequest/a"), Ref("ServiceRequest/b")
SAMPLE, VALUE, TASK = Ref("Specimen/1"), Ref("Observation/1"), Ref("Task/1")


def test_a_family_is_found_over_any_number_of_steps() -> None:
    links = {SAMPLE: (A,), VALUE: (SAMPLE,), TASK: (VALUE, A)}

    found = families(links, [A, B], frozenset({A, B}))

    assert set(found[A]) == {A, SAMPLE, VALUE, TASK}
    assert found[A][0] == A
    assert found[B] == (B,)


def test_a_document_may_belong_to_two_orders_but_never_through_one_to_the_other() -> None:
    links = {SAMPLE: (A, B), B: (A,), VALUE: (B,)}

    found = families(links, [A, B], frozenset({A, B}))

    assert set(found[A]) == {A, SAMPLE}
    assert set(found[B]) == {B, SAMPLE, VALUE}


def test_references_in_a_circle_end() -> None:
    assert set(families({TASK: (VALUE,), VALUE: (TASK, A)}, [A], frozenset({A}))[A]) == {
        A,
        TASK,
        VALUE,
    }
