"""Orders by word of mouth, as a nurse writes them down in a physician's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.orders import Following, OrderClass, OrderDraft, OrderKind, objections
from app.domain.people import Privilege, Role
from app.domain.terms import OrderId, PractitionerId
from app.domain.verbal_orders import Situation
from app.fhir.verbal_tasks import CONFIRM_VERBAL, write_confirm_task
from app.kernel.faults import AppError
from app.services.access import AccessPolicy
from app.services.verbal_pack import situation_of
from tests.support.fake_keeping import FakeAccessAudit
from tests.unit.services.kit import ROLES
from tests.unit.services.ordering_kit import bag, drug, refusal, service
from tests.unit.services.verbal_kit import LI, OPERATION, RESCUE, Rescue, spoken, word

# --- what the nurse writes down


def test_an_order_by_word_of_mouth_holds_at_once_and_is_the_physicians() -> None:
    house = Rescue()

    (order,), _ = house.said()

    assert (order.status, order.requester, order.requester_name) == ("active", LI, "李医生")
    assert order.spoken == word(
        written_by=house.nurse.clinician.id, written_by_name=house.nurse.clinician.name.name
    )
    assert house.now(order) == order
    assert house.due(order)
    (act,) = house.acts.committed
    assert (act.kind, act.author) == ("order.verbal", house.nurse.clinician.id)


def test_who_wrote_it_down_is_recorder_and_signs_the_provenance() -> None:
    house = Rescue()

    (order,), _ = house.said()

    document = house.desk.held(order).document
    recorder = document["recorder"]
    assert isinstance(recorder, dict)
    assert recorder["reference"] == f"Practitioner/{house.nurse.clinician.id}"
    provenance = house.acts.committed[0].provenance
    assert provenance is not None
    assert f"Practitioner/{house.nurse.clinician.id}" in str(provenance["agent"])
    assert f"Practitioner/{LI}" not in str(provenance["agent"])


@pytest.mark.parametrize("situation", [RESCUE, OPERATION])
def test_the_physician_is_asked_to_confirm_it_within_the_limit_of_the_situation(
    situation: Situation,
) -> None:
    house = Rescue()

    house.said(spoken(spoken=word(situation=situation.term)))

    (task,) = house.tasks(CONFIRM_VERBAL)
    assert (task.owner, task.owner_name, task.status) == (LI, "李医生", "requested")
    assert task.due_at == house.clock.now() + situation.within


def test_a_bag_is_one_question() -> None:
    house = Rescue()
    drafts = (replace(one, kind=OrderKind.VERBAL, spoken=word()) for one in bag("氯化钠", "多巴胺"))

    orders, task = house.said(*drafts)

    shown = house.verbal.orders_of(house.physician, task)
    assert [one.id for one in shown] == [one.id for one in orders]
    house.verbal.confirm(house.physician, task, ())
    assert all(house.now(one).spoken.confirmed_at for one in orders)  # type: ignore[union-attr]  # they are verbal


def test_an_examination_is_ordered_by_word_of_mouth_too() -> None:
    house = Rescue()
    asked = service(OrderClass.LABORATORY, "血气分析", kind=OrderKind.VERBAL, spoken=word())

    (order,), _ = house.said(asked)

    assert house.now(order).spoken == order.spoken


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"spoken": word(read_back=False)}, "read_back", "order.verbal-not-read-back"),
        ({"spoken": word(situation=None)}, "situation", "order.verbal-no-situation"),
        ({"spoken": word(by=PractitionerId(""))}, "spoken_by", "order.verbal-nobody"),
        ({"kind": OrderKind.STAT}, "kind", "order.verbal-other-kind"),
        (
            {"replaces": OrderId("o"), "following": Following.REVISE},
            "following",
            "order.verbal-follows",
        ),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    more: dict[str, object], field: str, code: str
) -> None:
    (objection,) = objections(spoken(**more))

    assert (objection.field, objection.message.code) == (field, code)
    assert objections(spoken()) == ()


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (drug(kind=OrderKind.VERBAL), "order.verbal-nobody"),
        (spoken(spoken=word(by=PractitionerId("he"))), "order.verbal-not-a-physician"),
        (spoken(spoken=word(by=PractitionerId("zhao"))), "order.verbal-not-a-physician"),
        (
            service(OrderClass.DIET, "禁食", kind=OrderKind.VERBAL, spoken=word()),
            "order.verbal-not-this",
        ),
        (
            spoken(spoken=word(situation=replace(RESCUE.term, code="lunch"))),
            "order.verbal-no-situation",
        ),
        (
            spoken(spoken=word(situation=replace(RESCUE.term, system="urn:elsewhere"))),
            "order.verbal-no-situation",
        ),
    ],
)
def test_only_a_physician_orders_and_only_what_may_be_said(draft: OrderDraft, code: str) -> None:
    house = Rescue()

    with pytest.raises(AppError) as refused:
        house.verbal.enter(house.nurse, (draft,), ())

    assert refusal(refused) == code
    assert house.acts.committed == []


def test_the_choices_are_everybody_else_who_may_order_and_the_situations_of_the_pack() -> None:
    house = Rescue()

    assert [one.id for one in house.verbal.physicians(house.nurse)] == [LI]
    assert [one.term.code for one in house.verbal.situations] == ["rescue", "operation"]
    assert OrderClass.MEDICATION in house.verbal.classes
    assert OrderClass.DIET not in house.verbal.classes
    assert situation_of(None) is None


def test_a_nurse_signs_nothing_of_her_own_and_a_physician_writes_nothing_in_anothers_name() -> None:
    house = Rescue()
    for enter, who, draft in (
        (house.entry.sign_basket, house.nurse, drug()),
        (house.entry.sign_basket, house.doctor, spoken()),
        (house.entry.propose_basket, house.station.who(Role.TRAINEE, "xu"), spoken()),
        (house.verbal.enter, house.doctor, spoken()),
    ):
        with pytest.raises(AppError) as refused:
            enter(who, (draft,), ())
        assert refusal(refused) == "authority.not-allowed"

    anaesthetist = house.station.who(Role.ANAESTHETIST, "sun")
    orders = house.entry.sign_basket(anaesthetist, (drug(), spoken()), ())

    assert [one.requester for one in orders] == [anaesthetist.clinician.id, LI]


def test_what_was_said_before_is_written_down_with_its_own_time() -> None:
    house = Rescue()
    before = house.clock.now() - timedelta(minutes=20)

    (order,), _ = house.said(spoken(starts_at=before, dosage=drug().dosage))

    assert (order.starts_at, order.authored_at) == (before, house.clock.now())


def test_who_may_have_given_it_holds_the_privilege_to_order() -> None:
    roles = AccessPolicy(ROLES, FakeAccessAudit(), Rescue().clock).roles_with(Privilege.PLACE_ORDER)

    assert Role.RESIDENT in roles
    assert Role.ANAESTHETIST in roles
    assert roles.isdisjoint({Role.NURSE, Role.TRAINEE, Role.PHARMACIST, Role.IT})


def test_an_order_without_a_stay_is_asked_about_without_one() -> None:
    house = Rescue()
    (order,), _ = house.said()

    task = write_confirm_task(
        (replace(order, encounter=None),),
        word(),
        task_id="t",
        by=house.nurse,
        at=house.clock.now(),
        due=house.clock.now(),
    )

    assert "encounter" not in task
