"""A disputed order becomes a new one, in one step with taking the old act back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.disputes import Discarding, DisputeKind, ToldBy, Way
from app.domain.people import Privilege, Role, Session
from app.fhir.document import Document
from app.fhir.elements import at
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act
from app.ports.disputes import Sides
from app.services.order_settling import ways_of
from tests.support.disputes_kit import DOSE_CHANGED, DOSED, Bench, two_orders
from tests.unit.services.kit import clinician, session

SENIOR = session(clinician(Role.CHIEF, "li"))
SHOWN = Discarding((DOSED,), high_risk=True)


def a_bench(sides: Sides | None = None) -> Bench:
    bench = Bench(open_disputes=[DOSE_CHANGED])
    if sides is not None:
        bench.sides_now[DOSE_CHANGED.id] = sides
    return bench


def order(
    bench: Bench,
    way: Way,
    who: Session | None = None,
    reason: str = "按体重",
    witness: Session | None = SENIOR,
) -> Act:
    orders = bench.deciding.orders
    orders.order_anew(who or session(), DOSE_CHANGED.id, way, SHOWN, reason, witness)
    assert bench.instead is not None
    return bench.instead


def documents(act: Act) -> list[Document]:
    return [change.document for change in act.changes]


def test_mine_becomes_an_order_of_its_own() -> None:
    bench = a_bench()

    act = order(bench, Way.ANEW)

    mine, *others = documents(act)
    assert (act.kind, act.reason) == ("order.reissue", "按体重")
    assert mine["id"] != "m-2"
    assert at(mine, "dosageInstruction", 0, "text") == "100 mg 口服 每日一次"
    assert at(mine, "requester", "display") == session().clinician.name.name
    assert not any(one["resourceType"] == "MedicationRequest" for one in others)
    ((groups, decision),) = bench.taken_back
    assert (groups, decision.witness) == ((DOSED.group,), "li")


def test_theirs_is_stopped_for_the_reason_given() -> None:
    bench = a_bench()

    act = order(bench, Way.REPLACE)

    mine, *others = documents(act)
    (theirs,) = [one for one in others if one["resourceType"] == "MedicationRequest"]
    stamps = [c.stamp for c in act.changes if c.document is theirs]
    assert act.kind == "order.replace"
    assert mine["priorPrescription"] == {"reference": "MedicationRequest/m-2"}
    assert (theirs["id"], theirs["status"]) == ("m-2", "stopped")
    assert at(theirs, "statusReason", "text") == "按体重"
    assert stamps == ["stamp"]


def refusal(bench: Bench, **how: object) -> tuple[FaultKind, str]:
    asked: dict[str, object] = {"way": Way.REPLACE} | how
    with pytest.raises(AppError) as caught:
        order(bench, **asked)  # type: ignore[arg-type]  # as the test names them
    assert bench.taken_back == []
    return caught.value.fault.kind, caught.value.fault.message.code


def test_it_needs_a_reason_and_a_second_person() -> None:
    refused = FaultKind.REFUSED

    assert refusal(a_bench(), reason=" ") == (refused, "dispute.reason-missing")
    assert refusal(a_bench(), witness=None) == (refused, "dispute.witness-missing")
    assert refusal(a_bench(), witness=session()) == (refused, "dispute.witness-same")


@pytest.mark.parametrize("lacking", [Privilege.RESOLVE_CONFLICT, Privilege.STOP_ORDER])
def test_it_needs_every_privilege_it_uses(lacking: Privilege) -> None:
    weak = replace(session(), may=session().may - {lacking})

    assert refusal(a_bench(), who=weak)[1] == "authority.not-allowed"


def test_one_who_may_not_stop_may_still_order_beside() -> None:
    weak = replace(session(), may=session().may - {Privilege.STOP_ORDER})

    assert order(a_bench(), Way.ANEW, weak).kind == "order.reissue"


def test_what_is_over_is_over() -> None:
    bench = a_bench()
    bench.sides_now.clear()

    assert refusal(bench) == (FaultKind.CONFLICT, "dispute.over")


def test_an_order_with_objections_is_not_signed() -> None:
    whole = two_orders()
    assert whole.mine is not None
    spoilt = whole.mine | {"dosageInstruction": [{"text": "按医嘱"}]}

    assert refusal(a_bench(replace(whole, mine=spoilt)))[1] == "order.missing-dose"


def test_the_ways_follow_from_what_holds() -> None:
    both = two_orders()
    assert both.mine is not None
    ended: Document = both.mine | {"status": "stopped"}
    note: Document = {"resourceType": "DocumentReference", "id": "n"}
    overtaken = replace(DOSE_CHANGED, kind=DisputeKind.CHANGED_SINCE_SIGNED)

    assert ways_of(both) == {Way.ANEW, Way.REPLACE}
    assert ways_of(replace(both, theirs=None)) == {Way.ANEW}
    assert ways_of(replace(both, theirs=ended)) == {Way.ANEW}
    assert ways_of(replace(both, mine=ended)) == frozenset()
    assert ways_of(replace(both, mine=note, theirs=note)) == frozenset()
    assert ways_of(replace(both, dispute=overtaken)) == frozenset()


def test_a_way_that_is_not_open_is_refused() -> None:
    alone = replace(two_orders(), theirs=None)

    assert refusal(a_bench(alone))[1] == "dispute.not-this-way"


def test_the_comparison_says_who_by_the_record_or_by_the_document() -> None:
    bench = a_bench()
    told = bench.deciding.settling.compare(session(), DOSE_CHANGED.id)
    bench.sides_now[DOSE_CHANGED.id] = replace(two_orders(), provenances=())
    guessed = bench.deciding.settling.compare(session(), DOSE_CHANGED.id)

    assert told is not None
    assert guessed is not None
    assert (told.told_by, told.their_author, told.their_reason) == (
        ToldBy.RECORD,
        "陈国栋",
        "肾功能减退",
    )
    assert (guessed.told_by, guessed.their_author, guessed.their_reason) == (
        ToldBy.DOCUMENT,
        "陈国栋",
        "",
    )
    assert told.ways == {Way.ANEW, Way.REPLACE}
