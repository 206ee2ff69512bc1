"""`packs import-formulary`: a hospital's list of medicines, CSV or XLSX, becomes an overlay."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.commands.packs.files import MANIFEST
from app.config import Settings
from app.kernel.faults import FaultKind, app_error
from app.services.formulary_import import (
    FORMS,
    MEDICINES,
    Imported,
    Provenance,
    Row,
    Words,
    import_formulary,
)
from resources.catalogue import Catalogue
from resources.reading import rows

_ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order: what is no UTF-8 in a Chinese hospital is GBK or its successor."""
_BOOK = b"PK\x03\x04"
_MANIFEST = """id = "formulary"
overlay = true
version = "{day}"
title_en = "Formulary of the hospital"
title_zh = "本院药品目录"
source = "{source}"
licence = "of the hospital"
status = "active"
valid_from = "{day}"
tables = ["medicines", "forms"]
"""


def import_file(file: Path, to: Path, source: str, today: date, settings: Settings) -> int:
    """Write the overlay `formulary` into the folder `to` and say what was not understood.

    Args:
        file: CSV (UTF-8 or GB18030; comma, semicolon or tabulator) or XLSX (its first sheet).
        to: Folder of the hospital's packs; nothing in it is overwritten.
        source: What every row says it comes from.
        today: From when on the rows hold.
        settings: Of this run.

    Raises:
        AppError: `REFUSED` when the list cannot be read at all, or something is there already.
    """
    catalogue = Catalogue.load(settings.string("language"))
    folder = to / "formulary"
    if folder.exists():
        raise app_error(FaultKind.REFUSED, "formulary-import.there", folder=str(folder))
    said = Provenance(" ".join(source.replace('"', "'").split()), "active", today.isoformat())
    found = import_formulary(
        read_table(file), rows("formulary", "medicines"), _words(), _spelled, said
    )
    _write(folder, found, said)
    for one in found.troubles:
        why = catalogue.render(one.why)
        print(f"{file.name}:{one.line}: {why}")
    lost = sum(one.lost for one in found.troubles)
    print(
        catalogue.text(
            "formulary-import.done",
            medicines=len(found.medicines),
            forms=len(found.forms),
            lost=lost,
            folder=str(folder),
        )
    )
    return 1 if lost else 0


def read_table(file: Path) -> Sequence[Sequence[str]]:
    """The cells of a list.

    Raises:
        AppError: `REFUSED` when it is neither text nor a workbook.
    """
    try:
        kept = file.read_bytes()
    except OSError as error:
        raise app_error(
            FaultKind.REFUSED, "formulary-import.unreadable", type(error).__name__
        ) from error
    return _of_book(kept) if kept.startswith(_BOOK) else _of_text(kept)


def _of_text(kept: bytes) -> Sequence[Sequence[str]]:
    for encoding in _ENCODINGS:
        try:
            text = kept.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text.partition("\n")[0]
        mark = max("\t;,", key=first.count)
        return list(csv.reader(io.StringIO(text), delimiter=mark))
    raise app_error(FaultKind.REFUSED, "formulary-import.unreadable", "no text")


def _of_book(kept: bytes) -> Sequence[Sequence[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(kept), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise app_error(
            FaultKind.REFUSED, "formulary-import.unreadable", type(error).__name__
        ) from error
    sheet = book.worksheets[0]
    return [
        ["" if cell is None else str(cell) for cell in line]
        for line in sheet.iter_rows(values_only=True)
    ]


def _words() -> Words:
    return Words(
        {row["word"].casefold(): row["column"] for row in rows("formulary_import", "headings")},
        {row["word"].casefold(): row["form"] for row in rows("formulary_import", "forms")},
    )


def _spelled(name: str) -> tuple[str, str]:
    from pypinyin import Style, lazy_pinyin

    initials = lazy_pinyin(name, style=Style.FIRST_LETTER)
    return (
        "".join(filter(str.isalnum, "".join(initials))).lower(),
        "".join(filter(str.isalnum, "".join(lazy_pinyin(name)))).lower(),
    )


def _write(folder: Path, found: Imported, said: Provenance) -> None:
    folder.mkdir(parents=True)
    manifest = _MANIFEST.format(day=said.valid_from, source=said.source.replace("\\", "/"))
    (folder / MANIFEST).write_text(manifest, encoding="utf-8")
    for name, columns, told in (
        ("medicines", MEDICINES, found.medicines),
        ("forms", FORMS, found.forms),
    ):
        lines = ["\t".join(columns), *(_line(row, columns) for row in told)]
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(row: Row, columns: Sequence[str]) -> str:
    return "\t".join(" ".join(row[column].split()) for column in columns)
