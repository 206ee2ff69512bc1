"""Infusions stay together, whatever is asked of the list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import OrderClass, OrderKind, OrderLine
from tests.support.chart_kit import an_order
from ui.orders.listing import Tab, found, in_tab, of_class, tab_of, units_of

KINDS = [None, *OrderKind]
STATUSES = ["active", "on-hold", "draft", "stopped", "completed"]


@st.composite
def some_lines(draw: st.DrawFn) -> tuple[OrderLine, ...]:
    count = draw(st.integers(0, 12))
    lines = []
    for n in range(count):
        group = draw(st.sampled_from(["", "g", "h"]))
        lines.append(
            OrderLine(
                an_order(
                    f"o{n}",
                    draw(st.sampled_from(STATUSES)),
                    kind=draw(st.sampled_from(KINDS)),
                    order_class=draw(st.sampled_from([OrderClass.MEDICATION, OrderClass.NURSING])),
                    group=group,
                    place=n if group else 0,
                )
            )
        )
    return tuple(draw(st.permutations(lines)))


@given(some_lines())
def test_every_order_stands_in_exactly_one_tab(lines: tuple[OrderLine, ...]) -> None:
    shown = [line.order.id for tab in Tab for line in in_tab(lines, tab)]

    assert sorted(shown) == sorted(line.order.id for line in lines)


@given(some_lines(), st.sampled_from(["", "medication", "nursing"]))
def test_an_infusion_is_never_torn_apart(lines: tuple[OrderLine, ...], wanted: str) -> None:
    for tab in Tab:
        shown = of_class(in_tab(lines, tab), wanted)
        for group in ("g", "h"):
            places = [n for n, line in enumerate(shown) if line.order.group == group]
            members = [line.order.place for line in shown if line.order.group == group]
            every = [line.order.place for line in lines if line.order.group == group]
            assert not places or places == list(range(places[0], places[0] + len(places)))
            assert members in ([], sorted(every))


def test_what_holds_until_it_is_stopped_is_long_term_and_what_is_done_once_temporary() -> None:
    told = {kind: tab_of((OrderLine(an_order("a", kind=kind)),)) for kind in KINDS}

    long_term = {kind for kind, tab in told.items() if tab is Tab.LONG_TERM}
    assert long_term == {OrderKind.LONG_TERM, OrderKind.PRN, None}


def test_an_infusion_of_which_one_member_still_holds_has_not_ended() -> None:
    ended = OrderLine(an_order("a", "stopped", group="g"))
    holds = OrderLine(an_order("b", group="g", place=1))

    assert tab_of((ended, holds)) is Tab.LONG_TERM
    assert tab_of((ended,)) is Tab.ENDED


def test_an_infusion_stands_where_the_first_of_it_came() -> None:
    lines = [OrderLine(an_order(key, group=group, place=place)) for key, group, place in GROUPED]

    assert [[one.order.id for one in unit] for unit in units_of(lines)] == [
        ["x"],
        ["g1", "g2"],
        ["y"],
    ]


GROUPED = (("x", "", 0), ("g2", "g", 1), ("y", "", 0), ("g1", "g", 0))


def test_an_order_is_found_in_its_tab() -> None:
    drip = OrderLine(an_order("c", group="g"))
    lines = [OrderLine(an_order("a")), OrderLine(an_order("b", "stopped")), drip]

    assert found(lines, "b") == (Tab.ENDED, lines[1])
    assert found(lines, "a") == (Tab.LONG_TERM, lines[0])
    assert found(lines, "g") == (Tab.LONG_TERM, drip)
    assert found(lines, "other") is None
    assert found(lines, "") is None
