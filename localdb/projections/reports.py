"""Reports, and which results came in them."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.reports import read_report
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, guarded, sorted_at
from localdb.projections.tables import REPORT, report_result, report_row, report_unread


class Reports(Subject):
    kinds = frozenset({"result"})
    rtypes = frozenset({"DiagnosticReport"})
    sheets = (report_row, report_result)
    unread = report_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        report = read_report(document)
        at = sorted_at(report.at, report.at_text, report.issued)
        yield Row(report_row, (put.unsent, guarded(document), at, *REPORT.cells(report)))
        for result in dict.fromkeys(report.results):
            yield Row(report_result, (result, report.patient))
