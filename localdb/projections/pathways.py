"""Enrolments in clinical pathways (CarePlan), and what was recorded of them (Observation)."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.pathway_facts import read_pathway_fact
from app.fhir.pathways import read_enrolment
from localdb.projecting import Put
from localdb.projections.pathway_tables import (
    ENROLMENT,
    FACT,
    enrolment_row,
    enrolment_unread,
    pathway_fact_row,
    pathway_fact_unread,
)
from localdb.projections.subject import Row, Subject


class Enrolments(Subject):
    """A CarePlan that is no pathway of ours leaves no row; `Unplaced` counts it."""

    kinds = frozenset({"pathway"})
    rtypes = frozenset({"CarePlan"})
    sheets = (enrolment_row,)
    unread = enrolment_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        enrolment = read_enrolment(document)
        if enrolment is not None:
            yield Row(enrolment_row, (put.unsent, *ENROLMENT.cells(enrolment)))


class PathwayFacts(Subject):
    kinds = frozenset[str]()  # the results tell of every Observation already
    rtypes = frozenset({"Observation"})
    sheets = (pathway_fact_row,)
    unread = pathway_fact_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        fact = read_pathway_fact(document)
        if fact is not None:
            yield Row(pathway_fact_row, (put.unsent, *FACT.cells(fact)))
