"""Asks the packs that ship about one patient and some orders, as a file of cases would."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from app.commands.order_cases.cases import CaseReader
from app.decision.engine import Engine
from app.decision.findings import Check, Finding, Tier
from app.decision.verdict import Verdict
from app.services.decision_packs import Decision, PackFolders, read_decision
from resources.reading import path

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
Told = Mapping[str, object]


@functools.cache
def decision(*, as_active: bool) -> Decision:
    return read_decision(PackFolders(path("packs"), None, NOW.date(), as_active))


@functools.cache
def reader() -> CaseReader:
    """Names and words are the same whoever signed the rows."""
    return CaseReader(decision(as_active=True), lambda: NOW)


def an_order(text: str, **more: str) -> dict[str, object]:
    """`metformin; 0.5 g; PO; BID`: what is not said is not known."""
    told = [one.strip() for one in text.split(";")]
    keys = ("drug", "dose", "route", "freq")
    return {**{key: one for key, one in zip(keys, told, strict=False) if one}, **more}


@functools.cache
def _engine(check: Check, *, as_active: bool) -> Engine:
    """Only what answers for one check: a row asks for no other."""
    seats = decision(as_active=as_active).engine.seats
    return Engine(tuple(one for one in seats if check in one.answers))


def judged(check: Check, patient: Told, *orders: str | Told, as_active: bool = True) -> Verdict:
    lines = [an_order(one) if isinstance(one, str) else dict(one) for one in orders]
    case = {"id": "x", "patient": dict(patient), "orders": lines}
    read = reader().read(json.dumps(case))
    assert not read.unread, (case, read.unread)
    return _engine(check, as_active=as_active).judge(read.situation)


def found(
    check: Check, patient: Told, *orders: str | Told, as_active: bool = True
) -> list[Finding]:
    """What a check finds, silent ones too."""
    verdict = judged(check, patient, *orders, as_active=as_active)
    cards = (*verdict.cards, *(one.card for one in verdict.hidden))
    return [one for card in cards for one in card.findings if one.check is check]


def loudest(check: Check, patient: Told, *orders: str | Told, as_active: bool = True) -> str:
    """The tier, or "" where the check says nothing."""
    tiers: list[Tier] = [one.tier for one in found(check, patient, *orders, as_active=as_active)]
    return min(tiers, key=lambda tier: tier.rank).value if tiers else ""


def is_open(check: Check, patient: Told, *orders: str | Told) -> bool:
    """Whether a check says that it could not look."""
    return any(gap.check is check for gap in judged(check, patient, *orders).gaps)
