"""Standing warnings and the resuscitation status."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.flags import read_flag
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import flag_row, flag_unread


class Flags(Subject):
    """A flag of unknown status counts as active: a warning is not dropped in silence."""

    kinds = frozenset({"flag", "census", "patient"})
    rtypes = frozenset({"Flag"})
    sheets = (flag_row,)
    unread = flag_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        flag = read_flag(document)
        code = flag.code or flag.term.text
        active = int(flag.active is not False)
        yield Row(flag_row, (put.unsent, flag.patient, code, flag.category, active))
