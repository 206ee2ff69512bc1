"""Names of things: typed ids, and coded terms with the words they were recorded in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

PatientId = NewType("PatientId", str)
EncounterId = NewType("EncounterId", str)
PractitionerId = NewType("PractitionerId", str)
WardId = NewType("WardId", str)
OrderId = NewType("OrderId", str)
NoteId = NewType("NoteId", str)
ResultId = NewType("ResultId", str)
TaskId = NewType("TaskId", str)
GroupId = NewType("GroupId", str)
DraftId = NewType("DraftId", str)

Ref = NewType("Ref", str)
"""`Type/id` of a FHIR resource."""


@dataclass(frozen=True, slots=True)
class Term:
    """A coded or plain term.

    Attributes:
        text: As the author recorded it, in the author's language; never empty.
        system: Code system, or "" when the term is text only.
        code: Code in `system`, or "".
        display: The English (code system) wording where one came along, or "".
    """

    text: str
    system: str = ""
    code: str = ""
    display: str = ""

    def shown(self, language: str) -> str:
        """The wording for a screen: English prefers `display`, Chinese the recorded text."""
        return self.display if language == "en" and self.display else self.text


@dataclass(frozen=True, slots=True)
class Named:
    """A person, place or organisation with its two names; either may be all there is."""

    name: str
    english: str = ""

    def shown(self, language: str) -> str:
        return self.english if language == "en" and self.english else self.name
