"""Carrying a change over onto a newer version, and what the signer had seen."""

from __future__ import annotations

from app.domain.terms import Ref
from sync.merge import (
    Current,
    Held,
    Merged,
    NeedsClinician,
    Rebased,
    check_read_set,
    rebase,
)
from sync.merge_rules import SafetyClass
from tests.sync.pure.cases import RULES
from tests.sync.pure.merge_cases import (
    ENCOUNTER,
    edited_here,
    edited_there,
)

# --- rebase


def test_a_rebased_document_rests_on_the_newer_version() -> None:
    theirs = edited_there(reasonCode=[{"text": "fall"}])

    result = rebase(ENCOUNTER, edited_here(priority={"text": "1"}), theirs, "4", RULES)

    assert isinstance(result, Rebased)
    assert (result.base, result.if_match, result.dirty) == (theirs, "4", True)
    assert result.working == theirs | {"priority": {"text": "1"}}


def test_a_change_that_came_to_nothing_is_clean() -> None:
    result = rebase(
        ENCOUNTER, edited_here(status="onleave"), edited_there(status="onleave"), "4", RULES
    )

    assert isinstance(result, Rebased)
    assert not result.dirty
    gone = rebase(ENCOUNTER, ENCOUNTER, None, "5", RULES)
    assert gone == Rebased(None, None, "", dirty=False, merged=Merged(None))


def test_a_conflict_is_not_rebased() -> None:
    result = rebase(
        ENCOUNTER, edited_here(status="onleave"), edited_there(status="finished"), "4", RULES
    )

    assert isinstance(result, NeedsClinician)


def test_a_new_document_stays_to_be_sent() -> None:
    result = rebase(None, ENCOUNTER, None, "", RULES)

    assert isinstance(result, Rebased)
    assert (result.dirty, result.if_match) == (True, "")


# --- what the signer saw (I13)

ALLERGY, ORDER, NOTE = Ref("AllergyIntolerance/a"), Ref("MedicationRequest/m"), Ref("Condition/c")
SIGNED_ON = {ALLERGY: "1", ORDER: "3", NOTE: "2"}
UNCHANGED = {
    ALLERGY: Current("1", SafetyClass.A),
    ORDER: Current("3", SafetyClass.A),
    NOTE: Current("2", SafetyClass.B),
}
NEW = Ref("AllergyIntolerance/new")


def test_nothing_changed_means_nothing_is_held() -> None:
    assert check_read_set(SIGNED_ON, UNCHANGED, {}) is None


def test_a_dangerous_document_changed_since_signing_holds_the_act() -> None:
    now = UNCHANGED | {ALLERGY: Current("2", SafetyClass.A)}

    assert check_read_set(SIGNED_ON, now, {}) == Held((ALLERGY,), ())


def test_a_harmless_document_changed_since_signing_holds_nothing() -> None:
    assert check_read_set(SIGNED_ON, UNCHANGED | {NOTE: Current("9", SafetyClass.B)}, {}) is None


def test_a_document_that_is_gone_holds_the_act() -> None:
    now = {ref: one for ref, one in UNCHANGED.items() if ref != ORDER}

    assert check_read_set(SIGNED_ON, now, {}) == Held((ORDER,), ())


def test_our_own_confirmed_writes_are_no_news() -> None:
    now = UNCHANGED | {ORDER: Current("4", SafetyClass.A), NEW: Current("1", SafetyClass.A)}
    ours = {ORDER: {"4"}, NEW: {"1"}}

    assert check_read_set(SIGNED_ON, now, ours, {"AllergyIntolerance"}) is None


def test_an_unsent_document_of_ours_in_the_read_set_is_no_news() -> None:
    assert check_read_set({Ref("Task/unsent"): ""}, {}, {}) is None


def test_an_allergy_added_elsewhere_holds_the_act_though_nobody_could_have_read_it() -> None:
    now = UNCHANGED | {NEW: Current("1", SafetyClass.A)}

    assert check_read_set(SIGNED_ON, now, {}, {"AllergyIntolerance"}) == Held((), (NEW,))
    assert check_read_set({}, {NEW: now[NEW]}, {}, {"AllergyIntolerance"}) == Held((), (NEW,))
    assert check_read_set(SIGNED_ON, now, {}) is None
    harmless = UNCHANGED | {NEW: Current("1", SafetyClass.B)}
    assert check_read_set(SIGNED_ON, harmless, {}, {"AllergyIntolerance"}) is None
