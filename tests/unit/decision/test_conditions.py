"""Conditions recognised in problem lists: whole words, the longest, and only the patient's own."""

from __future__ import annotations

import pytest

from app.decision.knowledge.conditions import Condition, Conditions
from app.domain.terms import Named
from tests.support.rules_kit import rules_that_ship

SMALL = Conditions(
    (
        Condition("asthma", Named("哮喘", "asthma"), ("哮喘", "Asthma"), ("J45",)),
        Condition("other", Named("别", "other"), ("心源性哮喘", "cardiac asthma", "RA")),
    )
)
SHIPPED = rules_that_ship().facts.conditions


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("支气管哮喘急性发作", {"asthma"}),
        ("mild asthma since childhood", {"asthma"}),
        ("ASTHMA", {"asthma"}),
        ("心源性哮喘", {"other"}),
        ("cardiac asthma", {"other"}),
        ("asthmatic", set()),
        ("paralysis", set()),
        ("RA", {"other"}),
        ("cough; asthma", {"asthma"}),
        ("", set()),
    ],
)
def test_words_are_matched_whole_and_the_longest_wins(text: str, codes: set[str]) -> None:
    assert SMALL.in_text(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        *("no asthma", "denies asthma", "denied cough, asthma", "without asthma", "asthma: none"),
        *("无哮喘", "否认哮喘", "否认高血压、哮喘", "没有哮喘病史", "哮喘(-)", "哮喘（-）"),
        *(
            "哮喘：无",
            "哮喘已排除",
            "asthma ruled out",
            "asthma was excluded",
            "negative for asthma",
        ),
        *(
            "family history of asthma",
            "mother has asthma",
            "父亲哮喘",
            "家族史：哮喘",
            "never asthma",
        ),
    ],
)
def test_what_is_denied_or_a_relatives_is_not_the_patients(text: str) -> None:
    assert SMALL.in_text(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        *("no fever; asthma", "no fever, asthma", "无发热。哮喘", "无发热，哮喘", "哮喘 无发热"),
        *("no fever but asthma", "denies fever. Asthma", "无发热但有哮喘", "asthma, no fever"),
    ],
)
def test_a_denial_reaches_no_further_than_its_clause(text: str) -> None:
    assert SMALL.in_text(text) == {"asthma"}


@pytest.mark.parametrize(
    ("code", "codes"), [("J45.901", {"asthma"}), ("j45", {"asthma"}), ("J44", set()), ("", set())]
)
def test_codes_belong_by_their_beginning(code: str, codes: set[str]) -> None:
    assert SMALL.coded(code) == codes


def test_a_condition_has_a_name() -> None:
    assert SMALL.named("asthma") == Named("哮喘", "asthma")
    assert SMALL.named("gone") is None


def test_a_book_without_conditions_recognises_nothing() -> None:
    assert Conditions(()).in_text("哮喘") == frozenset()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("支气管哮喘", "asthma"), ("慢阻肺", "copd"), ("HFrEF", "hfref"), ("房颤", "af")],
        *[("NYHA class III", "heart-failure-nyha-3-4"), ("心功能Ⅲ级", "heart-failure-nyha-3-4")],
        *[("帕金森病", "parkinson"), ("Parkinson's disease", "parkinson")],
        *[("肠梗阻", "gi-obstruction"), ("small bowel obstruction", "gi-obstruction")],
        *[("胃溃疡伴出血", "peptic-ulcer-bleeding"), ("GI bleeding", "major-bleeding")],
        *[("脑出血", "major-bleeding"), ("intracranial hemorrhage", "major-bleeding")],
        *[("癫痫", "epilepsy"), ("重症肌无力", "myasthenia-gravis"), ("卟啉病", "porphyria")],
        *[("蚕豆病", "g6pd-deficiency"), ("闭角型青光眼", "glaucoma-angle-closure")],
        *[("前列腺增生", "prostate-hyperplasia"), ("尿潴留", "urinary-retention")],
        *[("三度房室传导阻滞", "av-block"), ("second-degree AV block", "av-block")],
        *[("长QT综合征", "long-qt"), ("history of angioedema", "angioedema")],
        *[("高钾血症", "hyperkalaemia"), ("活动性肝病", "liver-disease-active")],
        *[("失代偿期肝硬化", "cirrhosis"), ("AKI stage 2", "aki-stage-2-3"), ("AKI 3期", "aki")],
        *[("痛风", "gout"), ("嗜铬细胞瘤", "phaeochromocytoma"), ("肺癌", "oncology")],
        *[("急性淋巴细胞白血病", "oncology"), ("rheumatoid arthritis", "rheumatoid")],
        *[("银屑病", "psoriasis"), ("influenza", "viral-illness"), ("水痘", "viral-illness")],
        *[("新生儿高胆红素血症", "hyperbilirubinaemia"), ("脑梗死", "stroke")],
    ],
)
def test_the_conditions_that_ship(text: str, code: str) -> None:
    assert code in SHIPPED.in_text(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("心源性哮喘", "asthma"), ("一度房室传导阻滞", "av-block"), ("癌胚抗原升高", "oncology")],
        *[("开角型青光眼", "glaucoma-angle-closure"), ("恶性高血压", "oncology")],
        *[("Wolff-Parkinson-White", "parkinson"), ("respiratory depression", "depression")],
        *[("hit by a car", "hit"), ("benign tumour", "oncology")],
    ],
)
def test_what_only_sounds_like_them(text: str, code: str) -> None:
    assert code not in SHIPPED.in_text(text)


def test_codes_of_what_ships_are_their_own() -> None:
    codes = [one.code for one in SHIPPED.all]

    assert len(codes) == len(set(codes))
    assert SHIPPED.coded("J45.0") == {"asthma"}
    assert "oncology" in SHIPPED.coded("C34.9")
