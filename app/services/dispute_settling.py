"""A person decides what the program must not: whose version counts, and what is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.disputes import Comparison, Discarding, Dispute, DisputeKind, ToldBy
from app.domain.people import Privilege, Session
from app.domain.provenance import Told
from app.domain.terms import GroupId, Ref
from app.fhir.comparison import agreements, author_of, differences
from app.fhir.document import Document
from app.fhir.provenance import maker_of, write_provenance
from app.fhir.versions import last_updated_of
from app.kernel.clock import Clock, Ids
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act
from app.ports.disputes import Decision, Disputes, Sides
from app.services.access import AccessPolicy
from app.services.authority import needs
from app.services.decision_rules import BannerOf, DecisionRules
from app.services.order_settling import ways_of

HighRisk = Callable[[Document], bool]


class DisputeSettling:
    """Shows the versions side by side, and carries out what the clinician decided.

    What stands in a version is chart content: whoever may not open the chart is not shown it here
    either, and decides nothing about it.

    `high_risk` says of a document whether a wrong decision can harm at once (safety class A).
    """

    def __init__(
        self,
        disputes: Disputes,
        policy: AccessPolicy,
        banner: BannerOf,
        high_risk: HighRisk,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._disputes = disputes
        self._policy = policy
        self._high_risk = high_risk
        self._rules = DecisionRules(policy, banner, clock)
        self._ids = ids

    @needs(Privilege.SEE_QUEUE)
    def disputes(self, session: Session) -> tuple[Dispute, ...]:  # noqa: ARG002 - read by the guard
        return self._disputes.disputes()

    @needs(Privilege.SEE_QUEUE)
    def compare(self, session: Session, dispute: int) -> Comparison | None:
        """The versions element by element; None when it is open no longer.

        Raises:
            AppError: `REFUSED` when this chart is not open to the session.
        """
        sides = self._disputes.sides(dispute)
        if sides is None:
            return None
        self._rules.must_be_open(session, sides.dispute.patient)
        told = maker_of(sides.theirs, sides.base, sides.provenances) if sides.theirs else None
        return Comparison(
            dispute=sides.dispute,
            differences=differences(sides.base, sides.mine, sides.theirs),
            same=agreements(sides.base, sides.mine, sides.theirs),
            deleted_there=sides.theirs is None,
            their_version=sides.their_version,
            their_author=told.author_name if told is not None else author_of(sides.theirs),
            their_time=_when(sides, told),
            high_risk=self._is_high_risk(sides),
            told_by=ToldBy.DOCUMENT if told is None else ToldBy.RECORD,
            their_reason=told.reason if told is not None else "",
            findings=sides.findings,
            ways=ways_of(sides),
        )

    @needs(Privilege.SEE_QUEUE)
    def discarding(self, session: Session, groups: tuple[GroupId, ...]) -> Discarding:  # noqa: ARG002 - read by the guard
        """What taking `groups` back would take back with them."""
        acts = self._disputes.resting_on(groups)
        documents = self._disputes.documents_of(tuple(act.group for act in acts))
        return Discarding(acts, any(self._high_risk(one) for one in documents))

    @needs(Privilege.RESOLVE_CONFLICT)
    def keep_mine(self, session: Session, dispute: int, reason: str) -> None:
        """Send my version over the hospital's newest, which was on screen beside it.

        Raises:
            AppError: `REFUSED` without a reason or the chart, or for a dose given twice, which a
                report ends; `CONFLICT` when it is open no longer.
        """
        sides = self._disputes.sides(dispute)
        if sides is None:
            raise app_error(FaultKind.CONFLICT, "dispute.over", "not open")
        if sides.dispute.kind is DisputeKind.DUPLICATE_ACT:
            raise app_error(FaultKind.REFUSED, "dispute.needs-report", "both were given")
        self._rules.must_be_open(session, sides.dispute.patient)
        decision = self._rules.decision(session, reason)
        self._disputes.keep_mine(dispute, self._act(session, sides, decision), decision)
        self._policy.write_down(session, "conflict.keep-mine", sides.dispute.patient, reason)

    @needs(Privilege.RESOLVE_CONFLICT)
    def take_back(
        self, session: Session, shown: Discarding, reason: str, witness: Session | None = None
    ) -> tuple[Ref, ...]:
        """Take acts back for good. The hospital's version stands; what was written stays on record.

        Raises:
            AppError: `REFUSED` without a reason or the chart, or without a second person where one
                is needed; `CONFLICT` when something of it was sent, or more has come to rest on it.
        """
        for act in shown.acts:
            self._rules.must_be_open(session, act.patient)
        decision = self._rules.witnessed(session, reason, witness, high_risk=shown.high_risk)
        groups = tuple(act.group for act in shown.acts)
        changed = self._disputes.discard(groups, decision)
        for act in shown.acts:
            self._policy.write_down(session, "act.discard", act.patient, reason, act.act)
        return changed

    def _is_high_risk(self, sides: Sides) -> bool:
        there = (sides.base, sides.mine, sides.theirs)
        return any(self._high_risk(one) for one in there if one is not None)

    def _act(self, session: Session, sides: Sides, decision: Decision) -> Act:
        """The decision's Provenance: who, why, and which version was passed over (sync.md §7.6)."""
        ref = sides.dispute.ref
        seen = f"{ref}/_history/{sides.their_version}"
        entities = (("revision", Ref(seen)),) if sides.their_version else ()
        return Act(
            group=GroupId(self._ids.new()),
            kind="conflict.keep-mine",
            patient=sides.dispute.patient,
            author=decision.by,
            at=decision.at,
            changes=(),
            read_set=(),
            provenance=write_provenance(
                provenance_id=self._ids.new(),
                targets=(ref,),
                author=decision.by,
                occurred=decision.at,
                recorded=decision.at,
                activity="conflict.keep-mine",
                author_name=session.clinician.name.name,
                reason=decision.reason,
                entities=entities,
            ),
            reason=decision.reason,
        )


def _when(sides: Sides, told: Told | None) -> datetime | None:
    """When it was done, else when the hospital took it in."""
    if told is not None and told.at is not None:
        return told.at
    return last_updated_of(sides.theirs) if sides.theirs is not None else None
