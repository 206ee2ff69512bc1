"""Opening charts, the ward, drafts, the queue, administration, the audit on its way out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.chart import Overview
from app.domain.people import Role
from app.domain.sending import Connection, SendingStatus
from app.domain.terms import DraftId, GroupId, PatientId, PractitionerId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import AppError, FaultKind
from app.ports.keeping import Draft
from app.services.access import Access, AccessPolicy
from app.services.act_making import ActMaker
from app.services.audit_sending import AuditSending
from app.services.chart_reading import ChartReading
from app.services.drafting import Drafting
from app.services.publishing import PublishedActs, PublishedDrafts
from app.services.queue_keeping import QueueKeeping
from app.services.roles import read_roles
from app.services.ward_viewing import WardViewing, marked_patients
from tests.support.fake_acts import FakeActs
from tests.support.fake_keeping import FakeAccessAudit, FakeDrafts, FakePeople
from tests.unit.services.kit import (
    ELSEWHERE,
    NOW,
    PATIENT,
    REASON,
    ROLES,
    Numbers,
    OneChart,
    Wards,
    Watch,
    a_banner,
    an_opening,
    clinician,
    session,
)


def _code(refused: pytest.ExceptionInfo[AppError]) -> str:
    return refused.value.fault.message.code


@dataclass
class Desk:
    """A chart service over one patient, with its audit."""

    chart: OneChart = field(default_factory=OneChart)
    watch: Watch = field(default_factory=Watch)
    audit: FakeAccessAudit = field(default_factory=FakeAccessAudit)

    def __post_init__(self) -> None:
        self.policy = AccessPolicy(ROLES, self.audit, self.watch)
        self.charts = ChartReading(self.chart, self.policy, self.watch)

    @property
    def actions(self) -> list[str]:
        return [entry.action for entry in reversed(self.audit.entries())]


def test_a_chart_of_the_own_ward_opens_and_is_on_the_audit() -> None:
    desk = Desk()
    opening = desk.charts.open(session(), PATIENT)
    assert opening.access is Access.GRANTED
    assert opening.banner == a_banner()
    assert desk.actions == ["chart.open"]


def test_a_chart_of_another_ward_opens_for_a_reason_and_closes_after_four_hours() -> None:
    desk = Desk(OneChart(a_banner(ELSEWHERE)))
    assert desk.charts.open(session(), PATIENT).access is Access.NEEDS_REASON

    opening = desk.charts.break_glass(session(), PATIENT, REASON)

    assert opening.banner is not None
    assert desk.charts.banner(session(), PATIENT) == opening.banner
    assert desk.actions == ["chart.refused", "chart.break-glass"]
    assert desk.audit.entries(action="chart.break-glass")[0].reason == REASON
    desk.watch.at = NOW + timedelta(hours=4)
    with pytest.raises(AppError) as refused:
        desk.charts.banner(session(), PATIENT)
    assert _code(refused) == "access.not-granted"


def test_the_glass_is_not_broken_without_a_reason() -> None:
    desk = Desk(OneChart(a_banner(ELSEWHERE)))
    with pytest.raises(AppError) as refused:
        desk.charts.break_glass(session(), PATIENT, "急  ")
    assert _code(refused) == "access.reason-too-short"
    assert desk.actions == []


def test_a_trainee_may_not_break_the_glass() -> None:
    desk = Desk(OneChart(a_banner(ELSEWHERE)))
    trainee = session(clinician(Role.TRAINEE))
    assert desk.charts.open(trainee, PATIENT).access is Access.DENIED
    assert desk.policy.decide(session(clinician(Role.IT)), a_banner()) is Access.DENIED


def test_the_attending_reads_their_patient_on_any_ward() -> None:
    banner = a_banner(ELSEWHERE)
    assert banner.stay is not None
    mine = replace(banner, stay=replace(banner.stay, attending=PractitionerId("wang")))
    assert Desk(OneChart(mine)).charts.open(session(), PATIENT).access is Access.GRANTED


def test_without_a_stay_a_reason_is_asked_for() -> None:
    gone = replace(a_banner(), stay=None)
    assert Desk(OneChart(gone)).charts.open(session(), PATIENT).access is Access.NEEDS_REASON


def test_a_pharmacist_belongs_to_no_ward_and_reads_them_all() -> None:
    pharmacist = session(clinician(Role.PHARMACIST))
    opening = Desk(OneChart(a_banner(ELSEWHERE))).charts.open(pharmacist, PATIENT)
    assert opening.access is Access.GRANTED
    nobody = session(replace(clinician(), wards=()))
    assert Desk().charts.open(nobody, PATIENT).access is Access.GRANTED


def test_an_unknown_patient_is_not_here() -> None:
    with pytest.raises(AppError) as refused:
        Desk().charts.open(session(), PatientId("nobody"))
    assert _code(refused) == "chart.not-here"


def test_every_part_of_an_open_chart_can_be_read() -> None:
    overview = Overview(a_banner(), (), (), (), (), (), (), ())
    desk = Desk(OneChart(overview_now=overview))
    charts, who = desk.charts, session()
    assert charts.overview(who, PATIENT) is overview
    assert charts.vitals(who, PATIENT, 7) == ()
    assert charts.results(who, PATIENT) == ()
    assert charts.series(who, PATIENT, "2823-3") is None
    assert charts.reports(who, PATIENT) == ()
    assert charts.notes(who, PATIENT) == ()
    assert charts.orders(who, PATIENT) == ()
    assert charts.seen(who, PATIENT) == (("AllergyIntolerance/a", "3"),)
    assert charts.unreadable(who, PATIENT) == (("Observation/odd", "no code"),)


def test_an_overview_that_went_away_meanwhile_is_said() -> None:
    with pytest.raises(AppError) as refused:
        Desk().charts.overview(session(), PATIENT)
    assert _code(refused) == "chart.not-here"


def test_the_own_ward_stands_first() -> None:
    people = FakePeople()
    viewing = WardViewing(Wards(), people)  # type: ignore[arg-type]  # hits are plain words here
    who = session()
    assert [ward.id for ward in viewing.wards(who)] == ["ward-7", "ward-9"]
    assert viewing.board(who, ELSEWHERE).rows[0].bed == "1"
    assert viewing.my_patients(who)[0].bed == "2"
    assert viewing.find(who, "  lm ") == ("lm",)


def test_a_patient_is_marked_and_unmarked() -> None:
    people = FakePeople()
    viewing = WardViewing(Wards(), people)  # type: ignore[arg-type]  # hits are plain words here
    who = session()
    assert marked_patients(people, who.clinician.id) == ()
    viewing.mark(who, PATIENT, marked=True)
    viewing.mark(who, PATIENT, marked=True)
    assert marked_patients(people, who.clinician.id) == (PATIENT,)
    viewing.mark(who, PATIENT, marked=False)
    assert marked_patients(people, who.clinician.id) == ()


def test_a_draft_is_kept_replaced_and_thrown_away() -> None:
    drafts = FakeDrafts()
    drafting = Drafting(drafts, Watch(), Numbers())
    kept = drafting.keep(session(), "note", PATIENT, "一")
    assert drafting.keep(session(), "note", PATIENT, "一二", kept) == kept
    assert [d.body for d in drafting.open(session(), PATIENT)] == ["一二"]
    drafting.discard(session(), kept)
    drafting.discard(session(), kept)
    assert drafting.open(session()) == ()


def test_nobody_touches_anothers_draft() -> None:
    drafting = Drafting(FakeDrafts(), Watch(), Numbers())
    kept = drafting.keep(session(), "note", PATIENT, "一")
    other = session(clinician(key="li"))
    with pytest.raises(AppError) as overwriting:
        drafting.keep(other, "note", PATIENT, "二", kept)
    with pytest.raises(AppError) as discarding:
        drafting.discard(other, kept)
    assert {_code(overwriting), _code(discarding)} == {"draft.not-yours"}


def test_a_draft_is_news_once_and_when_it_goes() -> None:
    news: list[Changed] = []
    feed = ChangeFeed()
    feed.listen(news.append)
    drafts = PublishedDrafts(FakeDrafts(), feed)
    draft = Draft(DraftId("d"), "note", PATIENT, PractitionerId("wang"), "一", NOW)
    drafts.save(draft)
    drafts.save(replace(draft, body="一二"))
    assert drafts.open_for(PractitionerId("wang")) == (replace(draft, body="一二"),)
    drafts.discard(draft.id)
    drafts.discard(draft.id)
    drafts.save(replace(draft, id=DraftId("e"), patient=None))
    assert drafts.get(DraftId("e")) is not None
    assert [one.patients for one in news] == [{PATIENT}, {PATIENT}, frozenset()]


@pytest.mark.parametrize(
    ("patient", "draft"), [(PATIENT, None), (None, None), (PATIENT, DraftId("d"))]
)
def test_an_act_is_news_after_its_commit(patient: PatientId | None, draft: DraftId | None) -> None:
    news: list[Changed] = []
    feed = ChangeFeed()
    feed.listen(news.append)
    made = ActMaker(Watch(), Numbers()).make(
        "note.sign", session(), patient, (), draft=draft, kinds=frozenset({"note"})
    )
    PublishedActs(FakeActs(), feed).commit(made)
    wanted = {"note", "outbox"} | ({"draft"} if draft else set())
    assert news == [Changed(frozenset(wanted), frozenset({patient} if patient else ()))]


class Queue:
    """`QueueReads`, `SyncStore.release` and a status."""

    def __init__(self) -> None:
        self.released: list[GroupId] = []

    def queue(self) -> tuple[object, ...]:
        return ()

    def release(self, group: GroupId) -> None:
        self.released.append(group)

    def status(self) -> SendingStatus:
        return SendingStatus(Connection.OFFLINE)


def test_the_queue_is_read_and_a_group_put_back() -> None:
    queue = Queue()
    keeping = QueueKeeping(queue, queue, queue)  # type: ignore[arg-type]  # the methods it uses
    assert keeping.items(session()) == ()
    keeping.retry(session(), GroupId("g"))
    assert queue.released == ["g"]
    assert keeping.status().connection is Connection.OFFLINE
    assert keeping.fetching() is None


def test_the_audit_is_handed_over_once() -> None:
    audit, acts = FakeAccessAudit(), FakeActs()
    an_opening(audit, "wang")
    sending = AuditSending(audit, acts, ActMaker(Watch(), Numbers()))
    assert sending.hand_over(session()) == 1
    assert sending.hand_over(session()) == 0
    document = acts.committed[0].changes[0].document
    assert document["resourceType"] == "AuditEvent"


def test_a_kill_between_the_two_writes_repeats_nothing() -> None:
    audit, acts = FakeAccessAudit(), FakeActs()
    an_opening(audit, "wang")
    sending = AuditSending(audit, acts, ActMaker(Watch(), Numbers()))
    sending.hand_over(session())
    audit._sent = 0
    sending.hand_over(session())
    assert len(acts.committed) == 1


@pytest.mark.parametrize(
    "line", ["wizard\tsee-ward\tall", "nurse\tfly\tall", "nurse"], ids=["role", "right", "short"]
)
def test_a_pack_that_is_not_understood_is_refused_whole(tmp_path: Path, line: str) -> None:
    table = tmp_path / "privileges.tsv"
    table.write_text(f"role\tprivilege\tscope\nnurse\tsee-ward\tall\n{line}\n", encoding="utf-8")
    with pytest.raises(AppError) as refused:
        read_roles(table)
    assert refused.value.fault.kind is FaultKind.STORAGE
    assert "line 3" in refused.value.fault.detail
