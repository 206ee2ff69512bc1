"""Doses that are due, and what orders allow of doses given as needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from app.domain.dose_limits import DoseLimits
from app.fhir.document import Document
from app.fhir.dose_limits import read_limits
from app.fhir.slots import read_slot
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import (
    SLOT,
    limit_row,
    limit_unread,
    slot_row,
    slot_unread,
)

_SECOND = timedelta(seconds=1)


class Slots(Subject):
    kinds = frozenset({"slot"})
    rtypes = frozenset({"Task"})
    sheets = (slot_row,)
    unread = slot_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        slot = read_slot(document)
        if slot is not None:  # any other task waits in an inbox
            yield Row(slot_row, (put.unsent, *SLOT.cells(slot)))


class Limits(Subject):
    kinds = frozenset({"order"})
    rtypes = frozenset({"MedicationRequest"})
    sheets = (limit_row,)
    unread = limit_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        limits = read_limits(document)
        if limits.stated:
            yield Row(limit_row, (put.ref.partition("/")[2], *_cells(limits)))


def _cells(limits: DoseLimits) -> tuple[int | None, str | None, str, int]:
    return (
        None if limits.interval is None else limits.interval // _SECOND,
        None if limits.most is None else str(limits.most),
        limits.unit,
        limits.within // _SECOND,
    )
