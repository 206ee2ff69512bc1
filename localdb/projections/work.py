"""Tasks and messages."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.order_tasks import is_verification
from app.fhir.slots import is_slot
from app.fhir.workflow import read_communication, read_sender, read_task
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import WORK, work_row, work_unread


class Work(Subject):
    kinds = frozenset({"task", "message"})
    rtypes = frozenset({"Communication", "Task"})
    sheets = (work_row,)
    unread = work_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        if is_slot(document) or is_verification(document):  # nobody's inbox: tables of their own
            return
        item = read_task(document) if put.rtype == "Task" else read_communication(document)
        head = (put.unsent, int(item.open), read_sender(document))
        yield Row(work_row, (*head, *WORK.cells(item)))
