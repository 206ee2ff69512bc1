from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.commands.unread import lines
from app.domain.people import Clinician, Privilege, Role, Session
from app.domain.terms import Named, PatientId, PractitionerId, Ref
from app.kernel.faults import AppError, FaultKind
from app.ports.reading import Oddity
from app.services.input_watching import InputWatching
from resources.catalogue import LANGUAGES, Catalogue
from tests.support.desk_kit import a_session

WHO = Clinician(PractitionerId("it"), "it", Named("Wen Itsu"), Role.IT)
ODD = (
    Oddity(Ref("Procedure/p"), PatientId("li"), "unread.no-time Procedure", shown=False),
    Oddity(Ref("Observation"), None, "storage.no-version", shown=False),
    Oddity(Ref("Condition/c"), PatientId("li"), "incomplete.no-name", shown=True),
    Oddity(Ref("Condition/d"), PatientId("li"), "incomplete.no-name", shown=True),
)


@dataclass
class FakeOddities:
    found: tuple[Oddity, ...] = ODD

    def oddities(self) -> tuple[Oddity, ...]:
        return self.found


def test_it_reads_what_was_not_understood() -> None:
    assert InputWatching(FakeOddities()).not_understood(a_session(WHO)) == ODD


def test_nobody_else_does() -> None:
    session: Session = a_session(WHO, lacks=frozenset({Privilege.MANAGE_USERS}))

    with pytest.raises(AppError) as refused:
        InputWatching(FakeOddities()).not_understood(session)

    assert refused.value.fault.kind is FaultKind.REFUSED


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_counts_by_kind_and_reason_and_names_each_document(language: str) -> None:
    catalogue = Catalogue.load(language)

    said = list(lines(ODD, catalogue))

    assert said[0] == "on no page: 2 documents"
    assert any("2  Condition" in line for line in said)
    assert any("Procedure/p  [unread.no-time Procedure]" in line for line in said)
    assert not any("⟦" in line for line in said)


def test_a_long_list_is_cut_and_says_so() -> None:
    many = tuple(
        Oddity(Ref(f"Procedure/{n}"), None, "unread.no-time", shown=False) for n in range(230)
    )

    said = list(lines(many, Catalogue.load("en")))

    assert "      … 30 more" in said


def test_an_empty_list_says_that_nothing_was_odd() -> None:
    assert list(lines((), Catalogue.load("en"))) == [
        "on no page: 0 documents",
        "shown in part: 0 documents",
    ]
