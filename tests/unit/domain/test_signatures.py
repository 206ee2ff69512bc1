"""What signatures under one document are worth together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.signatures import (
    SignatureState,
    Signed,
    SignerRole,
    newest_of_each_role,
    standing,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
AUTHOR, SENIOR = SignerRole.AUTHOR, SignerRole.COUNTERSIGNER


def signed(role: SignerRole, state: SignatureState, minutes: int = 0) -> Signed:
    return Signed(None, role.value, role, NOW + timedelta(minutes=minutes), state)


def test_without_a_signature_nothing_is_signed() -> None:
    assert standing(()) is SignatureState.UNSIGNED


def test_both_hold() -> None:
    both = (signed(SENIOR, SignatureState.VALID, 5), signed(AUTHOR, SignatureState.VALID))

    assert standing(both) is SignatureState.VALID
    assert [one.role for one in newest_of_each_role(both)] == [AUTHOR, SENIOR]


@pytest.mark.parametrize(
    "worse", [SignatureState.UNKNOWN_KEY, SignatureState.SUPERSEDED, SignatureState.BROKEN]
)
def test_the_worse_of_the_two_counts(worse: SignatureState) -> None:
    assert standing((signed(AUTHOR, SignatureState.VALID), signed(SENIOR, worse))) is worse


def test_whoever_signs_anew_speaks_for_the_part() -> None:
    old, anew = signed(AUTHOR, SignatureState.SUPERSEDED), signed(AUTHOR, SignatureState.VALID, 9)

    assert standing((anew, old)) is SignatureState.VALID


def test_a_signature_without_a_time_is_the_oldest() -> None:
    undated = Signed(None, "", AUTHOR, None, SignatureState.BROKEN)

    assert standing((undated, signed(AUTHOR, SignatureState.VALID))) is SignatureState.VALID
