"""Enrolments in clinical pathways, and what was recorded of them."""

from __future__ import annotations

from sqlalchemy import Column, Index, String

from app.domain.pathways import Enrolment, PathwayFact
from localdb.projections.derived import derived_table, unread_table
from localdb.projections.flat import Flat

ENROLMENT = Flat(Enrolment, without=frozenset({"unsent"}))
FACT = Flat(PathwayFact, without=frozenset({"ref", "unsent"}))


enrolment_row = derived_table(
    "enrolment_row",
    Column("unsent", String, nullable=False),
    *ENROLMENT.columns(),
)
Index("ix_enrolment_row_patient", enrolment_row.c.patient)
Index("ix_enrolment_row_began", enrolment_row.c.began_at)
enrolment_unread = unread_table("enrolment")

pathway_fact_row = derived_table(
    "pathway_fact_row",
    Column("unsent", String, nullable=False),
    *FACT.columns(),
)
Index("ix_pathway_fact_row_patient", pathway_fact_row.c.patient)
pathway_fact_unread = unread_table("pathway_fact")
