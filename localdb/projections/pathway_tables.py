"""Enrolments in clinical pathways, and what was recorded of them."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from app.domain.pathways import Enrolment, PathwayFact
from localdb.projections.flat import Flat
from localdb.schema import DERIVED, metadata

ENROLMENT = Flat(Enrolment, without=frozenset({"unsent"}))
FACT = Flat(PathwayFact, without=frozenset({"ref", "unsent"}))


def _unread(name: str) -> Table:
    table = Table(
        name,
        metadata,
        Column("ref", String, primary_key=True),
        Column("patient", String),
        Column("reason", Text, nullable=False),
        info=DERIVED,
    )
    Index(f"ix_{name}_patient", table.c.patient)
    return table


enrolment_row = Table(
    "enrolment_row",
    metadata,
    Column("ref", String, primary_key=True),
    Column("unsent", String, nullable=False),
    *ENROLMENT.columns(),
    info=DERIVED,
)
Index("ix_enrolment_row_patient", enrolment_row.c.patient)
Index("ix_enrolment_row_began", enrolment_row.c.began_at)
enrolment_unread = _unread("enrolment_unread")

pathway_fact_row = Table(
    "pathway_fact_row",
    metadata,
    Column("ref", String, primary_key=True),
    Column("unsent", String, nullable=False),
    *FACT.columns(),
    info=DERIVED,
)
Index("ix_pathway_fact_row_patient", pathway_fact_row.c.patient)
pathway_fact_unread = _unread("pathway_fact_unread")
