"""The statements of the anchor's search, in the shape its query builder gives them."""
# ruff: noqa: S608 - every part put into a statement is written in this module

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

Query = tuple[str, tuple[object, ...]]

_MOST = "9223372036854775808"
_LEAST = "-9223372036854775808"
_EPOCH = date(1970, 1, 1)
_SELECT = "SELECT a.resourceUuid, a.serializedResource FROM ResourceEntity a"


def sorted_by_date(rtype: str, name: str, most: int, *, descending: bool = False) -> Query:
    """A date lies in one of two tables, so both are joined and every resource is ordered."""
    last, way, pick = (_LEAST, "DESC", "MAX") if descending else (_MOST, "ASC", "MIN")
    statement = f"""{_SELECT}
        LEFT JOIN DateIndexEntity b ON a.resourceUuid = b.resourceUuid AND b.index_name = ?
        LEFT JOIN DateTimeIndexEntity c ON a.resourceUuid = c.resourceUuid AND c.index_name = ?
        WHERE a.resourceType = ?
        GROUP BY a.resourceUuid
        HAVING {pick}(IFNULL(b.index_from, 0) + IFNULL(c.index_from, 0)) >= {_LEAST}
        ORDER BY IFNULL(b.index_from, {last}) {way}, IFNULL(c.index_from, {last}) {way}
        LIMIT ?"""
    return statement, (name, name, rtype, most)


def sorted_by_text(rtype: str, name: str, most: int) -> Query:
    statement = f"""{_SELECT}
        LEFT JOIN StringIndexEntity b ON a.resourceUuid = b.resourceUuid AND b.index_name = ?
        WHERE a.resourceType = ?
        GROUP BY a.resourceUuid
        HAVING MIN(IFNULL(b.index_value, 0)) >= {_LEAST}
        ORDER BY IFNULL(b.index_value, {_MOST}) ASC
        LIMIT ?"""
    return statement, (name, rtype, most)


def starting_with(rtype: str, name: str, words: Sequence[str]) -> Query:
    either = " OR ".join(["index_value LIKE ? || '%' COLLATE NOCASE"] * len(words))
    return _filtered("StringIndexEntity", f"({either})"), (rtype, name, *words)


def containing(rtype: str, name: str, word: str, most: int) -> Query:
    condition = "index_value LIKE '%' || ? || '%' COLLATE NOCASE"
    return _filtered("StringIndexEntity", condition) + " LIMIT ?", (rtype, name, word, most)


def with_token(rtype: str, name: str, system: str, value: str) -> Query:
    condition = "(index_value = ? AND IFNULL(index_system, '') = ?)"
    return _filtered("TokenIndexEntity", condition), (rtype, name, value, system)


def date_between(rtype: str, name: str, first: date, last: date) -> Query:
    condition = "(index_to >= ? AND index_from <= ?)"
    days = ((first - _EPOCH).days, (last - _EPOCH).days)
    return _filtered("DateIndexEntity", condition), (rtype, name, *days)


def number_between(rtype: str, name: str, low: float, high: float) -> Query:
    condition = "(index_value >= ? AND index_value <= ?)"
    return _filtered("NumberIndexEntity", condition), (rtype, name, low, high)


def quantity_between(code: str, unit: str, low: float, high: float, most: int) -> Query:
    """`code` and `value-quantity` of Observation; both filters must hold."""
    statement = f"""{_SELECT} WHERE a.resourceUuid IN (
            SELECT resourceUuid FROM QuantityIndexEntity
            WHERE resourceType = ? AND index_name = ?
            AND (index_code = ? AND index_value >= ? AND index_value <= ?)
        ) AND a.resourceUuid IN (
            SELECT resourceUuid FROM TokenIndexEntity
            WHERE resourceType = ? AND index_name = ? AND index_value = ?)
        LIMIT ?"""
    quantity = ("Observation", "value-quantity", unit, low, high)
    return statement, (*quantity, "Observation", "code", code, most)


def having(rtype: str, other: str, reference: str, token: tuple[str, str, str], most: int) -> Query:
    """Reverse chaining: the referring resources first, then whom their references name."""
    name, system, value = token
    statement = f"""{_SELECT} WHERE a.resourceUuid IN (
            SELECT resourceUuid FROM ResourceEntity a
            WHERE a.resourceType = ? AND a.resourceId IN (
                SELECT substr(a.index_value, {len(rtype) + 2}) FROM ReferenceIndexEntity a
                WHERE a.index_name = ? AND a.resourceUuid IN (
                    SELECT resourceUuid FROM TokenIndexEntity
                    WHERE resourceType = ? AND index_name = ?
                    AND (index_value = ? AND IFNULL(index_system, '') = ?))))
        LIMIT ?"""
    return statement, (rtype, reference, other, name, value, system, most)


def with_include(rtype: str, rid: str, name: str, target: str) -> Query:
    """The base resource, and what it refers to by the join of the original."""
    statement = """
        SELECT serializedResource FROM ResourceEntity WHERE resourceType = ? AND resourceId = ?
        UNION ALL SELECT * FROM (
            SELECT re.serializedResource FROM ResourceEntity re
            JOIN ReferenceIndexEntity rie
            ON re.resourceType || '/' || re.resourceId = rie.index_value
            WHERE rie.resourceType = ? AND rie.index_name = ? AND rie.resourceUuid IN (
                SELECT resourceUuid FROM ResourceEntity WHERE resourceType = ? AND resourceId = ?)
            AND re.resourceType = ?)"""
    return statement, (rtype, rid, rtype, name, rtype, rid, target)


def with_reverse(rtype: str, rid: str, name: str, other: str) -> Query:
    statement = """
        SELECT serializedResource FROM ResourceEntity WHERE resourceType = ? AND resourceId = ?
        UNION ALL SELECT * FROM (
            SELECT re.serializedResource FROM ResourceEntity re
            JOIN ReferenceIndexEntity rie ON re.resourceUuid = rie.resourceUuid
            WHERE rie.resourceType = ? AND rie.index_name = ? AND rie.index_value IN (?)
            AND re.resourceType = ?)"""
    return statement, (rtype, rid, other, name, f"{rtype}/{rid}", other)


def _filtered(table: str, condition: str) -> str:
    return f"""{_SELECT} WHERE a.resourceUuid IN (
        SELECT resourceUuid FROM {table}
        WHERE resourceType = ? AND index_name = ? AND {condition})"""
