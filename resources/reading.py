"""Where the things that ship beside the code lie, and how a knowledge pack is read."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent


def path(name: str) -> Path:
    """The file or folder `name` of the resources, e.g. `styles/app.qss`."""
    return ROOT / name


_OVERLAID = frozenset({"formulary"})
"""Packs read here over which a hospital's own may lie; every other has a reader of its own."""


class _Overlay:
    """Where the hospital's packs lie; set once, before anything is read."""

    folder: Path | None = None


def lay_over(folder: Path | None) -> None:
    """From now on the hospital's rows in `folder` go before ours; None takes them away again.

    Said once, by the composition root: what was read before keeps what it has read.
    """
    if folder != _Overlay.folder:
        _Overlay.folder = folder
        rows.cache_clear()


@cache
def rows(pack: str, table: str) -> tuple[dict[str, str], ...]:
    """Every row of `packs/<pack>/<table>.tsv` by column name; an empty cell is "".

    Of the formulary everything the hospital says of a medicine goes before what we say of it
    (`lay_over`). The rows are shared between callers: read them, never change them.
    """
    ours = table_rows(path(f"packs/{pack}/{table}.tsv").read_text(encoding="utf-8"))
    if _Overlay.folder is None or pack not in _OVERLAID:
        return ours
    file = _Overlay.folder / pack / f"{table}.tsv"
    if not file.exists():
        return ours
    theirs = table_rows(file.read_text(encoding="utf-8"))
    said = {row["code"] for row in theirs}
    return (*theirs, *(row for row in ours if row["code"] not in said))


@cache
def manifest(pack: str) -> dict[str, object]:
    """`manifest.toml` of a pack: id, version, source, licence, status, valid_from, tables."""
    return tomllib.loads(path(f"packs/{pack}/manifest.toml").read_text(encoding="utf-8"))


def table_rows(text: str) -> tuple[dict[str, str], ...]:
    """Read tab-separated text with a heading line; cells are never quoted."""
    heading, *lines = text.splitlines()
    columns = heading.split("\t")
    return tuple(dict(zip(columns, line.split("\t"), strict=True)) for line in lines if line)
