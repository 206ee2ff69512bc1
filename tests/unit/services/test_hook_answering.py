"""The local engine answers hooks out of what comes with them."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from app.decision.engine import Memory
from app.decision.findings import Moment
from app.decision.situation import AllergyStatus, Situation, Standing
from app.decision.verdict import Card, Verdict
from app.fhir.cds_hooks import HookCall, read_services, write_request
from app.fhir.cds_prefetch import Shelf, satisfied
from app.fhir.document import Document, Json
from app.ports.hook_answering import Given, Verdictless
from app.services.hook_answering import PREFETCH, EngineAnswering, service_of
from tests.support.builders import a_patient, an_allergy
from tests.support.cache_kit import SteppedClock
from tests.support.fake_deciding import small_knowledge
from tests.support.order_builders import a_medication_request
from tests.unit.services.test_hook_cards import a_finding, writing

DRAFT = a_medication_request("d1", status="draft")
SIGN = service_of(Moment.SIGN)
WHOLE: dict[str, Json] = {
    "patient": a_patient(),
    "medications": {
        "resourceType": "Bundle",
        "entry": [{"resource": a_medication_request("m1")}, {"resource": DRAFT}],
    },
    "allergies": {"resourceType": "Bundle", "entry": [{"resource": an_allergy()}]},
}


class Asking:
    """The service over an engine that finds something about every new line."""

    def __init__(self) -> None:
        self.situations: list[Situation] = []
        self.service = EngineAnswering(
            self._judge,
            small_knowledge,
            ZoneInfo("Asia/Shanghai"),
            writing(),
            SteppedClock(),
        )

    def _judge(self, situation: Situation, memory: Memory) -> Verdict:
        assert memory == {}
        self.situations.append(situation)
        found = [replace(a_finding(), lines=(line.key,)) for line in situation.new]
        return Verdict(tuple(Card(one.lines[0], one.tier, (one,)) for one in found), ())

    def ask(self, call: HookCall, prefetch: dict[str, Json], service: str = SIGN) -> Given:
        return self.service.answer(service, write_request(call, prefetch))


def a_call(hook: str = "order-sign", *drafts: Document, selected: tuple[str, ...] = ()) -> HookCall:
    told = tuple((str(one["id"]), one) for one in drafts or (DRAFT,))
    return HookCall(hook, "i-1", "Practitioner/w", "li-ming", "", told, selected)


def test_every_moment_is_a_service() -> None:
    offered = read_services(Asking().service.services())

    assert [one.hook for one in offered] == [moment.value for moment in Moment]
    assert len({one.id for one in offered}) == len(Moment)
    assert all(one.prefetch == PREFETCH for one in offered)


def test_our_own_client_can_answer_all_that_is_asked_of_it() -> None:
    shelf = Shelf("li-ming", lambda _: (), lambda _: a_patient(), {})
    context: dict[str, Json] = {"patientId": "li-ming"}
    assert set(satisfied(dict(PREFETCH), context, shelf)) == {key for key, _ in PREFETCH}


def test_the_engine_is_told_what_came_and_nothing_else() -> None:
    it = Asking()
    given = it.ask(a_call(), WHOLE)

    (situation,) = it.situations
    assert [(line.key, line.standing) for line in situation.lines] == [
        ("d1", Standing.NEW),
        ("order/m1", Standing.ACTIVE),
    ]
    assert situation.subject.allergy_status is AllergyStatus.RECORDED
    assert situation.subject.problems is None  # did not come
    assert situation.moment is Moment.SIGN
    assert given.body is not None and len(given.body["cards"]) == 1  # type: ignore[arg-type]


def test_while_choosing_only_what_was_chosen_is_told() -> None:
    it, other = Asking(), a_medication_request("d2", status="draft")
    service = service_of(Moment.SELECT)
    both = a_call("order-select", DRAFT, other)
    one = a_call("order-select", DRAFT, other, selected=("d2",))

    assert len(it.ask(both, WHOLE, service).body["cards"]) == 2  # type: ignore[index,arg-type]
    assert len(it.ask(one, WHOLE, service).body["cards"]) == 1  # type: ignore[index,arg-type]


@pytest.mark.parametrize(
    ("missing", "left"),
    [(("patient",), {"medications": None}), (("patient", "medications"), {"allergies": None})],
)
def test_without_what_is_needed_nothing_is_said(missing: tuple[str, ...], left: Json) -> None:
    assert isinstance(left, dict)
    given = Asking().ask(a_call(), left)
    assert given == Given(why=Verdictless.LACKS_DATA, missing=missing)


def test_what_is_no_call_of_this_service_is_refused() -> None:
    it = Asking()
    assert it.ask(a_call(), WHOLE, "other").why is Verdictless.UNKNOWN_SERVICE
    assert it.ask(a_call("order-select"), WHOLE).why is Verdictless.NOT_A_CALL
    assert it.service.answer(SIGN, []).why is Verdictless.NOT_A_CALL
    assert it.situations == []
