"""Doses given twice: found by every look, told once, ended by a report and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from app.domain.disputes import ActNamed, Dispute, DisputeKind
from app.domain.duplicates import Duplicate
from app.domain.people import Role
from app.domain.terms import GroupId, Ref, WardId
from app.fhir.alerts import has_report, lead_alert
from app.fhir.document import Document
from app.fhir.workflow import read_communication, read_task
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act
from app.ports.disputes import Decision, Sides
from app.services.access import AccessPolicy
from app.services.decision_rules import DecisionRules
from app.services.duplicate_watching import DuplicateWatching
from app.services.inbox_keeping import InboxKeeping
from app.services.publishing import PublishedDuplicates
from tests.support.fake_keeping import FakeAccessAudit
from tests.unit.services.dosing_kit import APART, Station, a_sent_dose, two_stations
from tests.unit.services.kit import PATIENT, ROLES, a_banner

Pair = tuple[Ref, Ref]


@dataclass
class Cases:
    """`DuplicateActs` and `Disputes`, as far as doses given twice use them."""

    station: Station
    found: dict[Pair, Duplicate] = field(default_factory=dict)
    kind: DisputeKind = DisputeKind.DUPLICATE_ACT
    gone: bool = False

    def open_duplicates(self) -> frozenset[Pair]:
        return frozenset(self.found)

    def keep_duplicates(
        self, found: tuple[Duplicate, ...], over: frozenset[Pair], at: datetime
    ) -> bool:
        del at
        before = dict(self.found)
        self.found |= {one.pair: one for one in found}
        for pair in over:
            self.found.pop(pair, None)
        return before != self.found

    def disputes(self) -> tuple[Dispute, ...]:
        return ()

    def sides(self, dispute: int) -> Sides | None:
        if not self.found:
            return None
        (pair,) = self.found
        shown = Dispute(dispute, self.kind, pair[1], PATIENT, "", (), self.station.clock.at)
        first, second = (self._document(ref) for ref in pair)
        return Sides(shown, None, second, None if self.gone else first, "")

    def _document(self, ref: Ref) -> Document | None:
        held = self.station.acts.held(ref)
        return None if held is None else held.document

    def resting_on(self, groups: Iterable[GroupId]) -> tuple[ActNamed, ...]:
        del groups
        return ()

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        del groups
        return ()

    def keep_mine(self, dispute: int, act: Act, decision: Decision) -> None:
        raise AssertionError((dispute, act, decision))

    def discard(
        self, groups: tuple[GroupId, ...], decision: Decision, instead: Act | None = None
    ) -> tuple[Ref, ...]:
        raise AssertionError((groups, decision, instead))


@dataclass
class Watch:
    """A workstation and its watch."""

    station: Station

    def __post_init__(self) -> None:
        self.cases = Cases(self.station)
        self.feed = ChangeFeed()
        self.heard: list[Changed] = []
        self.feed.listen(self.heard.append)
        policy = AccessPolicy(ROLES, FakeAccessAudit(), self.station.clock)
        self.watching = DuplicateWatching(
            self.station.acts,
            self.station.acts,
            self.station.maker,
            self.station.reads,
            PublishedDuplicates(self.cases, self.feed),
            self.cases,
            rules=DecisionRules(policy, lambda _: self.station.banner, self.station.clock),
        )

    def look(self) -> bool:
        return self.watching.look(self.station.nurse)

    def report(self, text: str = "患者无不适") -> None:
        self.watching.report(self.station.nurse, 1, text)


def given_twice() -> tuple[Watch, Watch, Pair]:
    """One dose, given on two workstations apart; each has heard of the other's by now."""
    one, other = two_stations()
    order, slot = a_sent_dose(one, other)
    refs = []
    for station in (one, other):
        station.online = False
        refs.append(station.give(order, slot, APART))
        one.clock.step(minutes=1)
    for mine, theirs in ((one, other), (other, one)):
        for document in mine.acts.documents("MedicationAdministration"):
            theirs.acts.download(document)
    return Watch(one), Watch(other), (refs[0], refs[1])


def refused(work: Callable[[], object]) -> tuple[FaultKind, str]:
    with pytest.raises(AppError) as caught:
        work()
    return caught.value.fault.kind, caught.value.fault.message.code


def test_both_workstations_find_the_same_case_and_raise_the_same_alerts() -> None:
    one, other, pair = given_twice()

    assert (one.look(), other.look()) == (True, True)

    assert one.cases.open_duplicates() == other.cases.open_duplicates() == {pair}
    alerts = [
        {t["id"]: read_task(t) for t in w.station.acts.documents("Task") if "input" in t}
        for w in (one, other)
    ]
    assert alerts[0].keys() == alerts[1].keys()
    owners = {(item.owner, item.owner_role) for item in alerts[0].values()}
    assert owners == {(None, "head-nurse"), ("zhao", ""), ("qian", "")}
    assert one.station.acts.committed[-1].kind == "duplicate.alert"


def test_another_look_finds_nothing_new_and_tells_nobody_again() -> None:
    one, _, _ = given_twice()
    one.look()
    acts, heard = len(one.station.acts.committed), len(one.heard)

    assert not one.look()

    assert (len(one.station.acts.committed), len(one.heard)) == (acts, heard)
    assert heard == 1


def test_a_look_after_a_kill_between_alert_and_case_makes_it_good() -> None:
    one, _, pair = given_twice()
    one.look()
    one.cases.found.clear()

    assert one.look()

    assert one.cases.open_duplicates() == {pair}


def test_where_nothing_was_given_twice_nothing_is_found() -> None:
    one, other = two_stations()
    order, slot = a_sent_dose(one, other)
    one.claiming.claim(one.nurse, slot)
    one.give(order, slot)
    watch = Watch(one)

    assert not watch.look()
    assert watch.cases.found == {}


def test_a_report_completes_the_leads_alert_and_reaches_all_three() -> None:
    one, _, pair = given_twice()
    one.look()

    one.report(" 患者无不适 ")

    assert one.cases.found == {}
    lead = one.station.acts.held(lead_alert(pair))
    assert lead is not None
    assert has_report(lead.document)
    told = [read_communication(m) for m in one.station.acts.documents("Communication")]
    assert {(m.owner, m.owner_role) for m in told} == {
        (None, "head-nurse"),
        ("zhao", ""),
        ("qian", ""),
    }
    assert {m.body for m in told} == {"患者无不适"}
    assert one.station.acts.committed[-1].kind == "duplicate.report"
    assert not one.look()
    assert len(one.station.acts.documents("MedicationAdministration")) == 2


def test_a_dose_whose_giver_nobody_recorded_is_reported_on_all_the_same() -> None:
    one, _, pair = given_twice()
    held = one.station.acts.held(pair[1])
    assert held is not None
    one.station.acts.download({k: v for k, v in held.document.items() if k != "performer"})
    one.look()

    one.report()

    told = [read_communication(m) for m in one.station.acts.documents("Communication")]
    assert {(m.owner, m.owner_role) for m in told} == {(None, "head-nurse"), ("zhao", "")}


def test_a_report_of_the_other_workstation_closes_the_case_here() -> None:
    one, other, pair = given_twice()
    one.look()
    other.look()
    one.report()
    lead = one.station.acts.held(lead_alert(pair))
    assert lead is not None
    other.station.acts.download(lead.document, "5")

    assert other.look()

    assert other.cases.found == {}


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("no text", "dispute.reason-missing"),
        ("over", "dispute.over"),
        ("another kind", "dispute.not-a-duplicate"),
        ("not here", "dispute.over"),
        ("no alert", "dispute.over"),
        ("another ward", "access.not-granted"),
    ],
)
def test_what_cannot_be_reported_on_says_why(how: str, code: str) -> None:
    one, _, pair = given_twice()
    one.look()
    match how:
        case "over":
            one.cases.found.clear()
        case "another kind":
            one.cases.kind = DisputeKind.BOTH_CHANGED
        case "not here":
            one.cases.gone = True
        case "no alert":
            one.station.acts._kept.pop(lead_alert(pair))
        case "another ward":
            one.station.banner = a_banner(WardId("elsewhere"))
        case _:
            pass

    assert refused(lambda: one.report(" " if how == "no text" else "x"))[1] == code
    assert one.station.acts.documents("Communication") == ()


def test_the_leads_alert_is_not_ticked_off_in_the_inbox_but_a_givers_own_is() -> None:
    one, _, pair = given_twice()
    one.look()
    station = one.station
    inbox = InboxKeeping(_NoReads(), station.acts, station.acts, station.maker)
    lead = station.acts.held(lead_alert(pair))
    assert lead is not None
    alerts = [one for one in station.acts.documents("Task") if "input" in one]
    mine = next(one for one in alerts if read_task(one).owner == "zhao")

    said = refused(lambda: inbox.complete(station.who(Role.HEAD_NURSE), read_task(lead.document)))
    inbox.complete(station.nurse, read_task(mine))

    assert said == (FaultKind.REFUSED, "inbox.report-first")
    done = station.acts.held(Ref(f"Task/{mine['id']}"))
    assert done is not None
    assert done.document["status"] == "completed"


class _NoReads:
    def inbox(self, clinician: object, role: object) -> tuple[()]:
        del clinician, role
        return ()
