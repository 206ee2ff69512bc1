"""Why a score has no total, and what is said with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.decision.scores.results import Incomplete, Lack, Problem, Scored
from app.decision.scores.scoring import score
from app.decision.scores.spans import span_of
from app.decision.scores.tables import Band, Combining, in_unit
from app.domain.quantities import Quantity
from tests.unit.decision.scores import kit
from tests.unit.decision.scores.kit import AN_HOUR_AGO, NEWS2, NOW, SOFA


def test_every_missing_item_is_named_and_the_rest_is_shown() -> None:
    left = {k: v for k, v in NEWS2.items() if k not in ("pulse", "temperature")}
    found = kit.incomplete("NEWS2", left)

    assert found.missing == ("pulse", "temperature")
    assert found.stale == ()
    assert kit.points(found, "systolic") == 1
    assert found.origin.status == "draft"


def test_the_time_of_every_input_is_kept() -> None:
    found = kit.scored("NEWS2", NEWS2)

    assert {one.item: one.answer.at for one in found.inputs} == dict.fromkeys(NEWS2, AN_HOUR_AGO)


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        ("700 /min", Lack.IMPLAUSIBLE),
        ("70 mm[Hg]", Lack.UNIT),
        ("70 furlong", Lack.UNIT),
        ("NaN /min", Lack.UNIT),
        ("fast", Lack.UNKNOWN_ANSWER),
    ],
)
def test_an_answer_that_cannot_be_right_is_not_counted(text: str, lack: Lack) -> None:
    found = kit.incomplete("NEWS2", NEWS2 | {"pulse": text})

    assert found.problems == (Problem("pulse", lack, AN_HOUR_AGO),)


def test_an_option_and_a_flag_take_their_own_answers_only() -> None:
    flag = kit.incomplete("qSOFA", {"altered-mentation": "perhaps"})
    option = kit.incomplete("NEWS2", NEWS2 | {"oxygen": "mask"})
    number = kit.incomplete("NEWS2", NEWS2 | {"oxygen": "3 L/min"})

    assert "altered-mentation" in flag.lacking(Lack.UNKNOWN_ANSWER)
    assert option.lacking(Lack.UNKNOWN_ANSWER) == ("oxygen",)
    assert number.lacking(Lack.UNKNOWN_ANSWER) == ("oxygen",)


def test_an_answer_from_later_is_not_counted() -> None:
    later = kit.answers(NEWS2) | {"pulse": kit.answer("80 /min", NOW + timedelta(minutes=1))}
    found = score(kit.scores()["NEWS2"], later, NOW)

    assert isinstance(found, Incomplete)
    assert found.lacking(Lack.LATER) == ("pulse",)


@pytest.mark.parametrize(
    ("changed", "why"), [({"age": "15.9 a"}, "under 16"), ({"pregnant": "yes"}, "pregnancy")]
)
def test_news2_is_not_for_children_nor_for_pregnancy(changed: dict[str, str], why: str) -> None:
    found = kit.refused("NEWS2", NEWS2 | changed)

    assert [why in one.english for one in found.why] == [True]
    assert all(one.name for one in found.why)
    assert kit.total("NEWS2", NEWS2 | {"age": "16 a"}) == 10


def test_whom_it_is_not_for_is_said_before_what_is_missing() -> None:
    assert len(kit.refused("NEWS2", {"age": "3 a", "pregnant": "yes"}).why) == 2


def test_an_applicability_that_is_not_known_is_said() -> None:
    """Not refused: a ward where pregnancy is not recorded would have no score for any woman."""
    values = {k: v for k, v in NEWS2.items() if k not in ("age", "pregnant")}
    found = kit.scored("NEWS2", values)

    assert [one.item for one in found.without] == ["age", "pregnant"]
    assert kit.scored("NEWS2", NEWS2).without == ()


def test_what_may_be_left_out_is_named_when_it_is() -> None:
    values = {"age": "60 a", "temperature": "37 Cel", "pulse": "70 /min"}
    more = {"breaths": "18 /min", "wbc": "8 10*9/L"}
    found = kit.scored("SIRS", values | more)
    slip = kit.scored("SIRS", values | more | {"pco2": "3 mm[Hg]", "band-forms": "3 %"})

    assert [one.item for one in found.without] == ["pco2", "band-forms"]
    assert slip.without == (Problem("pco2", Lack.IMPLAUSIBLE, AN_HOUR_AGO),)


def test_what_is_computed_needs_what_it_is_computed_from_or_is_given() -> None:
    without = {k: v for k, v in SOFA.items() if k not in ("po2", "fio2")}

    assert kit.incomplete("SOFA", without).missing == ("po2", "fio2")
    given = kit.scored("SOFA", without | {"oxygenation": "150 mm[Hg]"})
    assert given.total == 13
    assert [one.item for one in given.without] == ["urine-day"]


def test_two_numbers_that_make_an_impossible_third_are_not_counted() -> None:
    found = kit.incomplete("SOFA", SOFA | {"po2": "700 mm[Hg]", "fio2": "0.21 1"})

    assert found.problems == (Problem("oxygenation", Lack.IMPLAUSIBLE),)


def test_a_computed_number_that_may_be_left_out_and_is_impossible_is_named() -> None:
    table = kit.scores()["Padua"]
    spare = tuple(replace(u, needed=u.needed and not u.computing) for u in table.uses)
    body = {"age": "60 a", "weight": "400 kg", "height": "20 cm"}
    values = kit.answers(kit.no_flags("Padua") | body)
    found = score(replace(table, uses=spare), values, NOW)

    assert isinstance(found, Scored)
    assert found.without == (Problem("mass-index", Lack.IMPLAUSIBLE),)


def test_nothing_by_which_to_divide_is_no_number() -> None:
    table = kit.scores()["SOFA"]
    open_span = tuple(
        replace(u, item=replace(u.item, plausible=span_of("any"))) if u.item.code == "fio2" else u
        for u in table.uses
    )
    found = score(replace(table, uses=open_span), kit.answers(SOFA | {"fio2": "0 1"}), NOW)

    assert isinstance(found, Incomplete)
    assert found.problems == (Problem("oxygenation", Lack.IMPLAUSIBLE),)


def test_a_number_without_a_band_is_not_counted_as_0() -> None:
    table = kit.scores()["qSOFA"]
    holed = tuple(
        replace(u, bands=(Band("/min", (), span_of(">=22"), Decimal(1)),))
        if u.item.code == "breaths"
        else u
        for u in table.uses
    )
    values = {"age": "60 a", "breaths": "12 /min", "systolic": "90 mm[Hg]"}
    found = score(
        replace(table, uses=holed), kit.answers(values | {"altered-mentation": "no"}), NOW
    )

    assert isinstance(found, Incomplete)
    assert found.problems == (Problem("breaths", Lack.UNBANDED, None),)


def test_a_score_for_which_nothing_is_known_has_no_total() -> None:
    table = kit.scores()["KDIGO-AKI"]
    spare = tuple(replace(use, needed=False) for use in table.uses if use.part == "urine-output")
    found = score(replace(table, uses=spare, limits=()), {}, NOW)

    assert isinstance(found, Incomplete)
    assert found.missing == ("urine-6h", "urine-12h", "urine-24h")
    assert table.combining is Combining.MOST


def test_units_convert_for_the_substance_they_are_told_for() -> None:
    conversions = kit.scores()["SOFA"].conversions
    one = Quantity(Decimal(1), "mg/dL")

    assert in_unit(one, "umol/L", "14682-9", conversions) == Decimal("88.4")
    assert in_unit(one, "umol/L", "14631-6", conversions) == Decimal("17.1")
    assert in_unit(one, "umol/L", "", conversions) is None


def test_the_rise_is_named_when_nothing_says_where_it_began() -> None:
    values = {k: v for k, v in kit.KIDNEY.items() if k != "creatinine-lowest-48h"}
    found = kit.scored("KDIGO-AKI", values | {"creatinine": "400 umol/L"})

    assert found.total == 3
    assert "creatinine-lowest-48h" in [one.item for one in found.without]
    assert "creatinine-rise" not in [one.item for one in found.without]


def test_a_default_of_the_publication_is_taken_and_said_but_only_for_silence() -> None:
    silent = {k: v for k, v in NEWS2.items() if k != "saturation-scale"}
    found = kit.scored("NEWS2", silent)

    assert found.total == 10
    assert [(one.item, one.answer) for one in found.taken] == [("saturation-scale", "1")]
    assert "prescribed" in found.taken[0].why.english
    assert kit.scored("NEWS2", NEWS2).taken == ()
    wrong = kit.incomplete("NEWS2", NEWS2 | {"saturation-scale": "3"})
    assert wrong.lacking(Lack.UNKNOWN_ANSWER) == ("saturation-scale",)


def test_a_choice_between_bands_is_asked_only_where_it_matters() -> None:
    """Vincent 1996: support decides below a PaO2/FiO2 of 200, and nowhere else."""
    unsaid = {k: v for k, v in SOFA.items() if k not in ("ventilation", "po2", "fio2")}
    high = kit.scored("SOFA", unsaid | {"oxygenation": "350 mm[Hg]"})

    assert kit.points(high, "respiration") == 1
    assert [one.item for one in high.without] == ["urine-day"]
    low = kit.incomplete("SOFA", unsaid | {"oxygenation": "150 mm[Hg]"})
    assert low.missing == ("ventilation",)


@pytest.mark.parametrize(
    ("rate", "asked"), [("0.2", ()), ("0.05", ("dopamine-rate", "epinephrine-rate"))]
)
def test_what_can_add_nothing_any_more_is_not_asked(rate: str, asked: tuple[str, ...]) -> None:
    others = ("systolic", "diastolic", "dopamine-rate", "dobutamine-rate", "epinephrine-rate")
    only = {k: v for k, v in SOFA.items() if k not in others}
    found = kit.result("SOFA", only | {"norepinephrine-rate": f"{rate} ug/kg/min"})

    assert (found.missing if isinstance(found, Incomplete) else ()) == asked


def test_something_may_stand_in_for_an_item_and_nothing_does_for_both() -> None:
    rest = {"age": "60 a", "breaths": "24 /min", "systolic": "120 mm[Hg]"}

    assert kit.incomplete("qSOFA", rest).missing == ("altered-mentation",)
    assert kit.total("qSOFA", rest | {"gcs": "14 {score}"}) == 2
    assert kit.total("qSOFA", rest | {"gcs": "15 {score}"}) == 1
    assert kit.total("qSOFA", rest | {"altered-mentation": "yes", "gcs": "15 {score}"}) == 2


def test_all_of_what_stands_in_must_be_known() -> None:
    flags = ("heart-failure", "hypertension", "diabetes", "stroke-embolism", "vascular-disease")
    rest = dict.fromkeys(flags, "no") | {"sex": "male"}

    assert kit.incomplete("CHA2DS2-VASc", rest | {"age-75": "no"}).missing == ("age",)
    assert kit.total("CHA2DS2-VASc", rest | {"age-75": "no", "age-65-74": "yes"}) == 1
    assert kit.total("CHA2DS2-VASc", rest | {"age-75": "yes"}) == 2
