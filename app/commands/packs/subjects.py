"""Substances and classes that rules may name: those of the pack of substances that ships."""

from __future__ import annotations

from app.decision.knowledge.rules import ANY
from app.decision.substances import CLASS
from resources import reading


def known_subjects() -> frozenset[str]:
    """`amoxicillin`, `class:penicillins`, `class:any`."""
    substances = (row["code"] for row in reading.rows("substances", "substances"))
    classes = (f"{CLASS}{row['code']}" for row in reading.rows("substances", "classes"))
    return frozenset((*substances, *classes, ANY))
