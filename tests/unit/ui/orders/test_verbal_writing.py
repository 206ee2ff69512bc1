"""What a nurse writes down by word of mouth: one kind, in a physician's name, kept at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.baskets import BasketItem
from app.domain.orders import OrderClass, OrderDraft, OrderKind
from app.domain.people import Role
from app.domain.verbal_orders import Spoken
from app.kernel.faults import Fault, FaultKind, app_error
from app.services.verbal_pack import situations
from tests.support.basket_kit import RIGHT, Written, presented
from tests.support.bedside_kit import PHYSICIAN, ZHAO, nurse_signs_in, physician_signs_in
from tests.support.chart_kit import PATIENT, ChartHouse
from tests.support.desk_kit import a_desk
from ui.orders.form import EVERYTHING, OrderForm
from ui.orders.turning import by_word
from ui.orders.verbal_state import (
    NOTHING_CHOSEN,
    VerbalChoices,
    VerbalForm,
    chosen_before,
    heard_anew,
)

RESCUE, OPERATION = (one.term for one in situations())
SAID = Spoken(PHYSICIAN.id, PHYSICIAN.name.name, RESCUE, read_back=True)
LINE = "amoxicillin 500 mg po tid"


@pytest.fixture
def at() -> ChartHouse:
    return nurse_signs_in(ChartHouse(a_desk()))


def write(one: Written, *lines: str) -> Written:
    for line in lines:
        one.page.writing.new()
        one.page.writing.type_line(line)
        one.page.writing.put()
    return one


def drafts(one: Written) -> tuple[OrderDraft, ...]:
    return one.basket.state.basket.drafts


def say(one: Written, spoken: Spoken = SAID) -> list[Fault | None]:
    """The sheet was open, and was answered."""
    heard: list[Fault | None] = []

    def answer(_: VerbalChoices) -> None:
        one.basket.say(spoken, heard.append)

    one.basket.ask_whose(answer)
    return heard


def _nobody(_: Fault | None) -> None:
    """It is asked of the basket."""


def codes(one: Written) -> list[str]:
    return [message.code for message in one.page.state.remarks]


# --- the form


def test_whatever_the_line_says_it_is_a_verbal_order(at: ChartHouse) -> None:
    one = presented(at)
    one.page.writing.new()
    one.page.writing.type_line(f"{LINE} 长期")
    assert codes(one) == ["verbal.one_kind"]
    form = one.page.state.form
    assert form is not None

    one.page.writing.edit(replace(form, kind=OrderKind.STAT.value))
    one.page.writing.put()

    assert [draft.kind for draft in drafts(one)] == [OrderKind.VERBAL]


def test_what_is_never_said_aloud_is_no_item(at: ChartHouse) -> None:
    one = presented(at)
    one.page.writing.new()
    one.page.writing.type_line("一级护理")

    assert codes(one) == ["order.verbal-not-this"]
    assert one.page.state.form is not None
    assert one.page.state.form.item is None
    one.page.writing.put()
    assert drafts(one) == ()


def test_only_what_may_be_said_is_found(at: ChartHouse) -> None:
    for house, found in ((at, 0), (physician_signs_in(ChartHouse(a_desk())), 1)):
        one = presented(house)
        one.page.writing.new()
        one.page.writing.choosing.search("一级护理")
        assert one.page.state.found is not None
        assert min(one.page.state.found.total, 1) == found


def test_a_physician_writes_every_kind_and_class() -> None:
    form = OrderForm(order_class=OrderClass.DIET.value, kind=OrderKind.PRN.value)

    assert by_word(form, None) == form
    assert by_word(form, frozenset({OrderClass.MEDICATION})) == replace(
        form, order_class=EVERYTHING, kind=OrderKind.VERBAL.value
    )


def test_sets_and_copies_do_not_come_into_her_basket(at: ChartHouse) -> None:
    (draft,) = drafts(write(presented(physician_signs_in(at)), LINE))
    one = presented(nurse_signs_in(at))

    one.basket.put_all((draft,))
    assert one.basket.state.count == 0
    assert not one.page.state.offers_sets

    doctor = presented(physician_signs_in(at))
    doctor.basket.put_all((draft,))
    assert doctor.basket.state.count == 2
    assert doctor.page.state.offers_sets


# --- whose it is


def test_nothing_is_signed_before_somebody_said_it(at: ChartHouse) -> None:
    one = write(presented(at), LINE)

    assert not one.basket.ask()
    one.basket.sign(RIGHT)
    assert at.acts.committed == []

    assert say(one) == [None]
    assert one.basket.ask()
    one.basket.sign(RIGHT)
    (act,) = at.acts.committed
    assert (act.kind, act.author) == ("order.verbal", ZHAO.id)
    assert one.basket.state.count == 0
    assert one.basket.state.notice is not None
    assert one.basket.state.notice.code == "verbal.entered"


def test_what_was_said_is_there_after_a_kill(at: ChartHouse) -> None:
    say(write(presented(at), LINE))

    again = presented(at)

    assert [draft.spoken for draft in drafts(again)] == [SAID]
    assert chosen_before(drafts(again)) == VerbalForm(PHYSICIAN.id, RESCUE.code, read_back=True)


def test_what_could_not_be_kept_is_not_signed(at: ChartHouse) -> None:
    one = write(presented(at), LINE)
    at.drafts.refusing = app_error(FaultKind.STORAGE, "storage.full")

    (fault,) = say(one)

    assert fault is not None
    assert not one.basket.ask()


def test_the_choices_are_read_and_offered(at: ChartHouse) -> None:
    heard: list[VerbalChoices] = []
    empty = presented(at)
    empty.basket.ask_whose(heard.append)
    assert heard == []

    one = write(presented(at), LINE)
    one.basket.ask_whose(heard.append)

    assert heard == [VerbalChoices((PHYSICIAN,), situations())]
    assert not one.basket.state.busy


def test_whoever_may_not_ask_hears_why(at: ChartHouse) -> None:
    heard: list[VerbalChoices] = []
    one = write(presented(at), LINE)
    at.role = Role.PHARMACIST

    one.basket.ask_whose(heard.append)

    assert heard == []
    assert one.basket.state.fault is not None
    assert one.basket.state.count == 1


def test_a_physician_is_not_asked_who_said_it(at: ChartHouse) -> None:
    heard: list[VerbalChoices] = []
    one = write(presented(physician_signs_in(at)), LINE)

    one.basket.ask_whose(heard.append)
    one.basket.say(SAID, _nobody)
    assert heard == []
    assert [draft.spoken for draft in drafts(one)] == [None]

    assert one.basket.ask()
    one.basket.sign(RIGHT)
    assert [act.kind for act in at.acts.committed] == ["order.place"]


def test_what_is_changed_afterwards_has_to_be_read_back_again(at: ChartHouse) -> None:
    one = write(presented(at), LINE)
    say(one)
    key = one.basket.state.basket.items[0].key
    one.page.writing.take_out(key)
    form = one.page.state.form
    assert form is not None

    one.page.writing.edit(replace(form, dose="250"))
    one.page.writing.put()

    (draft,) = drafts(one)
    assert draft.spoken == replace(SAID, read_back=False)
    assert not one.basket.ask()
    assert one.basket.state.can_sign  # the sheet asks for the tick


def test_what_is_put_back_unchanged_was_read_back(at: ChartHouse) -> None:
    one = write(presented(at), LINE)
    say(one)

    one.page.writing.take_out(one.basket.state.basket.items[0].key)
    one.page.writing.put()

    assert [draft.spoken for draft in drafts(one)] == [SAID]
    assert one.basket.ask()


def test_one_more_order_has_to_be_read_back_too(at: ChartHouse) -> None:
    one = write(presented(at), LINE)
    say(one)
    write(one, "metoprolol 25 mg po bid")

    assert not one.basket.ask()
    assert chosen_before(drafts(one)) == VerbalForm(PHYSICIAN.id, RESCUE.code)

    say(one)
    assert one.basket.ask()


def test_what_came_in_behind_the_sheet_was_not_said(at: ChartHouse) -> None:
    heard: list[VerbalChoices] = []
    one = write(presented(at), LINE)
    one.basket.ask_whose(heard.append)
    write(one, "metoprolol 25 mg po bid")

    one.basket.say(SAID, _nobody)

    assert [draft.spoken for draft in drafts(one)] == [SAID, None]
    assert not one.basket.ask()


# --- what was chosen before


def test_what_they_do_not_all_say_is_not_chosen() -> None:
    draft = OrderDraft(PATIENT, None)
    said = replace(draft, spoken=SAID)
    elsewhere = replace(draft, spoken=replace(SAID, situation=OPERATION))

    assert chosen_before((draft,)) == NOTHING_CHOSEN
    assert chosen_before((said, elsewhere)) == NOTHING_CHOSEN
    assert chosen_before((said, said)) == VerbalForm(PHYSICIAN.id, RESCUE.code, read_back=True)
    unsaid = replace(draft, spoken=replace(SAID, situation=None))
    assert chosen_before((unsaid,)) == VerbalForm(PHYSICIAN.id, "", read_back=True)


def test_an_order_of_ones_own_is_never_read_back() -> None:
    item = BasketItem("a", OrderDraft(PATIENT, None))

    assert heard_anew(None, item) == item
