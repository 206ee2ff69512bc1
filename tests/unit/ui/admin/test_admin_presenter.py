from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from app.domain.people import Clinician, Privilege, Session
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault
from app.kernel.tasks import TaskRunner, TaskScope
from app.ports.keeping import AuditVerdict
from tests.support.admin_kit import ROLES, SUN, ZHOU, Office
from tests.support.desk_kit import (
    NOW,
    WANG,
    Diary,
    ImmediateRunner,
    PatientRunner,
    a_session,
    a_visit,
)
from ui.admin.presenter import AdminPresenter
from ui.admin.state import AdminState, Section
from ui.admin.wiring import admin_privilege

CHIEF = a_session(lacks=frozenset({Privilege.MANAGE_USERS, Privilege.READ_AUDIT}))
NOBODY = a_session(
    lacks=frozenset({Privilege.MANAGE_USERS, Privilege.READ_AUDIT, Privilege.REVIEW_BREAK_GLASS})
)


@dataclass
class Screen:
    states: list[AdminState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    asked: list[Clinician] = field(default_factory=list)

    def show_state(self, state: AdminState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def ask_to_toggle(self, user: Clinician) -> None:
        self.asked.append(user)


class Bench:
    def __init__(
        self,
        focus: str = "",
        session: Session | None = None,
        runner: TaskRunner | None = None,
    ) -> None:
        self.office = Office()
        self.screen, self.feed = Screen(), ChangeFeed()
        self.presenter = AdminPresenter(
            self.screen,
            TaskScope(runner or ImmediateRunner()),
            self.feed,
            a_visit(Diary(), session, focus),
            self.office.sources,
        )

    @property
    def state(self) -> AdminState:
        return self.screen.states[-1]


def test_each_role_is_shown_its_own_sections() -> None:
    assert Bench().state.sections == tuple(Section)
    assert Bench(session=CHIEF).state.sections == (Section.BREAK_GLASS,)
    assert Bench(session=NOBODY).state.section is None


@pytest.mark.parametrize(
    ("session", "needs"),
    [(a_session(), Privilege.MANAGE_USERS), (CHIEF, Privilege.REVIEW_BREAK_GLASS)],
)
def test_the_page_is_offered_by_any_of_its_privileges(session: Session, needs: Privilege) -> None:
    assert admin_privilege(session) is needs
    assert session.can(admin_privilege(session))


def test_whoever_has_none_of_them_is_not_offered_the_page() -> None:
    assert not NOBODY.can(admin_privilege(NOBODY))


def test_a_section_that_is_not_offered_cannot_be_opened() -> None:
    bench = Bench(session=CHIEF)

    bench.presenter.open_section("users")

    assert bench.state.section is Section.BREAK_GLASS


def test_the_users_are_read_first() -> None:
    users = Bench().state.users

    assert users is not None
    assert {user.clinician.username for user in users} == {"wang", "zhouhm", "sunit"}


def test_a_user_is_closed_only_after_a_question() -> None:
    bench = Bench()
    bench.presenter.choose_user(ZHOU.id)

    bench.presenter.toggle_user()
    assert bench.screen.asked == [ZHOU]
    assert bench.office.is_active("zhouhm")

    bench.presenter.confirm_toggle(ZHOU.id)
    assert not bench.office.is_active("zhouhm")


def test_a_closed_user_is_reopened() -> None:
    bench = Bench()

    bench.presenter.confirm_toggle(SUN.id)

    assert bench.office.is_active("sunit")


def test_nobody_closes_themselves() -> None:
    bench = Bench()
    bench.presenter.choose_user(WANG.id)

    bench.presenter.toggle_user()
    bench.presenter.confirm_toggle(WANG.id)

    assert bench.screen.asked == []
    assert not bench.state.can_toggle
    assert bench.office.is_active("wang")


def test_the_matrix_is_that_of_the_pack() -> None:
    assert Bench("roles").state.matrix == ROLES.matrix


def test_the_audit_is_filtered_by_action_and_keeps_the_other_actions_to_choose_from() -> None:
    bench = Bench("audit")

    bench.presenter.filter_action("chart.open")

    assert [entry.action for entry in bench.state.entries or ()] == ["chart.open"]
    assert "odd.action" in bench.state.actions


def test_reading_the_audit_is_on_the_audit_once() -> None:
    bench = Bench("audit")

    bench.feed.publish(Changed(frozenset({"audit", "user"})))

    assert len(bench.office.audit.entries(action="audit.read")) == 1


def test_an_intact_chain_is_called_so_with_its_length_and_time() -> None:
    bench = Bench("audit")

    bench.presenter.verify()

    assert bench.state.verdict == AuditVerdict(7, intact=True)
    assert bench.state.checked_at == NOW


def test_a_broken_chain_says_where() -> None:
    bench = Bench("audit")
    bench.office.audit.torn_at = 4

    bench.presenter.verify()

    assert bench.state.verdict is not None
    assert bench.state.verdict.broken_at == 4


def test_the_last_verdict_is_taken_away_while_the_chain_is_checked_again() -> None:
    runner = PatientRunner()
    bench = Bench("audit", runner=runner)
    runner.go_on()
    bench.presenter.verify()
    runner.go_on()

    bench.presenter.verify()

    assert bench.state.busy
    assert bench.state.verdict is None


def test_the_opening_of_a_colleague_is_reviewed() -> None:
    bench = Bench("break-glass")
    assert bench.state.unreviewed == 2
    bench.presenter.choose_opening(3)

    bench.presenter.review()

    entry = bench.state.chosen_opening
    assert entry is not None
    assert entry.reviewed_by == "王建国"
    assert entry.reviewed_at == NOW
    assert bench.state.unreviewed == 1
    assert not bench.state.can_review


def test_ones_own_opening_cannot_be_reviewed() -> None:
    bench = Bench("break-glass")
    bench.presenter.choose_opening(4)

    bench.presenter.review()

    assert not bench.state.can_review
    assert bench.state.unreviewed == 2


def test_a_second_press_does_not_review_twice() -> None:
    runner = PatientRunner()
    bench = Bench("break-glass", runner=runner)
    runner.go_on()
    bench.presenter.choose_opening(3)

    bench.presenter.review()
    bench.presenter.review()
    runner.go_on()

    assert len(bench.office.audit.entries(action="audit.review")) == 1


def test_news_of_users_is_read() -> None:
    bench = Bench()
    bench.office.rename(ZHOU, "周敏")

    bench.feed.publish(Changed(frozenset({"user"})))

    assert "周敏" in {user.clinician.name.name for user in bench.state.users or ()}
