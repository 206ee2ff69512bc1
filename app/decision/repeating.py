"""Each thing is told once: the nearest finding stands for those that say the same from farther."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.decision.findings import Check, Finding

_NEARER: Mapping[Check, tuple[Check, ...]] = {
    Check.ALLERGY_CLASS: (Check.ALLERGY,),
    Check.ALLERGY_CROSS: (Check.ALLERGY, Check.ALLERGY_CLASS),
    Check.DUPLICATE_CLASS: (Check.DUPLICATE,),
}
"""What says the same about the same lines from nearer: the drug itself before its class."""

_About = tuple[Check, frozenset[str]]


def without_repeats(findings: Iterable[Finding]) -> Mapping[Check, tuple[Finding, ...]]:
    """The findings that are told, by check.

    Of one pair two sources may know an interaction, and one rule may be reached by two classes:
    the loudest is told. A finding from farther goes only where it is no louder than the nearer.
    """
    loudest: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        same = _same(finding)
        before = loudest.get(same)
        if before is None or finding.tier.rank < before.tier.rank:
            loudest[same] = finding
    near: dict[_About, int] = {}
    for one in loudest.values():
        about = (one.check, frozenset(one.lines))
        near[about] = min(near.get(about, one.tier.rank), one.tier.rank)
    kept: dict[Check, list[Finding]] = {}
    for one in loudest.values():
        if not _said_nearer(one, near):
            kept.setdefault(one.check, []).append(one)
    return {check: tuple(found) for check, found in kept.items()}


def _same(finding: Finding) -> tuple[object, ...]:
    """Two findings of the same are one; an interaction is the same whoever describes it."""
    subjects = frozenset(one.name for one in finding.subjects)
    rule = "" if finding.check is Check.INTERACTION else finding.origin.rule
    return finding.check, rule, frozenset(finding.lines), subjects


def _said_nearer(finding: Finding, near: Mapping[_About, int]) -> bool:
    lines = frozenset(finding.lines)
    return any(
        near.get((check, lines), finding.tier.rank + 1) <= finding.tier.rank
        for check in _NEARER.get(finding.check, ())
    )
