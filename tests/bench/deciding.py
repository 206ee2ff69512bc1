"""Decision support: a basket at signing, one drug while choosing, and the packs read once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.decision.findings import Moment
from app.decision.situation import Line, Problem, Reading, Situation, Standing, Subject, Truth
from app.decision.substances import Drug
from app.domain.quantities import Quantity
from app.services.decision_packs import Decision, PackFolders, read_decision
from resources.reading import path, rows
from tests.bench.figures import Figure, Target, repeated
from tests.bench.stage import Stage

_SOURCE = "issue: 10 orders, 12 active drugs, 120 labs; decision support §7.2"
_BASKET = (Target("p95", 10, source=_SOURCE),)
_INLINE = (Target("p95", 5, source=_SOURCE),)
_LOADING = (Target("median", 150, source=_SOURCE),)
_NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)

NEW = (
    "clarithromycin", "amoxicillin", "enoxaparin", "potassium chloride", "omeprazole", "furosemide",
    "ibuprofen", "vancomycin", "morphine", "insulin aspart",
)  # fmt: skip
RUNNING = (
    "simvastatin", "warfarin", "digoxin", "metformin", "amlodipine", "spironolactone", "sertraline",
    "aspirin", "levothyroxine", "prednisone", "amiodarone", "allopurinol",
)  # fmt: skip
LABS = ("k", "na", "mg", "crea", "inr", "plt", "glu", "lac", "hb", "alt", "tbil", "alb")
EACH = 10
"""Twelve analytes, ten times each, are the 120 results of the target."""


def judging(stage: Stage) -> Iterator[Figure]:
    """The engine over the packs that ship; the situation itself is built before."""
    folders = PackFolders(path("packs"), None, _NOW.date())
    loading = repeated(stage.size(20, 3), lambda _: read_decision(folders))
    decision = read_decision(folders)
    size = {
        "interaction rows": len(rows("interactions", "pairs")),
        "substances": len(rows("substances", "substances")),
    }
    yield Figure(
        "decide: every pack of the engine, read once",
        "ms",
        loading.all,
        _LOADING,
        size,
        processor=loading.used,
    )
    basket = a_basket(decision)
    runs = stage.size(2_000, 50)
    whole = repeated(runs, lambda _: decision.engine.judge(basket))
    yield Figure(
        "decide: a basket at signing",
        "ms",
        whole.all,
        _BASKET,
        {"orders": len(NEW), "active drugs": len(RUNNING), "results": EACH * len(LABS)},
        aside={"processor p95 (target 3)": sorted(whole.used)[int(len(whole.used) * 0.95)]},
        processor=whole.used,
    )
    choices = [_chosen(basket, line) for line in basket.new]
    one = repeated(runs, lambda run: decision.engine.judge(choices[run % len(choices)]))
    yield Figure(
        "decide: one drug while choosing",
        "ms",
        one.all,
        _INLINE,
        {"active drugs": len(RUNNING), "results": EACH * len(LABS)},
        processor=one.used,
    )


def a_basket(decision: Decision) -> Situation:
    """Ten new orders for somebody with twelve running ones and 120 results."""
    new = tuple(_line(decision, name, Standing.NEW) for name in NEW)
    running = tuple(_line(decision, name, Standing.ACTIVE) for name in RUNNING)
    return Situation(_NOW, _somebody(), (*new, *running))


def _chosen(basket: Situation, line: Line) -> Situation:
    running = tuple(one for one in basket.lines if not one.is_new)
    return replace(basket, lines=(line, *running), moment=Moment.SELECT)


def _line(decision: Decision, name: str, standing: Standing) -> Line:
    drug: Drug | None = decision.substances.named(name)
    assert drug is not None, name
    return Line(
        key=f"{standing.value}/{name}",
        drug=drug,
        named=drug.name,
        standing=standing,
        dose=Quantity(Decimal(500), "mg"),
        route="po",
        frequency="bid",
        started_at=_NOW - timedelta(days=1),
    )


def _somebody() -> Subject:
    readings = {
        code: tuple(
            Reading(Quantity(Decimal(place + 1), unit), _NOW - timedelta(hours=6 * turn))
            for turn in range(EACH)
        )
        for place, (code, unit) in enumerate(_units())
    }
    return Subject(
        age=Decimal(72),
        sex="female",
        readings=readings | {"weight": (Reading(Quantity(Decimal(60), "kg"), _NOW),)},
        pregnant=Truth.NO,
        problems=(Problem("atrial fibrillation"), Problem("支气管哮喘", "J45.9")),
    )


def _units() -> Iterator[tuple[str, str]]:
    for row in rows("laboratory", "analytes"):
        if row["key"] in LABS:
            yield row["key"], row["ucum"]
