"""Antimicrobials above the level of who orders them (Ministry of Health order 84, 2012)."""

from __future__ import annotations

from app.decision.findings import Answer, Check, Evidence, Finding, Gap, Saying, Tier
from app.decision.knowledge.antimicrobials import AntimicrobialBook, Grade, Level, Levelled, Right
from app.decision.situation import Line, Situation
from app.domain.terms import Named

_GRADE = Named("处方者职称", "grade of the prescriber")


class AntimicrobialCheck:
    """Compares the level of every new antimicrobial with the grade of who orders it."""

    def __init__(self, book: AntimicrobialBook) -> None:
        self._book = book

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        """The answer for the new lines."""
        findings: list[Finding] = []
        gaps: list[Gap] = []
        applies = False
        grade = self._book.grades.get(situation.subject.prescriber_grade)
        for line in situation.new:
            if line.drug is None:
                why = Saying.of("antimicrobials.why.drug", drug=line.named)
                gaps.append(Gap(Check.ANTIMICROBIAL, why, (line.key,)))
                continue
            found = self._book.level(line.drug, line.route)
            if found is None:
                continue
            applies = True
            right = self._book.rights[found.level]
            if grade is None and found.level is not Level.FREE:
                why = Saying.of("antimicrobials.why.grade", drug=line.drug.name)
                gaps.append(Gap(Check.ANTIMICROBIAL, why, (line.key,)))
            elif grade is not None and grade.rank < self._book.grades[right.grade].rank:
                emergency = situation.subject.emergency
                findings.append(self._finding(line, found, right, grade, emergency=emergency))
        return (Answer(Check.ANTIMICROBIAL, tuple(findings), tuple(gaps), applies or bool(gaps)),)

    def _finding(
        self, line: Line, found: Levelled, right: Right, grade: Grade, *, emergency: bool
    ) -> Finding:
        """In an emergency it may be ordered for one day; that is said, and stops nobody."""
        name = line.named if line.drug is None else line.drug.name
        least = self._book.grades[right.grade].name
        loud = right.tier.at_most(Tier.INLINE) if emergency else right.tier
        tier = loud if found.origin.may_interrupt and right.origin.may_interrupt else None
        code = "antimicrobials.emergency" if emergency else "antimicrobials.above"
        return Finding(
            check=Check.ANTIMICROBIAL,
            tier=tier or loud.at_most(Tier.INLINE),
            lines=(line.key,),
            subjects=(name,),
            origin=found.origin,
            said=Saying.of(code, drug=name, level=right.name, grade=grade.name, least=least),
            advice=right.text,
            evidence=(Evidence(_GRADE, grade.name),),
        )
