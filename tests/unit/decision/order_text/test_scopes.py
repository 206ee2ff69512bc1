"""Whose words are whose: lists, bags, headings, histories."""

from __future__ import annotations

import pytest

from tests.unit.decision.order_text.kit import one, read, why


def drugs(text: str) -> list[str]:
    return [line.drug.value for line in read(text).orders if line.drug is not None]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("青霉素过敏性休克", "allergy"),
        ("阿莫西林 0.5g po tid. Allergic", "allergy"),
        ("home meds: aspirin 100 mg qd; metformin 500 mg bid", "narrative"),
        ("停：阿司匹林 100mg qd；氯吡格雷 75mg qd", "negation"),
        ("was on aspirin 100 mg qd, metoprolol 25 mg bid", "narrative"),
        ("patient on warfarin 5 mg daily", "narrative"),
        ("K 2.9 mmol/l 氯化钾", "narrative"),
        ("change metoprolol to 50 mg po bid", "change-of-running"),
        ("阿莫西林 0.5g tid po 改为 1g", "change-of-running"),
        ("血糖 16.5", "nothing-to-order"),
        ("K+ 2.8", "nothing-to-order"),
        ("x" * 2001, "nothing-to-order"),
        ("阿司匹林 100mg po qd because grandma likes tablets very much", "unread"),
        ("the quick brown fox jumps over 12 lazy dogs and 500 mg", "nothing-to-order"),
        ("then 75 mg po qd", "nothing-to-order"),
    ],
)
def test_nothing_is_drafted_from(text: str, reason: str) -> None:
    if text.startswith("then"):
        assert drugs(text) == []
    else:
        assert why(text) == reason


def test_a_reason_is_no_condition() -> None:
    line = one("ondansetron 4 mg iv q8h prn if vomiting")

    assert line.prn is not None
    assert line.reason is not None
    assert line.reason.value == "vomiting"


def test_a_history_ends_where_somebody_orders() -> None:
    assert drugs("was on aspirin 100 mg qd, start clopidogrel 75 mg po qd") == ["clopidogrel"]
    assert drugs("home meds: aspirin 100 mg; give clopidogrel 75 mg po qd") == ["clopidogrel"]


def test_an_anaphylaxis_beside_a_dose_is_the_reason() -> None:
    line = one("肾上腺素 0.5mg im st 过敏性休克")

    assert line.reason is not None
    assert line.reason.value == "过敏性休克"


def test_a_bag_shares_route_rate_and_times() -> None:
    first, second = read("5%GS 500ml + 维C 2g + 维B6 0.2g ivgtt qd 40gtt/min").orders

    assert (first.group, second.group) == (1, 1)
    assert first.rate == second.rate
    assert first.diluent == second.diluent
    assert first.diluent is not None
    assert first.diluent.value.percent == "5%"


def test_whose_skin_test_it_is_is_said_only_where_it_is_clear() -> None:
    first, second = read("NS 100ml 皮试 + 头孢曲松 2g + 维C 2g ivgtt qd").orders

    assert (first.skin_test, second.skin_test) == (None, None)
    assert len(first.unread) == 1
    assert one("头孢他啶2g 加 NS100ml 静滴 q8h 皮试").skin_test is not None


def test_what_is_taken_by_mouth_is_in_no_bag() -> None:
    fluid, tablet = read("NS 100ml ivgtt qd 阿司匹林 100mg po qd").orders

    assert tablet.diluent is None
    assert fluid.drug is not None
    assert drugs("NS 100ml 阿司匹林 100mg po qd") == ["sodium chloride", "aspirin"]


def test_a_diluent_without_volume_or_strength_is_asked() -> None:
    assert one("头孢曲松 2g 加 NS 静滴 qd").ask == ("diluent",)
    assert one("GS 250ml + 氨溴索 30mg ivgtt bid").ask == ("diluent",)
    assert one("氯化钠 100ml + 氨溴索 30mg ivgtt bid").ask == ()


def test_a_drug_of_a_bag_that_nobody_knows_is_asked() -> None:
    (line,) = read("5%GS 250ml + 丹参注射液 20ml ivgtt qd").orders
    assert (line.ask, line.diluent is not None) == (("drug",), True)

    (line,) = read("NS 46ml + NE 4mg 泵入 5ml/h").orders
    assert line.proposals == ("norepinephrine",)

    assert drugs("NS 100ml 丹参注射液 ivgtt qd") == ["sodium chloride"]
    assert drugs("ivgtt qd NS 100ml 丹参") == ["sodium chloride"]


def test_words_before_a_name_belong_to_it() -> None:
    first, second = read("KCl 1g po tid 10% 葡萄糖酸钙 10ml iv st").orders
    assert second.strength is not None
    assert first.strength is None

    first, second = read("静滴 头孢曲松 2g qd 口服 阿莫西林 0.5g tid").orders
    assert first.route is not None
    assert second.route is not None
    assert (first.route.value, second.route.value) == ("IV_DRIP", "PO")

    (line,) = read("头孢曲松 2 g 100 ml NS 静滴 qd").orders
    assert line.diluent is not None
    assert line.diluent.value.volume is not None


def test_an_amount_stays_with_its_own_name() -> None:
    first, second = read("阿司匹林 100mg 氯吡格雷 75mg po qd").orders

    assert first.ask == ("route", "freq")
    assert second.ask == ()
    assert drugs("ceftriaxone 2 g iv qd aspirin") == ["ceftriaxone", "aspirin"]


def test_what_stands_once_after_a_list_stands_for_all_of_it() -> None:
    for text in ("阿司匹林100mg、氯吡格雷75mg po qd", "aspirin 100mg + clopidogrel 75mg po qd"):
        first, second = read(text).orders
        assert (first.route, first.freq) == (second.route, second.freq)
    first, _ = read("阿司匹林100mg qd、氯吡格雷75mg po qd").orders
    assert first.ask == ("route",)


def test_a_load_goes_on_and_a_taper_does_not() -> None:
    assert drugs("clopidogrel 300 mg po stat then 75 mg po qd") == ["clopidogrel"] * 2
    assert why("prednisone 40 mg po qd then 30 mg po qd") == "taper"
    assert drugs("aspirin 100 mg po qd then clopidogrel 75 mg po qd") == ["aspirin", "clopidogrel"]


def test_a_result_is_no_test_to_order() -> None:
    assert drugs("血糖 16.5 胰岛素 6u 皮下 st") == ["insulin human"]
    assert len(read("血糖 16.5 胰岛素 6u 皮下 st").orders) == 1
    assert len(read("血培养 2套").orders) == 1
    assert len(read("血糖").orders) == 1


def test_only_the_test_is_ordered_by_its_name() -> None:
    assert one("青霉素皮试 st").kind == "treatment"
    assert one("青霉素皮试 80万u im").kind == "medication"
    assert one("青霉素皮试阴性").kind == "medication"


def test_a_brand_beside_its_generic_name_is_one_drug() -> None:
    assert drugs("furosemide (Lasix) 40 mg iv bid") == ["furosemide"]
    assert drugs("速尿片 呋塞米 20mg po qd") == ["furosemide"]


@pytest.mark.parametrize(
    ("text", "route"),
    [("iv 静滴", "IV_DRIP"), ("iv 静推", "IV_PUSH"), ("iv 泵入", "IV_PUMP"), ("iv", "IV")],
)
def test_the_narrower_route_is_the_one(text: str, route: str) -> None:
    said = one(f"多巴胺 20mg {text} st").route

    assert said is not None
    assert said.value == route


def test_names_are_only_proposed_where_they_are_not_sure() -> None:
    assert one("amxl 0.5g po tid").proposals == ("amoxicillin",)
    assert one("amoxicilin 500 mg po tid").proposals == ("amoxicillin",)
    assert one("阿莫西琳 0.5g po tid").proposals == ("amoxicillin",)
    assert one("amoxicllin 500 mg po tid").drug is None
    assert one("amoxciillin 500 mg po tid").proposals == ("amoxicillin",)
    assert one("qzqzqz 500 mg po tid").proposals == ()
    assert one("qq 500 mg po tid").proposals == ()
    assert len(one("metf 500 mg po tid").proposals) >= 1
    assert read("amxl").orders[0].proposals == ("amoxicillin",)


def test_two_lists_of_orders_with_marks_are_read() -> None:
    assert drugs("1. 阿司匹林 100mg po qd\n2. 氯吡格雷 75mg po qd") == ["aspirin", "clopidogrel"]
    assert drugs("、,阿司匹林 100mg po qd") == ["aspirin"]


def test_an_instruction_is_kept_as_a_remark() -> None:
    line = one("aspirin 100 mg po qd do not crush")

    assert [read("aspirin 100 mg po qd do not crush").words(span) for span in line.unread] == [
        "do not crush"
    ]
