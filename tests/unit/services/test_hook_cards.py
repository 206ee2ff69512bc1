"""Cards of the local engine, for whoever asks by CDS Hooks."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.findings import (
    Answer,
    Check,
    Evidence,
    Finding,
    Gap,
    Origin,
    Remedy,
    Saying,
    Suggestion,
    Tier,
)
from app.decision.verdict import Card, Hidden, Hiding, Verdict
from app.domain.quantities import Quantity
from app.domain.remote_cards import ChangeKind, Urgency
from app.domain.terms import Named
from app.fhir.cds_cards import write_response
from app.fhir.cds_hooks import read_response
from app.fhir.cds_invariants import response_faults
from app.fhir.orders import read_order
from app.services.hook_cards import CardWriting, Drafts
from resources.catalogue import Catalogue
from tests.support.order_builders import a_medication_request
from tests.unit.services.kit import Numbers

DRAFT = a_medication_request("d1", status="draft")
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RULE = Origin("onc-1", "interactions@1", "Phansalkar 2012", "active", "ONC")
ENGINE = Origin("dose-unit", "engine", "", "active")
CATALOGUES = {language: Catalogue.load(language) for language in ("en", "zh_CN")}
SAID = Saying.of("decision.why.failed")


def drafts() -> Drafts:
    order = read_order(DRAFT)
    assert order is not None
    return {"d1": (order, DRAFT)}


def a_finding(tier: Tier = Tier.INLINE, **more: object) -> Finding:
    told = {"check": Check.RENAL, "origin": RULE, "said": SAID, **more}
    return Finding(tier=tier, lines=("d1",), subjects=(Named("阿司匹林", "aspirin"),), **told)  # type: ignore[arg-type]


def verdict(*findings: Finding, gaps: tuple[Gap, ...] = ()) -> Verdict:
    cards = tuple(Card(f"k{n}", one.tier, (one,)) for n, one in enumerate(findings))
    return Verdict(cards, (Answer(Check.RENAL, gaps=gaps),))


def writing(language: str = "en") -> CardWriting:
    return CardWriting(CATALOGUES[language].render, language, Numbers())


@pytest.mark.parametrize(
    ("tier", "urgency", "may_be_passed"),
    [
        (Tier.HARD_STOP, Urgency.CRITICAL, False),
        (Tier.INTERRUPTIVE, Urgency.CRITICAL, True),
        (Tier.INLINE, Urgency.WARNING, True),
        (Tier.DRAWER, Urgency.INFO, True),
    ],
)
def test_how_loud_a_card_is(tier: Tier, urgency: Urgency, may_be_passed: bool) -> None:  # noqa: FBT001
    (card,) = writing().of(verdict(a_finding(tier)), {})

    assert (card.urgency, bool(card.reasons)) == (urgency, may_be_passed)


def test_what_is_silent_or_hidden_is_not_told() -> None:
    silent = a_finding(Tier.SILENT)
    hidden = Hidden(Card("k", Tier.INLINE, (a_finding(),)), Hiding.ANSWERED)
    told = Verdict((Card("k", Tier.SILENT, (silent,)),), (), (hidden,))

    assert writing().of(told, {}) == ()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_card_tells_advice_facts_and_who_stands_behind_it(language: str) -> None:
    lead = a_finding(
        advice=Named("减量", "Give *less*."),
        evidence=(
            Evidence(Named("肌酐", "Creatinine"), Quantity(Decimal(180), "umol/L"), AT),
            Evidence(Named("年龄", "Age"), "80"),
            Evidence(Named("肝", "Liver"), Named("甲", "A")),
        ),
    )
    other = a_finding(origin=ENGINE)
    both = Verdict((Card("k", Tier.INLINE, (lead, other)),), ())

    (card,) = writing(language).of(both, {})

    advice = "减量" if language == "zh_CN" else "Give \\*less\\*."
    assert advice in card.detail and "interactions@1" in card.detail
    assert "180 umol/L (2026-03-02 08:00 UTC)" in card.detail and ": 80" in card.detail
    assert card.source.label == "Phansalkar 2012"
    assert card.topic is not None and (card.topic.code, card.topic.text != "") == ("renal", True)
    assert "**" in card.detail  # the second finding has a sentence of its own
    assert (card.reasons[0].text == card.reasons[0].display) is (language == "en")


def test_a_rule_of_the_engine_itself_has_the_engine_for_its_source() -> None:
    (card,) = writing().of(verdict(a_finding(origin=ENGINE)), {})
    assert card.source.label == "WardOne"


def test_what_could_not_be_checked_is_a_card_of_its_own() -> None:
    gap = Gap(Check.RENAL, SAID)
    first, last = writing().of(verdict(a_finding(), gaps=(gap, gap)), {})

    assert first.urgency is Urgency.WARNING
    assert last.said == "1 check could not be made." and last.detail.count("- ") == 1
    assert writing().of(verdict(), {}) == ()


def test_a_suggestion_takes_out_or_changes_the_draft_and_the_rest_is_words() -> None:
    told = (
        Suggestion(Remedy.REMOVE, "d1"),
        Suggestion(Remedy.REMOVE, "d1"),
        Suggestion(Remedy.DOSE, "d1", "50 mg"),
        Suggestion(Remedy.DOSE, "d1", "less"),
        Suggestion(Remedy.REPLACE, "d1", "clopidogrel", Named("氯吡格雷", "clopidogrel")),
        Suggestion(Remedy.REMOVE, "order/running"),
    )
    body = write_response(writing().of(verdict(a_finding(suggestions=told)), drafts()))

    (card,) = read_response(body, {"d1": DRAFT}).cards

    changes = [[change.kind for change in one.changes] for one in card.suggestions]
    assert changes == [[ChangeKind.REMOVE], [ChangeKind.DOSE], [], []]
    assert card.suggestions[1].changes[0].value == "50 mg"
    assert card.suggestions[3].label == "clopidogrel instead of 阿司匹林"


texts = st.text(min_size=1, max_size=200).filter(lambda text: bool(text.strip()))
findings = st.builds(
    a_finding,
    st.sampled_from(Tier),
    check=st.sampled_from(Check),
    origin=st.builds(
        Origin, texts, texts, texts | st.just(""), st.sampled_from(["draft", "active"])
    ),
    advice=st.none() | st.builds(Named, texts),
    evidence=st.lists(st.builds(Evidence, st.builds(Named, texts), texts), max_size=2).map(tuple),
    suggestions=st.lists(
        st.builds(Suggestion, st.sampled_from(Remedy), st.just("d1"), texts), max_size=2
    ).map(tuple),
)


@settings(max_examples=25)
@given(
    st.lists(findings, max_size=4),
    st.lists(st.builds(Gap, st.sampled_from(Check), st.just(SAID)), max_size=3).map(tuple),
    st.sampled_from(["en", "zh_CN"]),
)
def test_every_verdict_makes_cards_that_keep_the_rules_of_hl7(
    told: list[Finding], gaps: tuple[Gap, ...], language: str
) -> None:
    body = write_response(writing(language).of(verdict(*told, gaps=gaps), drafts()))

    assert response_faults(body) == ()
    assert read_response(body, {"d1": DRAFT}).refused == ()
