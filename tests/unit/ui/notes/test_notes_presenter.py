from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.notes import NoteStatus
from app.domain.people import Role
from app.kernel.changes import Changed
from app.kernel.faults import FaultKind, app_error
from tests.support.chart_kit import PATIENT, SEEN, ChartHouse, Screen, a_note
from tests.support.desk_kit import PatientRunner, a_desk
from ui.notes.presenter import NoteServices, NotesPresenter
from ui.notes.state import DRAFT, NoteForm

TYPED = NoteForm(title="查房", text="体温正常。")


def house(**more: object) -> ChartHouse:
    return ChartHouse(a_desk(), **more)  # type: ignore[arg-type]  # passed on as they are


def opened(at: ChartHouse, focus: str = "") -> NotesPresenter:
    services = NoteServices(at.charts, at.notes, at.drafting, at.signatures)
    scope, feed = at.desk.scope(), at.desk.feed
    return NotesPresenter(Screen(), at.visit(focus), PATIENT, services, scope, feed)


def test_the_newest_note_is_shown_first() -> None:
    at = house()
    at.reads.note_list = (a_note("new"), a_note("old"))

    assert opened(at).state.current == "new"


def test_a_focus_leads_to_its_note() -> None:
    at = house()
    at.reads.note_list = (a_note("new"), a_note("old"))

    assert opened(at, "DocumentReference/old").state.current == "old"


def test_what_is_typed_is_kept_under_one_draft() -> None:
    at = house()
    page = opened(at)
    page.new()

    page.edit(TYPED)
    page.edit(replace(TYPED, text="体温正常，咳嗽减轻。"))

    (kept,) = at.drafting.open(at.session(), PATIENT)
    assert NoteForm.of(kept.body) == replace(TYPED, text="体温正常，咳嗽减轻。")


def test_after_a_kill_the_draft_is_back_with_its_time() -> None:
    at = house()
    first = opened(at)
    first.new()
    first.edit(TYPED)

    again = opened(at).state

    assert again.form == TYPED
    assert again.current == DRAFT
    assert again.restored_at == at.clock.now()


def test_a_restored_draft_goes_on_under_its_own_id() -> None:
    at = house()
    first = opened(at)
    first.new()
    first.edit(TYPED)

    opened(at).edit(replace(TYPED, text="后来"))

    assert len(at.drafting.open(at.session(), PATIENT)) == 1


def test_an_emptied_form_leaves_no_draft() -> None:
    at = house()
    page = opened(at)
    page.new()
    page.edit(TYPED)

    page.edit(NoteForm())

    assert at.drafting.open(at.session(), PATIENT) == ()


def test_signing_takes_the_draft_away_in_the_same_act() -> None:
    at = house()
    page = opened(at)
    page.new()
    page.edit(TYPED)

    page.sign()

    (act,) = at.acts.committed
    assert act.kind == "note.sign"
    assert act.draft is not None
    assert act.read_set == SEEN
    assert at.drafting.open(at.session(), PATIENT) == ()
    assert page.state.form is None
    assert page.state.notice is not None
    assert page.state.notice.code == "notes.signed"


def test_a_signature_behind_an_unfinished_save_still_takes_its_draft() -> None:
    runner = PatientRunner()
    at = ChartHouse(a_desk(runner))
    page = opened(at)
    runner.go_on()
    page.new()

    page.edit(TYPED)
    page.sign()
    runner.go_on()
    runner.go_on()

    assert len(at.acts.committed) == 1
    assert at.drafting.open(at.session(), PATIENT) == ()


def test_a_trainee_submits_for_countersignature() -> None:
    at = house(role=Role.TRAINEE)
    page = opened(at)
    page.new()
    page.edit(TYPED)

    page.sign()

    assert page.state.notice is not None
    assert page.state.notice.code == "notes.signed.waits"


def test_an_empty_note_is_not_signed_and_says_why() -> None:
    at = house()
    page = opened(at)
    page.new()
    page.edit(NoteForm(title="只有标题"))

    page.sign()

    assert [one.field for one in page.state.objections] == ["text"]
    assert at.acts.committed == []


def test_on_a_fault_the_text_stays() -> None:
    at = house()
    page = opened(at)
    page.new()
    page.edit(TYPED)
    at.acts.refusing = app_error(FaultKind.STORAGE, "storage.full")

    page.sign()

    assert page.state.form == TYPED
    assert page.state.act_fault is not None
    assert len(at.drafting.open(at.session(), PATIENT)) == 1


def test_after_the_lease_nothing_is_signed_and_the_draft_is_kept() -> None:
    at = house(lease=timedelta(hours=-1))
    page = opened(at)
    page.new()
    page.edit(TYPED)

    page.sign()

    assert page.state.act_fault is not None
    assert page.state.act_fault.kind is FaultKind.SIGNED_OUT
    assert len(at.drafting.open(at.session(), PATIENT)) == 1


def test_a_discarded_draft_is_gone() -> None:
    at = house()
    page = opened(at)
    page.new()
    page.edit(TYPED)

    page.discard()

    assert page.state.form is None
    assert at.drafting.open(at.session(), PATIENT) == ()


@pytest.mark.parametrize(
    ("role", "by", "status", "may"),
    [
        (Role.ATTENDING, "li", NoteStatus.PRELIMINARY, True),
        (Role.ATTENDING, "wang", NoteStatus.PRELIMINARY, False),
        (Role.ATTENDING, "li", NoteStatus.FINAL, False),
        (Role.TRAINEE, "li", NoteStatus.PRELIMINARY, False),
    ],
)
def test_only_a_senior_countersigns_and_not_their_own(
    role: Role, by: str, status: NoteStatus, *, may: bool
) -> None:
    at = house(role=role)
    at.reads.note_list = (a_note("n", status, by),)

    assert opened(at).state.can_countersign is may


def test_news_of_another_patient_is_not_read() -> None:
    at = house()
    opened(at)
    before = at.reads.readings

    at.desk.feed.publish(Changed(frozenset({"note"}), frozenset({"somebody-else"})))
    assert at.reads.readings == before

    at.desk.feed.publish(Changed(frozenset({"note"}), frozenset({PATIENT})))
    assert at.reads.readings == before + 1


def test_a_page_that_was_left_hears_nothing() -> None:
    at = house()
    page = opened(at)
    page.close()
    before = at.reads.readings

    at.desk.feed.publish(Changed(frozenset({"note"}), frozenset({PATIENT})))

    assert at.reads.readings == before


@pytest.mark.parametrize("body", ["", "[]", "{", "null", "3"])
def test_a_body_that_is_no_form_is_no_form(body: str) -> None:
    assert NoteForm.of(body) is None
