"""Rules about one drug: the book that ships, small books, and whom to ask them about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from app.decision.checks.rule_checks import RuleChecks
from app.decision.expressions import Fact, Unknown, amount
from app.decision.findings import Answer, Check, Finding, Saying
from app.decision.knowledge.conditions import Condition, Conditions
from app.decision.knowledge.kidneys import Kidneys
from app.decision.knowledge.rules import FactKnowledge, Rule, RuleBook, UnitStep
from app.decision.situation import Line, Problem, Reading, Situation, Standing, Subject
from app.decision.substances import Drug, Substance
from app.domain.quantities import Quantity
from app.domain.terms import Named
from app.services.drug_rule_pack import read_drug_rules, rule_of
from app.services.knowledge_rows import KnownRow
from app.services.score_pack import read_scores
from resources.reading import path
from tests.support.knowledge_kit import TODAY, substances_that_ship
from tests.support.situation_kit import DRAFT, NOW, SIGNED

GROUPS = {"intravenous": frozenset({"iv", "ivgtt", "pump"}), "oral": frozenset({"po", "ng"})}
TIMES: dict[str, Fraction] = {
    name: Fraction(count)
    for name, count in {
        "qd": "1",
        "bid": "2",
        "tid": "3",
        "qid": "4",
        "q4h": "6",
        "q6h": "4",
        "q8h": "3",
        "q12h": "2",
        "qw": "1/7",
        "qod": "1/2",
        "q3d": "1/3",
    }.items()
}


@cache
def rules_that_ship(*, as_active: bool = True) -> RuleBook:
    return read_drug_rules(path("packs/drug_rules"), None, TODAY, as_active=as_active)


@cache
def kidneys() -> Kidneys:
    scores = read_scores(path("packs/scores"), None, TODAY)
    return Kidneys(egfr=scores["CKD-EPI-2021"], crcl=scores["Cockcroft-Gault"])


def a_knowledge() -> FactKnowledge:
    """The facts that ship, three conditions, and the units of one salt."""
    shipped = rules_that_ship().facts
    conditions = Conditions(
        (
            Condition("asthma", Named("哮喘", "asthma"), ("哮喘", "asthma"), ("J45",)),
            Condition("oncology", Named("肿瘤", "cancer"), ("癌", "cancer"), ("C",)),
            Condition("cirrhosis", Named("肝硬化", "cirrhosis"), ("肝硬化", "cirrhosis")),
        )
    )
    salt = UnitStep("g", "mmol", Fraction(40, 3))
    return replace(
        shipped, conditions=conditions, units={"salt": (salt,)}, carriers=frozenset({"water"})
    )


def a_row(check: Check | str, subjects: str, when: str, **cells: str) -> Rule:
    """A rule as the pack would give it; `status` decides who signed it."""
    told = check.value if isinstance(check, Check) else check
    row = {
        "rule": "r",
        "check": told,
        "subjects": subjects,
        "but": "",
        "routes": "",
        "when": when,
        "tier": "interruptive",
        "text_zh": "换",
        "text_en": "change",
        "advice": "",
        **{name: cell for name, cell in cells.items() if name != "status"},
    }
    origin = SIGNED if cells.get("status", "active") == "active" else DRAFT
    return rule_of(KnownRow("here", row, replace(origin, rule=row["rule"]), "x.y"), GROUPS)


def a_book(*rules: Rule) -> RuleBook:
    return RuleBook(rules, a_knowledge())


def quantity(text: str) -> Quantity | None:
    return amount(text) if text else None


def order(
    name: str,
    dose: str = "",
    route: str = "",
    frequency: str = "",
    *,
    key: str = "1",
    drug: Drug | None = None,
    **told: object,
) -> Line:
    """A line as somebody writes it; `name` is a medicine that ships where no `drug` is given."""
    known = drug or substances_that_ship().named(name)
    per_day = TIMES.get(frequency)
    line = Line(
        key,
        known,
        Named(name) if known is None else known.name,
        dose=quantity(dose),
        route=route,
        frequency=frequency,
        per_day=per_day,
        once=frequency == "once",
    )
    return replace(line, **told)  # type: ignore[arg-type]  # the fields of a line by name


def readings(**values: str) -> dict[str, tuple[Reading, ...]]:
    """`k="5.9 mmol/L"`, measured an hour ago."""
    at = NOW - timedelta(hours=1)
    return {name: (Reading(amount(told), at),) for name, told in values.items()}


def a_patient(
    age: str | None = "50", sex: str = "male", problems: str | None = "", **values: str
) -> Subject:
    """`problems` by `|`, None for nobody knows; the rest are readings."""
    listed = None if problems is None else tuple(map(Problem, filter(None, problems.split("|"))))
    return Subject(
        age=None if age is None else Decimal(age),
        sex=sex,
        readings=readings(**values),
        problems=listed,
    )


def asked(book: RuleBook, check: Check, *lines: Line, subject: Subject | None = None) -> Answer:
    """What one check says."""
    situation = Situation(NOW, a_patient() if subject is None else subject, lines)
    (answer,) = RuleChecks(book, (check,))(situation)
    return answer


def told(answer: Answer) -> list[str]:
    return [one.origin.rule for one in answer.findings]


def whys(answer: Answer) -> list[str]:
    return [gap.why.code for gap in answer.gaps]


def sentence(finding: Finding) -> tuple[str, dict[str, object]]:
    """The code and the words of a finding, names in English."""
    message = finding.said.message("en")
    return message.code, dict(message.parameters)


@dataclass(frozen=True)
class Told:
    """Facts by name; what is not named is not known."""

    values: Mapping[str, Quantity | str | frozenset[str]] = field(default_factory=dict)

    def fact(self, name: str, oldest: timedelta | None) -> Fact | Unknown:
        del oldest
        value = self.values.get(name)
        return Unknown(Saying("rules.why.nothing")) if value is None else Fact(value)


def without(values: Mapping[str, Quantity | str | frozenset[str]], name: str) -> Told:
    return Told({key: value for key, value in values.items() if key != name})


def of(code: str, *classes: str) -> Drug:
    """A drug of one ingredient, which a rule can name."""
    return Drug(code, Named(code), (Substance(code, Named(code), frozenset(classes)),))


def running(line: Line, standing: Standing = Standing.ACTIVE, at: datetime | None = None) -> Line:
    return replace(line, standing=standing, stopped_at=at)
