"""Packs on disk, written by a test: a manifest and the tables it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

LAST = ("a label", "draft", "2026-01-01")


def lay_pack(
    folder: Path, columns: Mapping[str, Sequence[str]], **tables: Sequence[Mapping[str, str]]
) -> Path:
    """A pack of `tables`: every cell that a row does not name is empty, its last ones are `LAST`.

    Tables that nobody names are there, and empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.toml").write_text('id = "a-pack"\nversion = "7"\n', "utf-8")
    for name, own in columns.items():
        heading = ("rule", *own, "signed_by", "source", "status", "valid_from", "valid_to")
        lines = ["\t".join(heading)]
        for row in tables.get(name, ()):
            told = {**dict(zip(("source", "status", "valid_from"), LAST, strict=True)), **row}
            lines.append("\t".join(told.get(column, "") for column in heading))
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
