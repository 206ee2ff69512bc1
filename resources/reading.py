"""Where the things that ship beside the code lie, and how a knowledge pack is read."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent


def path(name: str) -> Path:
    """The file or folder `name` of the resources, e.g. `styles/app.qss`."""
    return ROOT / name


@cache
def rows(pack: str, table: str) -> tuple[dict[str, str], ...]:
    """Every row of `packs/<pack>/<table>.tsv` by column name; an empty cell is "".

    The rows are shared between callers: read them, never change them.
    """
    text = path(f"packs/{pack}/{table}.tsv").read_text(encoding="utf-8")
    return table_rows(text)


@cache
def manifest(pack: str) -> dict[str, object]:
    """`manifest.toml` of a pack: id, version, source, licence, status, valid_from, tables."""
    return tomllib.loads(path(f"packs/{pack}/manifest.toml").read_text(encoding="utf-8"))


def table_rows(text: str) -> tuple[dict[str, str], ...]:
    """Read tab-separated text with a heading line; cells are never quoted."""
    heading, *lines = text.splitlines()
    columns = heading.split("\t")
    return tuple(dict(zip(columns, line.split("\t"), strict=True)) for line in lines if line)
