"""Every row of the table, and what no row may ever say."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.kernel.faults import FaultKind
from sync.classify import TABLE, AnsweredEntry, classify, match_entries
from sync.verdicts import (
    Attempt,
    Body,
    Failure,
    Match,
    Next,
    Outcome,
    VerdictKind,
)
from tests.sync.pure.cases import MANY

TX, READ, SEARCH, PAGE = Attempt.TRANSACTION, Attempt.READ, Attempt.SEARCH, Attempt.PAGE
K, B, F = VerdictKind, Body, Failure
MATCHES, DIFFERS = Match.MATCHES, Match.DIFFERS

CASES: list[tuple[Attempt, Outcome, VerdictKind, Next]] = [
    (TX, Outcome(failure=F.CERTIFICATE), K.CERTIFICATE, Next.PAUSE),
    (READ, Outcome(failure=F.CERTIFICATE), K.CERTIFICATE, Next.PAUSE),
    (TX, Outcome(failure=F.WITHHELD), K.SIGN_IN_SILENT, Next.RETRY),
    (SEARCH, Outcome(failure=F.WITHHELD), K.SIGN_IN_SILENT, Next.RETRY),
    (TX, Outcome(failure=F.UNREACHABLE), K.NOT_APPLIED, Next.RETRY),
    (TX, Outcome(failure=F.TIMEOUT), K.SILENCE, Next.RESOLVE),
    (TX, Outcome(failure=F.BROKEN_OFF), K.SILENCE, Next.RESOLVE),
    (TX, Outcome(failure=F.OVERLONG), K.OVERLONG, Next.RESOLVE),
    (SEARCH, Outcome(failure=F.OVERLONG), K.OVERLONG, Next.PAUSE),
    (PAGE, Outcome(failure=F.CIRCLES), K.CIRCLES, Next.PAUSE),
    (TX, Outcome(200, B.FHIR, F.BROKEN_OFF, match=MATCHES), K.SILENCE, Next.RESOLVE),
    (SEARCH, Outcome(failure=F.TIMEOUT), K.SILENCE, Next.RETRY),
    (READ, Outcome(failure=F.UNREACHABLE), K.SILENCE, Next.RETRY),
    (TX, Outcome(200, B.HTML), K.CAPTIVE_PORTAL, Next.RESOLVE),
    (TX, Outcome(302), K.CAPTIVE_PORTAL, Next.RESOLVE),
    (TX, Outcome(511, B.HTML), K.CAPTIVE_PORTAL, Next.RESOLVE),
    (SEARCH, Outcome(200, B.HTML), K.CAPTIVE_PORTAL, Next.PAUSE),
    (PAGE, Outcome(307), K.CAPTIVE_PORTAL, Next.PAUSE),
    (TX, Outcome(200, B.FHIR, match=MATCHES), K.APPLIED, Next.ACKNOWLEDGE),
    (TX, Outcome(200, B.FHIR, match=DIFFERS), K.AMBIGUOUS, Next.RESOLVE),
    (TX, Outcome(200, B.FHIR), K.AMBIGUOUS, Next.RESOLVE),
    (TX, Outcome(200, B.UNREADABLE, match=MATCHES), K.AMBIGUOUS, Next.RESOLVE),
    (TX, Outcome(202, B.FHIR, match=MATCHES), K.AMBIGUOUS, Next.RESOLVE),
    (TX, Outcome(200, B.OTHER, match=MATCHES), K.WRONG_CONTENT, Next.RESOLVE),
    (READ, Outcome(200, B.FHIR), K.ANSWERED, Next.USE),
    (SEARCH, Outcome(200, B.FHIR), K.ANSWERED, Next.USE),
    (SEARCH, Outcome(200, B.UNREADABLE), K.WRONG_CONTENT, Next.RETRY),
    (READ, Outcome(200, B.JSON), K.WRONG_CONTENT, Next.RETRY),
    (TX, Outcome(401), K.SIGN_IN_NEEDED, Next.SIGN_IN),
    (READ, Outcome(401, B.HTML), K.SIGN_IN_NEEDED, Next.SIGN_IN),
    (TX, Outcome(403, B.FHIR, issues=("expired",)), K.SIGN_IN_NEEDED, Next.SIGN_IN),
    (TX, Outcome(403, B.FHIR, issues=("forbidden",)), K.FORBIDDEN_ENTRY, Next.BISECT),
    (TX, Outcome(403, B.HTML), K.WRONG_CONTENT, Next.RESOLVE),
    (READ, Outcome(403, B.HTML), K.WRONG_CONTENT, Next.PAUSE),
    (READ, Outcome(403, B.FHIR), K.ACCESS_WITHDRAWN, Next.WITHDRAW),
    (SEARCH, Outcome(403, B.FHIR), K.REJECTED, Next.PAUSE),
    (TX, Outcome(408), K.SILENCE, Next.RESOLVE),
    (PAGE, Outcome(408), K.SILENCE, Next.RETRY),
    (TX, Outcome(429, retry_after=9), K.THROTTLED, Next.RETRY),
    (READ, Outcome(425), K.THROTTLED, Next.RETRY),
    (TX, Outcome(413, B.HTML), K.TOO_LARGE, Next.HALVE),
    (TX, Outcome(409, B.FHIR), K.VERSION_CONFLICT, Next.RESOLVE),
    (TX, Outcome(412), K.VERSION_CONFLICT, Next.RESOLVE),
    (TX, Outcome(410, B.FHIR), K.GONE, Next.RESOLVE),
    (PAGE, Outcome(410, B.FHIR), K.EXPIRED_PAGE, Next.BEGIN_AGAIN),
    (PAGE, Outcome(404, B.HTML), K.EXPIRED_PAGE, Next.BEGIN_AGAIN),
    (READ, Outcome(410, B.FHIR), K.GONE, Next.BURY),
    (READ, Outcome(410), K.GONE, Next.BURY),
    (READ, Outcome(404, B.FHIR), K.NOT_FOUND, Next.BURY),
    (READ, Outcome(404, B.HTML), K.WRONG_CONTENT, Next.RETRY),
    (READ, Outcome(404), K.WRONG_CONTENT, Next.RETRY),
    (READ, Outcome(410, B.HTML), K.WRONG_CONTENT, Next.RETRY),
    (TX, Outcome(404, B.HTML), K.WRONG_CONTENT, Next.RESOLVE),
    (TX, Outcome(400, B.FHIR), K.REJECTED, Next.BISECT),
    (TX, Outcome(404, B.FHIR), K.REJECTED, Next.BISECT),
    (TX, Outcome(422, B.NONE), K.REJECTED, Next.BISECT),
    (SEARCH, Outcome(400, B.HTML), K.WRONG_CONTENT, Next.RETRY),
    (SEARCH, Outcome(400, B.FHIR), K.REJECTED, Next.PAUSE),
    (TX, Outcome(500, B.FHIR, tries=4), K.REJECTED, Next.BISECT),
    (TX, Outcome(500, B.FHIR, tries=3), K.SERVER_BROKEN, Next.RESOLVE),
    (TX, Outcome(500, B.HTML, tries=9), K.SERVER_BROKEN, Next.RESOLVE),
    (TX, Outcome(503, B.HTML), K.SERVER_BROKEN, Next.RESOLVE),
    (SEARCH, Outcome(502, B.HTML), K.SERVER_BROKEN, Next.RETRY),
    (TX, Outcome(0), K.AMBIGUOUS, Next.RESOLVE),
    (TX, Outcome(100), K.AMBIGUOUS, Next.RESOLVE),
    (READ, Outcome(0), K.WRONG_CONTENT, Next.RETRY),
]


@pytest.mark.parametrize(("attempt", "outcome", "kind", "following"), CASES)
def test_each_answer_has_one_meaning(
    attempt: Attempt, outcome: Outcome, kind: VerdictKind, following: Next
) -> None:
    verdict = classify(attempt, outcome)

    assert (verdict.kind, verdict.next) == (kind, following)


def test_every_row_of_the_table_decides_some_case() -> None:
    deciding = {
        next((n for n, row in enumerate(TABLE) if row.holds(attempt, outcome)), -1)
        for attempt, outcome, _, _ in CASES
    }

    assert deciding == {-1, *range(len(TABLE))}


def test_every_kind_of_verdict_is_reached() -> None:
    assert {kind for _, _, kind, _ in CASES} == set(VerdictKind)


_OUTCOMES = st.builds(
    Outcome,
    st.sampled_from([0, 200, 200, 200, 202, 302, 400, 401, 403, 404, 409, 410, 413, 422, 500])
    | st.integers(0, 599),
    st.sampled_from(Body),
    st.none() | st.none() | st.sampled_from(Failure),
    st.lists(st.sampled_from(["login", "expired", "invalid", "forbidden"]), max_size=2).map(tuple),
    st.none() | st.floats(0, 100),
    st.sampled_from(Match),
    st.integers(1, 9),
)


@MANY
@given(st.sampled_from(Attempt), _OUTCOMES)
@example(TX, Outcome(200, B.FHIR, match=MATCHES))
@example(READ, Outcome(200, B.FHIR, match=MATCHES))
def test_nothing_is_called_applied_unless_the_answer_matches_entry_by_entry(
    attempt: Attempt, outcome: Outcome
) -> None:
    verdict = classify(attempt, outcome)

    proved = (
        attempt is TX
        and outcome.failure is None
        and outcome.status == 200
        and outcome.body is Body.FHIR
        and outcome.match is Match.MATCHES
    )
    assert (verdict.kind is K.APPLIED) is proved
    assert (verdict.next is Next.ACKNOWLEDGE) is proved
    assert (verdict.fault is None) is (verdict.kind in (K.APPLIED, K.ANSWERED))
    assert verdict.retry_after == outcome.retry_after


@MANY
@given(_OUTCOMES)
def test_a_write_that_may_have_arrived_is_never_simply_discarded(outcome: Outcome) -> None:
    """Only a whole answer of the CDR itself, or no connection at all, ends without `RESOLVE`."""
    verdict = classify(TX, outcome)

    if outcome.failure in (Failure.TIMEOUT, Failure.BROKEN_OFF):
        assert verdict.next is Next.RESOLVE
    if verdict.next is Next.BISECT:
        assert outcome.body not in (Body.HTML, Body.OTHER)


def test_a_verdict_tells_it_staff_what_was_seen_and_no_diagnostics() -> None:
    verdict = classify(TX, Outcome(200, B.FHIR, issues=("invalid",), match=DIFFERS, tries=2))

    assert verdict.detail == (
        "transaction HTTP 200 body=fhir issues=invalid entries=differs tries=2"
    )
    assert classify(READ, Outcome(failure=F.TIMEOUT)).detail == "read timeout body=none tries=1"


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome(401), FaultKind.SIGNED_OUT),
        (Outcome(409), FaultKind.CONFLICT),
        (Outcome(422, B.FHIR), FaultKind.REFUSED),
        (Outcome(failure=F.TIMEOUT), FaultKind.OFFLINE),
    ],
)
def test_a_fault_says_what_the_user_can_do(outcome: Outcome, kind: FaultKind) -> None:
    fault = classify(TX, outcome).fault

    assert fault is not None
    assert fault.kind is kind
    assert fault.message.code.startswith("sync.verdict.")


def test_what_went_well_is_no_fault() -> None:
    assert classify(TX, Outcome(200, B.FHIR, match=MATCHES)).fault is None
    assert classify(READ, Outcome(200, B.FHIR)).fault is None


# --- the response, entry by entry

SENT = ("Task/1", "Basic/ws-outbox")
GOOD = (
    AnsweredEntry("200 OK", "https://cdr.example/fhir/Task/1/_history/4", 'W/"4"'),
    AnsweredEntry("201 Created", "Basic/ws-outbox/_history/8"),
)


def test_a_matching_answer_gives_the_version_of_every_entry() -> None:
    assert match_entries(SENT, GOOD) == {"Task/1": "4", "Basic/ws-outbox": "8"}


@pytest.mark.parametrize(
    "answered",
    [
        GOOD[:1],
        (*GOOD, GOOD[0]),
        GOOD[::-1],
        (AnsweredEntry("409 Conflict", GOOD[0].location), GOOD[1]),
        (AnsweredEntry("", GOOD[0].location), GOOD[1]),
        (AnsweredEntry("200 OK"), GOOD[1]),
        (AnsweredEntry("200 OK", "", 'W/"4"'), GOOD[1]),
        (AnsweredEntry("200 OK", GOOD[0].location, 'W/"5"'), GOOD[1]),
        (AnsweredEntry("200 OK", "Task/2/_history/4"), GOOD[1]),
    ],
)
def test_an_answer_that_does_not_match_proves_nothing(
    answered: tuple[AnsweredEntry, ...],
) -> None:
    assert match_entries(SENT, answered) is None


def test_a_request_that_names_a_resource_twice_cannot_be_matched() -> None:
    assert match_entries(("Task/1", "Task/1"), (GOOD[0], GOOD[0])) is None


@pytest.mark.parametrize(
    ("outcome", "alone"),
    [
        (Outcome(403, B.FHIR), True),
        (Outcome(500, B.HTML), True),
        (Outcome(failure=F.OVERLONG), True),
        (Outcome(503, B.HTML, retry_after=9), False),
        (Outcome(401), False),
        (Outcome(failure=F.TIMEOUT), False),
        (Outcome(200, B.HTML), False),
    ],
)
def test_a_question_may_fail_alone_only_while_the_connection_stands(
    outcome: Outcome, *, alone: bool
) -> None:
    assert classify(SEARCH, outcome).concerns_one_question is alone
