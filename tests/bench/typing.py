"""Typing what is ordered: a keystroke over the catalogue, beside SQLite on the same names."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence

from app.domain.order_templates import Habits
from app.services.order_catalogue import OrderCatalogue
from resources.reading import rows
from tests.bench.figures import Alternative, Figure, Target, Watch
from tests.bench.stage import Stage

_TARGET = (Target("p99", 30, source="issue: 30 ms a keystroke over the full formulary"),)
_SUFFIXES = ("片", "胶囊", "注射液", "缓释片", "口服溶液", "颗粒", "滴眼液", "乳膏")
_MAKERS = ("华", "康", "仁", "和", "济", "民", "泰", "安")
_TYPED = (
    "amoxicillin", "amox 500", "amxl", "amoxilin", "头孢曲松", "toubao", "tbqs", "kcl", "ns",
    "chest x-ray", "ct", "氯化", "钠", "片", "yiji", "xcg", "metformin", "阿司匹林 100",
)  # fmt: skip
_FIRST = 30

Row = dict[str, str]
Search = Callable[[str], object]


def keystrokes(stage: Stage) -> Iterator[Figure]:
    """Every beginning of what people type, from the first letter that asks."""
    typed = [word[:length] for word in _TYPED for length in range(1, len(word) + 1)]
    rounds = stage.size(20, 1)
    shipped = rows("formulary", "medicines")
    for name, formulary in (
        ("the formulary that ships", shipped),
        ("a hospital formulary", _hospital(stage.size(20_000, 1_000))),
    ):
        yield from _figures(name, formulary, typed, rounds)


def _figures(
    name: str, formulary: Sequence[Row], typed: list[str], rounds: int
) -> Iterator[Figure]:
    building = Watch()
    for _ in range(3):
        catalogue = OrderCatalogue(formulary)
        with building.lap():
            catalogue.prepare()
    size = {"medicines": len(formulary), "keystrokes": len(typed)}
    like, indexed = _likes(formulary), _fts(formulary)
    ours = _typed(catalogue.search, typed, rounds)
    yield Figure(
        f"typing: one keystroke over {name}",
        "ms",
        ours.all,
        _TARGET,
        size,
        (
            Alternative("SQLite in memory, LIKE", _typed(like, typed, rounds).all),
            Alternative("SQLite in memory, FTS5 prefixes", _typed(indexed, typed, rounds).all),
        ),
        processor=ours.used,
    )
    yield Figure(
        f"typing: the index of {name}, built once",
        "ms",
        building.all,
        (),
        size,
        processor=building.used,
    )
    own = Habits()
    yield Figure(
        f"typing: an empty line over {name}",
        "ms",
        _typed(lambda query: catalogue.search(query, habits=own), [""] * 20, rounds).all,
        _TARGET,
        size,
    )


def _typed(search: Search, typed: list[str], rounds: int) -> Watch:
    """Every keystroke by itself, after one round that is not kept."""
    for word in typed:
        search(word)
    watch = Watch()
    for _ in range(rounds):
        for word in typed:
            with watch.lap():
                search(word)
    return watch


def _hospital(wanted: int) -> tuple[Row, ...]:
    """The shipped list, each medicine in many forms of many makers."""
    shipped = rows("formulary", "medicines")
    found: list[Row] = []
    for number in range(wanted):
        row = shipped[number % len(shipped)]
        turn = number // len(shipped)
        form, maker = _SUFFIXES[turn % len(_SUFFIXES)], _MAKERS[turn // len(_SUFFIXES) % 8]
        found.append(
            row
            | {
                "code": f"h-{number}",
                "name_zh": f"{row['name_zh']}{form}({maker}{turn})",
                "name_en": f"{row['name_en']} {turn}",
            }
        )
    return tuple(found)


def _likes(formulary: Sequence[Row]) -> Search:
    """What a program without an index of its own would ask: the same columns, the same order."""
    store = sqlite3.connect(":memory:")
    store.execute("CREATE TABLE item (zh TEXT, en TEXT, pinyin TEXT, spelled TEXT, detail TEXT)")
    store.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?)", map(_cells, formulary))

    def search(query: str) -> object:
        begins, inside = f"{query}%", f"%{query}%"
        return store.execute(
            "SELECT rowid, * FROM item WHERE zh LIKE ? OR en LIKE ? OR en LIKE ? OR pinyin LIKE ?"
            " OR spelled LIKE ? ORDER BY zh LIKE ? DESC, en LIKE ? DESC, rowid LIMIT ?",
            (inside, begins, f"% {query}%", begins, begins, begins, begins, _FIRST),
        ).fetchall()

    return search


def _fts(formulary: Sequence[Row]) -> Search:
    """The same over a full-text index with prefixes; it does not find the inside of a name."""
    store = sqlite3.connect(":memory:")
    store.execute(
        "CREATE VIRTUAL TABLE item USING fts5(zh, en, pinyin, spelled, detail, prefix='1 2 3')"
    )
    store.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?)", map(_cells, formulary))

    def search(query: str) -> object:
        words = " ".join(f'"{word}"*' for word in query.replace('"', "").split())
        if not words:
            return []
        asked = "SELECT rowid, * FROM item WHERE item MATCH ? ORDER BY rank LIMIT ?"
        return store.execute(asked, (words, _FIRST)).fetchall()

    return search


def _cells(row: Row) -> tuple[str, ...]:
    names = ("name_zh", "name_en", "pinyin", "spelled", "strengths")
    return tuple(row[name].casefold() for name in names)
