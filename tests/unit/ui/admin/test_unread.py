"""What was not understood is counted by type and reason."""

from __future__ import annotations

from app.domain.terms import Ref
from tests.support.admin_kit import an_oddity
from tests.unit.ui.admin.test_admin_presenter import CHIEF, Bench
from ui.admin.state import Section, Unread, counted


def test_what_no_page_shows_comes_first_and_then_the_most_frequent() -> None:
    found = counted(
        (
            an_oddity("Observation/a", "incomplete.no-name", shown=True),
            an_oddity("Procedure/a", "unread.no-time Procedure"),
            an_oddity("CarePlan/a", "unread.no-page"),
            an_oddity("CarePlan/b", "unread.no-page"),
            an_oddity("Observation/b", "incomplete.no-name", shown=True),
        )
    )
    assert found == (
        Unread("CarePlan", "unread.no-page", "", False, (Ref("CarePlan/a"), Ref("CarePlan/b"))),
        Unread("Procedure", "unread.no-time", "Procedure", False, (Ref("Procedure/a"),)),
        Unread(
            "Observation",
            "incomplete.no-name",
            "",
            True,
            (Ref("Observation/a"), Ref("Observation/b")),
        ),
    )
    assert len({one.key for one in found}) == 3


def test_the_section_is_read_when_it_is_opened_and_a_document_counts_once() -> None:
    bench = Bench()
    assert bench.state.unread is None

    bench.office.odd = (
        an_oddity("Observation/a", "incomplete.no-name", shown=True),
        an_oddity("Observation/a", "incomplete.modifier", shown=True),
    )
    bench.presenter.open_section(Section.UNREAD.value)

    assert bench.state.has_read
    assert bench.state.unread_count == 1
    assert [one.reason for one in bench.state.unread or ()] == [
        "incomplete.modifier",
        "incomplete.no-name",
    ]


def test_a_role_that_looks_after_no_users_is_not_offered_it() -> None:
    assert Section.UNREAD not in Bench(session=CHIEF).state.sections
