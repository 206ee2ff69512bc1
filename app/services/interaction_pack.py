"""The interactions pack, read: rules about two substances each, with classes spelled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.decision.findings import Tier
from app.decision.knowledge.interactions import (
    InteractionBook,
    InteractionRule,
    LocalRoute,
    Published,
    Severity,
    Side,
    spelled_out,
)
from app.decision.knowledge.names import Substances
from app.decision.substances import Drug
from app.domain.terms import Named
from app.services.knowledge_rows import KnownRow, PackShelf, Row, subjects_of, text_of, words_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(columns.split())
    for name, columns in {
        "pairs": "rule list a b severity conditional tier local washout_a washout_b"
        " instead_a instead_b text_zh text_en signed_by",
        "groups": "code name_zh name_en name_fr members",
        "severities": "severity conditional tier text_zh text_en",
        "local_routes": "route but",
    }.items()
}
"""Columns of every table, beside source, status and validity."""

TABLES = tuple(COLUMNS)
TRUE = {"yes": True, "no": False}
LOCALS = ("", "a", "b", "ab")
"""Which sides of a rule are also about what is given locally."""

UNREADABLE = "interactions.pack-unreadable"

Level = tuple[Severity, bool]
Codes = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a row of `pairs.tsv` refers to."""

    substances: Substances
    classes: Codes
    groups: Codes
    levels: Mapping[Level, tuple[Tier, Named]]

    def rule(self, one: KnownRow) -> InteractionRule:
        """A row of `pairs.tsv`.

        Raises:
            KeyError: A class, group or severity is not known, or a column is missing.
            ValueError: A word is not known, or a number is none.
        """
        row = one.row
        severity, conditional = Severity(row["severity"]), TRUE[row["conditional"]]
        tier, advice = self.levels[severity, conditional]
        if row["local"] not in LOCALS:
            raise ValueError(row["local"])
        return InteractionRule(
            first=self._side(row, "a"),
            second=self._side(row, "b"),
            severity=severity,
            published=Published(row["list"]),
            tier=Tier(row["tier"]) if row["tier"] else tier,
            origin=one.origin,
            advice=text_of(row) or advice,
            conditional=conditional,
        )

    def _side(self, row: Row, side: str) -> Side:
        washout = row[f"washout_{side}"]
        return Side(
            frozenset(spelled_out(subjects_of(row[side]), self.classes, self.groups)),
            side in row["local"],
            timedelta(hours=int(washout)) if washout else None,
            self._drug(row[f"instead_{side}"]),
        )

    def _drug(self, code: str) -> Drug | None:
        found = self.substances.of_code(code)
        if code and found is None:
            raise ValueError(code)
        return found


def read_interactions(
    shipped: Path,
    overlay: Path | None,
    today: date,
    substances: Substances,
    *,
    as_active: bool = False,
) -> InteractionBook:
    """The pack in `shipped`, and the hospital's over it, as it holds on `today`.

    Args:
        shipped: Folder of the pack.
        overlay: Folder of the hospital's own, or None.
        today: What is not valid on this day is not there.
        substances: The classes that rules name.
        as_active: Every row counts as signed off.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line: a rule that is
            understood only in part would leave two drugs unchecked.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE, as_active)
    classes = {code: one.members for code, one in substances.classes.items()}
    groups = dict(
        one.read(lambda row: group_of(row, classes)) for one in shelf.rows("groups", "code")
    )
    levels = dict(one.read(level_of) for one in reversed(shelf.rows("severities", "severity")))
    reader = _Reader(substances, classes, groups, levels)
    return InteractionBook(
        tuple(_rule(reader, one) for one in shelf.rows("pairs")),
        tuple(
            one.read(lambda row: local_of(row, classes))
            for one in shelf.rows("local_routes", "route")
        ),
    )


def group_of(row: Row, classes: Codes) -> tuple[str, frozenset[str]]:
    """One row of `groups.tsv`: its code, and the substances of its members.

    Raises:
        KeyError: A class is not known, or a column is missing.
        ValueError: It has no members.
    """
    return row["code"], frozenset(spelled_out(subjects_of(row["members"]), classes, {}))


def level_of(row: Row) -> tuple[Level, tuple[Tier, Named]]:
    """One row of `severities.tsv`: how loud, and what is said.

    Raises:
        KeyError: A column is missing.
        ValueError: A word is not known, or nothing is said.
    """
    advice = text_of(row)
    if advice is None:
        raise ValueError(row["severity"])
    level = Severity(row["severity"]), TRUE[row["conditional"]]
    return level, (Tier(row["tier"]), advice)


def local_of(row: Row, classes: Codes) -> LocalRoute:
    """One row of `local_routes.tsv`.

    Raises:
        KeyError: A class is not known, or a column is missing.
    """
    return LocalRoute(row["route"], frozenset(spelled_out(words_of(row["but"]), classes, {})))


def _rule(reader: _Reader, one: KnownRow) -> InteractionRule:
    return one.read(lambda _: reader.rule(one))
