"""A pack on disk to be spoilt, and what is said of it."""

from __future__ import annotations

from pathlib import Path

from app.commands.packs.checking import check
from resources.reading import path

SHIPPED = path("packs")


def spoil(folder: Path, table: str, line: int, old: str, new: str) -> None:
    """Replace `old` in line `line` (from 1) of a table."""
    file = folder / table
    lines = file.read_text("utf-8").split("\n")
    assert old in lines[line - 1], lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    file.write_text("\n".join(lines), "utf-8")


def line_of(folder: Path, table: str, *cells: str) -> int:
    """The line of the first row that begins with these cells."""
    begins = "\t".join(cells) + "\t"
    lines = (folder / table).read_text("utf-8").split("\n")
    return next(n for n, line in enumerate(lines, start=1) if line.startswith(begins))


def said(folder: Path) -> list[tuple[str, int, str]]:
    """The errors; what is only remarked is no error."""
    return [(one.file, one.line, one.why.code) for one in check(folder) if not one.remark]


def add(folder: Path, table: str, *cells: str) -> int:
    """A row more; returns its line."""
    file = folder / table
    text = file.read_text("utf-8").rstrip("\n") + "\n" + "\t".join(cells) + "\n"
    file.write_text(text, "utf-8")
    return text.count("\n")
