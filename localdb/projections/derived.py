"""How the tables of a projection are made: rows of the document `ref`, and what was kept out."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text
from sqlalchemy.sql.schema import SchemaItem

from localdb.schema import DERIVED, metadata


def derived_table(name: str, *columns: SchemaItem, own_key: bool = True) -> Table:
    """A derived table of rows that belong to the document `ref`."""
    return Table(name, metadata, Column("ref", String, primary_key=own_key), *columns, info=DERIVED)


def unread_table(subject: str) -> Table:
    """What this subject's projector kept out of its table, and why."""
    table = derived_table(
        f"{subject}_unread", Column("patient", String), Column("reason", Text, nullable=False)
    )
    Index(f"ix_{table.name}_patient", table.c.patient)
    return table
