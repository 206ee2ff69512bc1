"""Who may have given an order, as far as it is known here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.people import Clinician, Role
from app.domain.terms import Named, PractitionerId
from app.fhir.document import Document
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.staff import SqlStaff
from tests.support import builders as b
from tests.support.cache_kit import SCOPE, a_cache, a_piece, enrol, incoming

PLACING = frozenset({Role.ATTENDING, Role.CHIEF})
ENROLLED = Clinician(PractitionerId("dr-sun"), "sun", Named("孙医生"), Role.CHIEF)


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        opened.sync_store.put_scopes((SCOPE,))
        yield opened


def _download(hospital: OpenCache, *documents: Document) -> None:
    hospital.sync_store.apply(a_piece(*map(incoming, documents)))


def _found(hospital: OpenCache) -> list[tuple[str, str, Role]]:
    staff = SqlStaff(hospital.cache, hospital.people).holding(PLACING)
    return [(one.id, one.name.name, one.role) for one in staff]


def test_everybody_who_may_order_is_found_once_whoever_says_so(hospital: OpenCache) -> None:
    _download(
        hospital,
        b.a_practitioner("dr-wang", "王医生"),
        b.a_practitioner("dr-sun", "孙医生"),
        b.a_practitioner("n-zhao", "赵护士"),
        b.a_role("r1", "dr-wang", "attending"),
        b.a_role("r2", "dr-sun", "attending"),
        b.a_role("r3", "n-zhao", "nurse"),
    )
    hospital.people.save(ENROLLED)

    assert _found(hospital) == [
        ("dr-sun", "孙医生", Role.CHIEF),
        ("dr-wang", "王医生", Role.ATTENDING),
    ]


def test_who_left_or_has_no_name_cannot_be_chosen(hospital: OpenCache) -> None:
    _download(
        hospital,
        b.a_practitioner("dr-wang", "王医生"),
        b.a_role("r1", "dr-wang", "attending") | {"active": False},
        b.a_role("r2", "dr-nobody", "attending"),
    )
    hospital.people.save(replace(ENROLLED, active=False))

    assert _found(hospital) == []
