"""What holds for every score and every answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.scores.results import Incomplete, Lack, Scored
from app.decision.scores.scoring import score
from app.decision.scores.tables import Answering, Combining, Score, Use
from tests.unit.decision.scores import kit
from tests.unit.decision.scores.kit import NOW

DRAWN = settings(max_examples=8, deadline=None)
EVERY = sorted(kit.scores())


def drawn(use: Use) -> st.SearchStrategy[str]:
    match use.item.answering:
        case Answering.FLAG:
            return st.sampled_from(["yes", "no"])
        case Answering.OPTION:
            return st.sampled_from([o.code for o in use.options if o.points is not None])
        case Answering.NUMBER:
            span = use.item.plausible
            low = Fraction(0) if span.low is None else span.low.at
            high = low + 1000 if span.high is None else span.high.at
            steps = st.integers(0, 200).map(lambda step: low + (high - low) * step / 200)
            inside = steps.filter(span.holds)
            return inside.map(lambda value: f"{round(Decimal(float(value)), 4)} {use.item.unit}")


def whole(table: Score) -> st.SearchStrategy[dict[str, str]]:
    """Answers to everything that is not computed, of an adult who is not pregnant."""
    spare = {item for use in table.uses for item in use.unless}
    uses = (use for use in table.uses if not use.computing and use.item.code not in spare)
    asked = {use.item.code: drawn(use) for use in uses}
    grown = {"age": st.integers(18, 110).map("{} a".format), "pregnant": st.just("no")}
    return st.fixed_dictionaries(asked | {k: v for k, v in grown.items() if k in asked})


@pytest.mark.parametrize("code", EVERY)
def test_a_whole_set_of_answers_has_a_total_and_its_parts_make_it(code: str) -> None:
    table = kit.scores()[code]

    @DRAWN
    @given(whole(table))
    def law(values: dict[str, str]) -> None:
        found = score(table, kit.answers(values), NOW)
        if isinstance(found, Incomplete):
            # Two plausible numbers may make a third that is not.
            assert found.lacking(Lack.IMPLAUSIBLE)
            return
        assert isinstance(found, Scored)
        points = [one.points for one in found.subscores]
        if table.combining is Combining.SUM:
            assert sum(points) == found.total
        if table.combining is Combining.MOST:
            assert max(points) == found.total
        assert {one.item for one in found.inputs} == set(values)
        assert (found.band is None) == (not table.grades)

    law()


@pytest.mark.parametrize("code", EVERY)
def test_the_order_of_the_answers_does_not_matter(code: str) -> None:
    table = kit.scores()[code]

    @DRAWN
    @given(whole(table))
    def law(values: dict[str, str]) -> None:
        backwards = dict(reversed(values.items()))
        assert kit.result(code, values) == kit.result(code, backwards)

    law()


@pytest.mark.parametrize("code", EVERY)
def test_without_an_item_that_is_needed_there_is_no_total_unless_it_could_not_change_it(
    code: str,
) -> None:
    table = kit.scores()[code]
    needed = [
        use.item.code
        for use in table.uses
        if use.needed and not use.computing and not use.needed_when and not use.unless
        if use.item.code not in table.defaults
    ]

    @DRAWN
    @given(whole(table), st.sampled_from(needed))
    def law(values: dict[str, str], left_out: str) -> None:
        before = score(table, kit.answers(values), NOW)
        del values[left_out]
        found = score(table, kit.answers(values), NOW)
        if isinstance(found, Incomplete):
            assert left_out in found.missing or isinstance(before, Incomplete)
            return
        assert isinstance(before, Scored)
        assert isinstance(found, Scored)
        assert found.total == before.total

    law()


@pytest.mark.parametrize("code", EVERY)
def test_an_old_answer_is_no_answer(code: str) -> None:
    table = kit.scores()[code]
    ageing = {u.item.code: u.stale for u in table.uses if u.stale and u.needed and not u.computing}

    @settings(max_examples=2, deadline=None)
    @given(whole(table))
    def law(values: dict[str, str]) -> None:
        for item, stale in ageing.items():
            given_ = kit.answers(values)
            fresh = given_ | {item: kit.answer(values[item], NOW - stale)}
            old = given_ | {item: kit.answer(values[item], NOW - stale - timedelta(seconds=1))}
            found, whole_ = score(table, old, NOW), score(table, fresh, NOW)
            if isinstance(found, Scored):
                # What it could add to its part stood there already.
                assert isinstance(whole_, Scored)
                assert found.total == whole_.total
                continue
            if isinstance(whole_, Incomplete):
                # Two plausible numbers that make a third that is not: nothing to compare with.
                continue
            assert isinstance(found, Incomplete)
            assert item in found.stale
            assert whole_ != found

    law()


MONOTONE = [
    (table.code, use.item.code)
    for table in kit.scores().values()
    for use in table.uses
    if len(use.bands) > 1 and all(band.unit == use.unit for band in use.bands)
    if not use.computing and not any(band.when for band in use.bands)
]
VALLEYS = {"breaths", "pulse", "temperature", "systolic", "wbc"}
"""Too low and too high both count: the points fall, then rise."""


@pytest.mark.parametrize(("code", "item"), MONOTONE)
def test_points_never_turn_back(code: str, item: str) -> None:
    use = next(one for one in kit.scores()[code].uses if one.item.code == item)
    ascending = sorted(use.bands, key=lambda b: b.span.low.at if b.span.low else Fraction(-1000))
    points = [band.points for band in ascending]
    turn = points.index(min(points))
    falling, rising = points[: turn + 1], points[turn:]

    assert falling == sorted(falling, reverse=True)
    assert rising == sorted(rising)
    if item not in VALLEYS:
        assert turn in (0, len(points) - 1) or len(set(falling)) == 1


@pytest.mark.parametrize(
    ("code", "values", "item", "other"),
    [
        ("NEWS2", kit.NEWS2, "temperature", "101.12 [degF]"),
        ("NEWS2", kit.NEWS2, "pulse", "112 {beats}/min"),
        ("NEWS2", kit.NEWS2, "age", "840 mo"),
        ("SOFA", kit.SOFA, "po2", "12 kPa"),
        ("SOFA", kit.SOFA, "fio2", "60 %"),
        ("SOFA", kit.SOFA, "platelets", "90 10*3/uL"),
        ("SOFA", kit.SOFA, "norepinephrine-rate", "6 ug/kg/h"),
        ("SOFA", kit.SOFA, "urine-day", "0.9 L/d"),
        ("SOFA", kit.SOFA, "creatinine", "0.18 mmol/L"),
        ("MELD", kit.LIVER, "creatinine", "132.6 umol/L"),
        ("MELD-3.0", kit.LIVER, "albumin", "28 g/L"),
        ("MELD-3.0", kit.LIVER, "bilirubin", "51.3 umol/L"),
        ("KDIGO-AKI", kit.KIDNEY, "creatinine-baseline", "1.13122 mg/dL"),
    ],
)
def test_another_unit_of_the_same_amount_has_the_same_total(
    code: str, values: dict[str, str], item: str, other: str
) -> None:
    assert kit.total(code, values | {item: other}) == kit.total(code, values)
