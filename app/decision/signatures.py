"""What makes a finding the same again: its rule, its drugs, and their dose and route."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from app.decision.findings import Finding
from app.decision.situation import Line
from app.domain.quantities import measure

FINDINGS_OF_A_CARD = "+"
"""Between the keys of the findings in the key of a card."""

_LENGTH = 20


class Signatures:
    """What lines are told apart by, each looked at once."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = {line.key: line for line in lines}
        self._told: dict[str, str] = {}

    def key(self, finding: Finding) -> str:
        """The same for the same rule, drugs, dose and route, whatever the moment and the order.

        It is a digest: a journal that quotes it quotes no drug of a patient.
        """
        about = sorted(self._of(key) for key in finding.lines if key in self._lines)
        subjects = sorted(one.name for one in finding.subjects)
        told = "\n".join((finding.check.value, finding.origin.rule, *subjects, "", *about))
        return hashlib.sha256(told.encode()).hexdigest()[:_LENGTH]

    def _of(self, key: str) -> str:
        found = self._told.get(key)
        if found is None:
            found = self._told[key] = _signature(self._lines[key])
        return found


def _signature(line: Line) -> str:
    drug = line.drug
    codes = sorted(one.code for one in drug.substances) if drug is not None else [line.named.name]
    return "\t".join((" ".join(codes), _dose(line), line.route))


def _dose(line: Line) -> str:
    """0.5 g is 500 mg."""
    dose = line.substance_dose
    if dose is None:
        return line.dose_text
    known = measure(dose)
    if known is None:
        return dose.text
    return f"{known.value} {known.dimension}"
