"""Absence is asked about, never acted upon; clocks are judged in minutes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import Ref
from sync.reconcile import (
    Difference,
    Removal,
    Skew,
    clock_verdict,
    differences,
    digest,
    removal,
)
from sync.versions import Version
from tests.sync.pure.cases import MANY, NOON, at


def _versions(**ids: str) -> dict[Ref, Version]:
    return {Ref(f"Task/{name}"): Version(one) for name, one in ids.items()}


def test_each_kind_of_difference_is_told_apart() -> None:
    server = _versions(same="3", newer="5", older="2", extra="1")
    local = _versions(same="3", newer="4", older="4", missing="1", unsent="")

    found = differences(server, local, frozenset({Ref("Task/unsent")}))

    assert found == Difference(
        download=(Ref("Task/extra"), Ref("Task/newer")),
        confirm=(Ref("Task/missing"),),
        regressed=(Ref("Task/older"),),
    )
    assert not found.none


def test_equal_lists_differ_in_nothing() -> None:
    assert differences(_versions(a="1"), _versions(a="1")).none


_LISTS = st.dictionaries(st.sampled_from([Ref(f"Task/{n}") for n in range(5)]), st.text("12"))


@MANY
@given(_LISTS, _LISTS)
def test_digests_are_equal_exactly_when_the_lists_are(
    one: dict[Ref, str], other: dict[Ref, str]
) -> None:
    assert (digest(one) == digest(other)) is (one == other)
    assert digest(dict(reversed(one.items()))) == digest(one)


@pytest.mark.parametrize(
    ("status", "clean", "unsent"),
    [
        (200, Removal.REINDEX, Removal.REINDEX),
        (410, Removal.BURY, Removal.CONFLICT),
        (404, Removal.BURY_WITH_ALARM, Removal.CONFLICT),
        (403, Removal.EVICT, Removal.KEEP),
        (500, Removal.KEEP, Removal.KEEP),
        (0, Removal.KEEP, Removal.KEEP),
    ],
)
def test_a_document_goes_only_when_the_server_says_so_and_nothing_unsent_touches_it(
    status: int, clean: Removal, unsent: Removal
) -> None:
    assert removal(status, unsent=False) is clean
    assert removal(status, unsent=True) is unsent


@pytest.mark.parametrize(
    ("seconds", "skew", "may_sign"),
    [
        (0, Skew.FINE, True),
        (120, Skew.FINE, True),
        (121, Skew.WARN, True),
        (-121, Skew.WARN, True),
        (300, Skew.WARN, True),
        (301, Skew.BLOCK_SIGNING, False),
        (-301, Skew.BLOCK_SIGNING, False),
    ],
)
def test_two_minutes_warn_and_five_stop_signing(
    seconds: int, skew: Skew, *, may_sign: bool
) -> None:
    verdict = clock_verdict(NOON, at(seconds))

    assert (verdict.skew, verdict.may_sign) == (skew, may_sign)
    if skew is Skew.FINE:
        assert verdict.message is None
    else:
        assert verdict.message is not None
        assert dict(verdict.message.parameters) == {"seconds": abs(seconds)}
