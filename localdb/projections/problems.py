"""Problems and diagnoses."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.conditions import read_problem
from app.fhir.document import Document
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, guarded, sorted_at
from localdb.projections.tables import PROBLEM, problem_row, problem_unread


class Problems(Subject):
    kinds = frozenset({"problem"})
    rtypes = frozenset({"Condition"})
    sheets = (problem_row,)
    unread = problem_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        problem = read_problem(document)
        recorded = sorted_at(problem.recorded_at, problem.recorded_text)
        yield Row(problem_row, (put.unsent, guarded(document), recorded, *PROBLEM.cells(problem)))
