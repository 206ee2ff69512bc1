"""Small charts for the checks: substances, lines, and what somebody is allergic to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from app.decision.findings import Answer, Check, Finding, Gap, Moment, Origin
from app.decision.knowledge.names import Allergen
from app.decision.situation import (
    Allergy,
    AllergyStatus,
    Line,
    Situation,
    Subject,
    Tolerated,
)
from app.decision.substances import Drug, Substance
from app.domain.terms import Named

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
SIGNED = Origin("r1", "pack@1", "a label", "active", "a pharmacist", "2026-01-01")


def substance(code: str, *classes: str) -> Substance:
    return Substance(code, Named(code), frozenset(classes))


def drug(*parts: Substance) -> Drug:
    name = "-".join(one.code for one in parts)
    return Drug(name, Named(name), parts)


AMOXICILLIN = substance("amoxicillin", "penicillins", "beta-lactams")
AMPICILLIN = substance("ampicillin", "penicillins", "beta-lactams")
CLAVULANATE = substance("clavulanic-acid")
CEFALEXIN = substance("cefalexin", "cephalosporins", "beta-lactams")
CEFAZOLIN = substance("cefazolin", "cephalosporins", "beta-lactams")
FUROSEMIDE = substance("furosemide", "loop-diuretics", "sulfonamides")
ASPIRIN = substance("aspirin", "cox1-nsaids")
IBUPROFEN = substance("ibuprofen", "cox1-nsaids")
KNOWN = {
    one.code: one
    for one in (
        *(AMOXICILLIN, AMPICILLIN, CLAVULANATE, CEFALEXIN, CEFAZOLIN),
        *(FUROSEMIDE, ASPIRIN, IBUPROFEN),
    )
}


def named(text: str) -> Allergen:
    """Substances by their codes, with the case forgiven, and one class."""
    found = KNOWN.get(text.casefold())
    classes = frozenset({"penicillins"}) if text.casefold() == "penicillins" else frozenset[str]()
    return Allergen(drug(found) if found is not None else None, classes)


def a_line(key: str, *parts: Substance) -> Line:
    """A new line of a drug; of no parts one whose name means nothing."""
    if not parts:
        return Line(key, None, Named("nobody-knows"))
    return Line(key, drug(*parts), drug(*parts).name)


def allergic(
    to: Substance | str,
    reaction: str = "",
    *,
    classes: Iterable[str] = (),
    recorded_at: datetime | None = None,
) -> Allergy:
    if isinstance(to, str):
        return Allergy(Named(to), None, frozenset(classes), reaction, recorded_at=recorded_at)
    return Allergy(Named(to.code), drug(to), frozenset(classes), reaction, recorded_at=recorded_at)


def situation(
    *lines: Line,
    allergies: Iterable[Allergy] = (),
    status: AllergyStatus = AllergyStatus.UNKNOWN,
    tolerated: Iterable[Tolerated] = (),
    moment: Moment = Moment.SIGN,
    age: str = "",
) -> Situation:
    subject = Subject(
        age=Decimal(age) if age else None,
        allergies=tuple(allergies),
        allergy_status=status,
        tolerated=tuple(tolerated),
    )
    return Situation(NOW, subject, lines, moment)


def findings(answers: Iterable[Answer]) -> list[Finding]:
    return [one for answer in answers for one in answer.findings]


def gaps(answers: Iterable[Answer]) -> list[Gap]:
    return [one for answer in answers for one in answer.gaps]


def answer(answers: Iterable[Answer], check: Check) -> Answer:
    (found,) = (one for one in answers if one.check is check)
    return found
