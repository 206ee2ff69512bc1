from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.orders import Dosage
from app.domain.people import Role
from app.domain.terms import Term
from app.kernel.faults import FaultKind, app_error
from app.services.order_catalogue import Item
from tests.support.basket_kit import RIGHT, Written, presented
from tests.support.chart_kit import NOW, PATIENT, SEEN, ChartHouse
from tests.support.desk_kit import a_desk

AMOXICILLIN = Term("阿莫西林", "urn:wardone:formulary", "neml2026-006", "Amoxicillin")


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def fill(one: Written, **more: str) -> None:
    """Write an order into the form, as a person does."""
    one.page.writing.new()
    form = one.page.state.form
    assert form is not None
    changes = {"dose": "0.5", "unit": "g", "route": "po", "frequency": "tid", **more}
    one.page.writing.edit(replace(form, **changes))  # type: ignore[arg-type]  # texts, all of them
    one.page.writing.pick(Item(AMOXICILLIN))


def written(at: ChartHouse, *doses: str) -> Written:
    one = presented(at)
    for dose in doses:
        fill(one, dose=dose)
        one.page.writing.put()
    return one


def doses(one: Written) -> list[str]:
    return [str(draft.dosage.dose) for draft in one.basket.state.basket.drafts]


def kept(at: ChartHouse) -> list[str]:
    return [draft.kind for draft in at.drafting.open(at.session(), PATIENT)]


def test_opening_creates_nothing(at: ChartHouse) -> None:
    one = presented(at)

    assert kept(at) == []
    assert not one.basket.state.shown


def test_after_a_kill_the_basket_is_back(at: ChartHouse) -> None:
    before = written(at, "0.5", "1")

    again = presented(at)

    assert again.basket.state.basket == before.basket.state.basket
    assert doses(again) == ["0.5", "1"]
    assert again.basket.state.restored_at == NOW


def test_a_body_of_another_format_is_left_where_it_is(at: ChartHouse) -> None:
    at.drafting.keep(at.session(), "basket", PATIENT, '{"basket": 99}')

    one = written(at, "1")

    assert doses(one) == ["1"]
    assert len(at.drafting.open(at.session(), PATIENT)) == 2


def test_the_last_one_removed_leaves_no_draft(at: ChartHouse) -> None:
    one = written(at, "1")

    one.basket.remove(one.basket.state.basket.items[0].key)

    assert kept(at) == []
    assert presented(at).basket.state.count == 0


def test_emptying_takes_all_of_them(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")

    one.basket.clear()

    assert (one.basket.state.count, kept(at)) == (0, [])


def test_what_could_not_be_kept_is_not_shown_as_if_it_were(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")
    at.drafts.refusing = app_error(FaultKind.STORAGE, "storage.full")

    one.basket.remove(one.basket.state.basket.items[0].key)

    assert doses(one) == ["0.5", "1"]
    assert one.basket.state.fault is not None
    assert doses(presented(at)) == ["0.5", "1"]


def test_an_order_is_changed_in_the_form_and_stays_where_it_was(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")
    first = one.basket.state.basket.items[0].key
    one.page.writing.take_out(first)
    form = one.page.state.form
    assert form is not None
    assert (form.dose, form.unit, form.route, form.item) == ("0.5", "g", "po", AMOXICILLIN)
    assert doses(one) == ["0.5", "1"]

    one.page.writing.edit(replace(form, dose="2"))
    one.page.writing.put()

    assert doses(one) == ["2", "1"]
    assert one.basket.state.basket.items[0].key == first


def test_killed_while_an_order_is_changed_it_is_there_once(at: ChartHouse) -> None:
    one = written(at, "0.5")
    one.page.writing.take_out(one.basket.state.basket.items[0].key)
    form = one.page.state.form
    assert form is not None
    one.page.writing.edit(replace(form, dose="2"))

    again = presented(at)
    again.page.writing.put()

    assert doses(again) == ["2"]


def test_a_half_written_form_is_not_swept_away_by_another(at: ChartHouse) -> None:
    one = written(at, "0.5")
    fill(one, dose="1,5")

    one.page.writing.take_out(one.basket.state.basket.items[0].key)

    assert one.page.state.form is not None
    assert one.page.state.form.dose == "1,5"
    assert one.page.state.notice is not None
    assert one.page.state.notice.code == "basket.form_first"


def test_a_whole_form_goes_into_the_basket_before_another_comes(at: ChartHouse) -> None:
    one = written(at, "0.5")
    fill(one, dose="3")

    one.page.writing.take_out(one.basket.state.basket.items[0].key)

    assert doses(one) == ["0.5", "3"]
    assert one.page.state.form is not None
    assert one.page.state.form.dose == "0.5"


def test_all_are_signed_at_once_for_this_stay(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")

    assert one.basket.ask()
    one.basket.sign(RIGHT)

    assert [act.kind for act in at.acts.committed] == ["order.place"] * 2
    assert {act.read_set for act in at.acts.committed} == {SEEN}
    for act in at.acts.committed:
        assert act.changes[0].document["encounter"] == {"reference": "Encounter/stay-1"}
    assert one.basket.state.count == 0
    assert one.basket.state.notice is not None
    assert one.basket.state.notice.code == "basket.signed"
    assert kept(at) == []
    assert presented(at).basket.state.count == 0


def test_a_wrong_passphrase_keeps_everything_and_says_so(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")

    one.basket.ask()
    one.basket.sign("not it")

    assert at.acts.committed == []
    assert doses(one) == ["0.5", "1"]
    assert one.basket.state.fault is not None
    assert one.basket.state.fault.message.code == "vault.wrong-passphrase"
    assert doses(presented(at)) == ["0.5", "1"]

    one.basket.ask()
    one.basket.sign(RIGHT)

    assert len(at.acts.committed) == 2
    assert one.basket.state.fault is None


def test_nothing_is_signed_that_no_sheet_has_shown(at: ChartHouse) -> None:
    one = written(at, "0.5")

    one.basket.sign(RIGHT)

    assert at.acts.committed == []


def test_an_incomplete_order_keeps_the_basket_from_being_signed(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")
    draft = replace(one.basket.state.basket.drafts[0], dosage=Dosage())
    one.basket.put_all((replace(draft, item=None),))
    bad = one.basket.state.basket.items[-1].key

    assert one.basket.state.wrong[bad][0].field == "item"
    assert not one.basket.ask()

    one.basket.remove(bad)

    assert one.basket.ask()


def test_a_trainee_sends_to_countersignature(at: ChartHouse) -> None:
    at.role = Role.TRAINEE
    one = written(at, "0.5")
    assert one.basket.state.proposes

    one.basket.ask()
    one.basket.sign(RIGHT)

    (act,) = at.acts.committed
    assert act.kind == "order.propose"
    assert one.basket.state.notice is not None
    assert one.basket.state.notice.code == "basket.proposed"
    assert kept(at) == []


def test_who_may_not_order_puts_nothing_there(at: ChartHouse) -> None:
    draft = written(at, "0.5").basket.state.basket.drafts[0]
    at.role = Role.PHARMACIST
    one = presented(at)

    one.page.writing.new()
    one.basket.put_all((draft,))

    assert not one.basket.ready
    assert one.basket.state.count == 0


def test_marked_orders_run_as_one_infusion_and_apart_again(at: ChartHouse) -> None:
    one = written(at, "0.5", "1", "2")
    first, _, last = (item.key for item in one.basket.state.basket.items)

    one.basket.mark((first, last))
    one.basket.group()

    assert doses(one) == ["0.5", "2", "1"]
    groups = [draft.group for draft in one.basket.state.basket.drafts]
    assert groups[0] == groups[1] != ""
    assert groups[2] == ""
    assert presented(at).basket.state.basket == one.basket.state.basket

    one.basket.group()

    assert {draft.group for draft in one.basket.state.basket.drafts} == {""}


def test_a_single_mark_makes_no_group(at: ChartHouse) -> None:
    one = written(at, "0.5", "1")

    one.basket.mark((one.basket.state.basket.items[0].key,))
    one.basket.group()

    assert {draft.group for draft in one.basket.state.basket.drafts} == {""}
