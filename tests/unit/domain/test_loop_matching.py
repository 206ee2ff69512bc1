"""Which loop an order follows."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.domain.loop_matching import WEIGHTS, Choice, How, MatchRule, Traits, choose


def a_rule(loop: str, **wanted: str) -> MatchRule:
    return MatchRule(
        loop,
        How.ORDER,
        wanted=tuple((name, frozenset(values.split("|"))) for name, values in wanted.items()),
    )


GENERAL = a_rule("GENERAL", order_class="medication")
STAT = a_rule("STAT", order_class="medication", kind="stat")
INSULIN = a_rule("INSULIN", order_class="medication", drug_class="hormones/insulin")
HORMONES = a_rule("HORMONES", drug_class="hormones", route="sc")
RULES = (GENERAL, STAT, INSULIN)


def test_the_most_specific_rule_wins() -> None:
    order = Traits(order_class="medication", kind="stat", drug_class="hormones/insulin")

    assert choose(RULES, order, ()) == Choice("INSULIN")
    assert choose(RULES[:2], order, ()) == Choice("STAT")
    assert choose(RULES, Traits(order_class="medication"), ()) == Choice("GENERAL")


def test_what_no_rule_fits_follows_no_loop() -> None:
    assert choose(RULES, Traits(order_class="diet"), ()) == Choice()
    assert choose(RULES, Traits(), ()) == Choice()


def test_two_that_fit_equally_are_told_not_decided() -> None:
    rules = (a_rule("B", order_class="diet"), a_rule("A", order_class="diet"))

    assert choose(rules, Traits(order_class="diet"), ()) == Choice(candidates=("A", "B"))


def test_two_rules_of_one_loop_are_no_doubt() -> None:
    rules = (a_rule("A", order_class="diet"), a_rule("A", order_class="diet", kind=""))

    assert choose(rules, Traits(order_class="diet"), ()) == Choice("A")


def test_a_class_of_drugs_holds_its_subclasses_and_not_its_namesakes() -> None:
    def chosen(drug_class: str) -> str:
        order = Traits(order_class="medication", drug_class=drug_class, route="sc")
        return choose((HORMONES,), order, ()).loop

    assert chosen("hormones") == chosen("hormones/insulin") == "HORMONES"
    assert chosen("hormonesque") == chosen("") == ""


def test_a_document_that_names_its_loop_is_taken_at_its_word() -> None:
    order = Traits(order_class="medication", named="SPECIAL")

    assert choose(RULES, order, {"SPECIAL"}) == Choice("SPECIAL")
    assert choose(RULES, order, {"OTHER"}) == Choice()


def test_an_event_is_chosen_by_what_happened_and_a_named_loop_by_nothing() -> None:
    rules = (
        MatchRule("CRITICAL", How.EVENT, "critical-lab"),
        MatchRule("QUIET", How.NAMED),
    )

    assert choose(rules, Traits(event="critical-lab"), ()) == Choice("CRITICAL")
    assert choose(rules, Traits(event="fever"), ()) == Choice()
    assert choose(rules, Traits(), ()) == Choice()


def test_each_attribute_outweighs_all_that_come_after_it() -> None:
    weights = list(WEIGHTS.values())

    assert all(one > sum(weights[at + 1 :]) for at, one in enumerate(weights))


@given(st.permutations([*RULES, HORMONES, a_rule("OTHER", order_class="medication")]))
def test_the_order_of_the_rules_does_not_matter(rules: list[MatchRule]) -> None:
    for kind, drug in itertools.product(("stat", ""), ("hormones/insulin", "hormones", "")):
        order = Traits(order_class="medication", kind=kind, drug_class=drug, route="sc")
        assert choose(rules, order, ()) == choose(
            [*RULES, HORMONES, a_rule("OTHER", order_class="medication")], order, ()
        )
