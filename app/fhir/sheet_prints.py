"""A run of the printer over an order sheet, as a `Basic` (R4 basic.html).

R4 has no resource for what lies on paper: a DocumentReference would be a note to every reader of
the record, and an AuditEvent may not be read by whoever has to print. The document is made once,
when the paper is confirmed, and never changed: two workstations that print without knowing of each
other make two documents, which never conflict.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.order_sheets import Cell, Column, Ink, SheetKind
from app.domain.sheet_layout import LeafId
from app.domain.sheet_runs import InkedLine, Mode, Run, RunId, RunPage
from app.domain.terms import EncounterId, PatientId, Ref
from app.fhir.building import concept, person, reference
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    bool_at,
    code_of,
    dicts_at,
    display_at,
    extension,
    id_at,
    instant_text,
    integer,
    practitioner_at,
    text_at,
    when,
)
from app.fhir.valuesets import BASIC, SHEET_PRINT
from app.kernel.faults import FaultKind, app_error

_CODE = "order-sheet-print"


def run_ref(run: RunId) -> Ref:
    """Where a run is kept."""
    return Ref(f"Basic/{run}")


def is_run(document: Document) -> bool:
    """Whether the document says of itself that it is a run over an order sheet."""
    basic = text_at(document, "resourceType") == "Basic"
    return basic and code_of(at(document, "code"), BASIC) == _CODE


def write_run(run: Run) -> Document:
    """The run as a document of its own; it is made once and never written onto."""
    said: list[Json] = [
        {"url": "encounter", "valueReference": reference("Encounter", run.stay)},
        {"url": "sheet", "valueCode": run.sheet.value},
        {"url": "form", "valueString": run.form},
        {"url": "mode", "valueCode": run.mode.value},
        {"url": "at", "valueInstant": instant_text(run.at)},
    ]
    if run.station:
        said.append({"url": "station", "valueString": run.station})
    if run.reason:
        said.append({"url": "reason", "valueString": run.reason})
    said += [{"url": "replaces", "valueString": leaf} for leaf in run.replaces]
    said += [_page(page) for page in run.pages]
    return {
        "resourceType": "Basic",
        "id": run.id,
        "extension": [{"url": SHEET_PRINT, "extension": said}],
        "code": concept(BASIC, _CODE),
        "subject": reference("Patient", run.patient),
        "created": instant_text(run.at)[:10],
        "author": person(run.by, run.by_name),
    }


def read_run(document: Document) -> Run:
    """Read a run.

    Raises:
        AppError: `REFUSED` when anything of it is missing or not understood: half a run would let
            somebody print over what it put on the paper.
    """
    said = extension(document, SHEET_PRINT)
    moment = when(at(extension(said, "at"), "valueInstant"))
    author = practitioner_at(document, "author")
    texts = (
        text_at(document, "id"),
        id_at(document, "Patient", "subject"),
        id_at(extension(said, "encounter"), "Encounter", "valueReference"),
        text_at(extension(said, "form"), "valueString"),
    )
    if not is_run(document) or not all(texts) or moment is None or author is None:
        raise _strange("head")
    run, patient, stay, form = texts
    try:
        return Run(
            RunId(run),
            PatientId(patient),
            EncounterId(stay),
            SheetKind(text_at(extension(said, "sheet"), "valueCode")),
            form,
            Mode(text_at(extension(said, "mode"), "valueCode")),
            tuple(_read_page(one) for one in _all(said, "page")),
            tuple(LeafId(text_at(one, "valueString")) for one in _all(said, "replaces")),
            moment,
            author,
            display_at(document, "author"),
            text_at(extension(said, "station"), "valueString"),
            text_at(extension(said, "reason"), "valueString"),
        )
    except ValueError as error:
        raise _strange("code") from error


def _page(page: RunPage) -> Json:
    said: list[Json] = [
        {"url": "number", "valuePositiveInt": page.number},
        {"url": "leaf", "valueString": page.leaf},
        {"url": "came-out", "valueBoolean": page.came_out},
    ]
    return {"url": "page", "extension": [*said, *map(_line, page.lines)]}


def _read_page(one: Document) -> RunPage:
    number = integer(at(extension(one, "number"), "valuePositiveInt"))
    leaf = text_at(extension(one, "leaf"), "valueString")
    out = bool_at(extension(one, "came-out"), "valueBoolean")
    if number is None or number < 1 or not leaf or out is None:
        raise _strange("page")
    return RunPage(number, LeafId(leaf), tuple(_read_line(line) for line in _all(one, "line")), out)


def _line(line: InkedLine) -> Json:
    said: list[Json] = [
        {"url": "row", "valueUnsignedInt": line.row},
        {"url": "key", "valueString": line.key},
        {"url": "taken", "valueBoolean": line.taken},
    ]
    if line.day:
        said.append({"url": "day", "valueString": line.day})
    return {"url": "line", "extension": [*said, *map(_cell, line.cells)]}


def _read_line(one: Document) -> InkedLine:
    row = integer(at(extension(one, "row"), "valueUnsignedInt"))
    key = text_at(extension(one, "key"), "valueString")
    taken = bool_at(extension(one, "taken"), "valueBoolean")
    if row is None or row < 0 or not key or taken is None:
        raise _strange("line")
    day = text_at(extension(one, "day"), "valueString")
    return InkedLine(row, key, day, tuple(_read_cell(cell) for cell in _all(one, "cell")), taken)


def _cell(cell: Cell) -> Json:
    return {
        "url": "cell",
        "extension": [
            {"url": "column", "valueCode": cell.column.value},
            {"url": "text", "valueString": cell.text},
            {"url": "ink", "valueCode": cell.ink.value},
        ],
    }


def _read_cell(one: Document) -> Cell:
    text = at(extension(one, "text"), "valueString")
    if not isinstance(text, str):
        raise _strange("cell")
    column = Column(text_at(extension(one, "column"), "valueCode"))
    return Cell(column, text, Ink(text_at(extension(one, "ink"), "valueCode")))


def _all(said: Document, url: str) -> Iterator[Document]:
    return (one for one in dicts_at(said, "extension") if text_at(one, "url") == url)


def _strange(what: str) -> Exception:
    return app_error(FaultKind.REFUSED, "unread.strange", what)
