"""Tasks and messages."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.workflow import read_communication, read_task
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import WORK, work_row, work_unread


class Work(Subject):
    kinds = frozenset({"task", "message"})
    rtypes = frozenset({"Communication", "Task"})
    sheets = (work_row,)
    unread = work_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        item = read_task(document) if put.rtype == "Task" else read_communication(document)
        yield Row(work_row, (put.unsent, int(item.open), *WORK.cells(item)))
