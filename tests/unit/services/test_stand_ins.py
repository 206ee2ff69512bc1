from __future__ import annotations

from app.domain.people import Role
from app.fhir.countersigning import COUNTERSIGN_ORDER
from app.services.stand_ins import stands_in


def test_a_chief_sees_what_attendings_countersign() -> None:
    assert (Role.ATTENDING, COUNTERSIGN_ORDER) in stands_in(Role.CHIEF)


def test_an_attending_stands_in_for_nobody() -> None:
    assert stands_in(Role.ATTENDING) == ()
