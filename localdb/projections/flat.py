"""Domain values as columns and back: the dataclass says which columns a projection has."""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from sqlalchemy import Column, Integer, Text

Cell = str | int | float | None
T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Flat(Generic[T]):
    """One frozen dataclass as a run of columns.

    Times become whole microseconds since 1970 (they sort and compare as numbers), decimals their
    own digits, tuples of strings a JSON list, a nested dataclass its own columns under
    `<field>_`. A nested value that may be None is None when all of its columns are null.
    """

    def __init__(self, kind: type[T], *, without: frozenset[str] = frozenset()) -> None:
        hints = typing.get_type_hints(kind)
        self._kind = kind
        self._parts = tuple(
            _part(field.name, hints[field.name])
            for field in dataclasses.fields(kind)  # type: ignore[arg-type]  # T is a dataclass; the constructor of every caller says so
            if field.name not in without
        )
        self.width = sum(part.width for part in self._parts)
        self.names = tuple(name for part in self._parts for name in part.names)

    def columns(self) -> list[Column[str] | Column[int]]:
        """Fresh columns for a table."""
        return [column for part in self._parts for column in part.columns()]

    def pack(self, value: T) -> dict[str, Cell]:
        """The value as a row."""
        return dict(zip(self.names, self.cells(value), strict=True))

    def cells(self, value: T | None) -> Iterator[Cell]:
        for part in self._parts:
            if value is None:
                yield from (None,) * part.width
            else:
                yield from part.pack(getattr(value, part.field))

    def unpack(self, cells: Sequence[object], start: int = 0, **more: object) -> T:
        """The value back out of a fetched row whose columns begin at `start`.

        `more` gives, or replaces, fields that are resolved when reading.
        """
        values: dict[str, object] = {}
        for part in self._parts:
            values[part.field] = part.unpack(cells, start)
            start += part.width
        values.update(more)
        return self._kind(**values)


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    field: str
    names: tuple[str, ...]
    types: tuple[type[Text | Integer], ...]
    needed: bool
    pack: Callable[[object], Iterator[Cell]]
    unpack: Callable[[Sequence[object], int], object]

    @property
    def width(self) -> int:
        return len(self.names)

    def columns(self) -> Iterator[Column[str] | Column[int]]:
        for name, kind in zip(self.names, self.types, strict=True):
            column: Column[str] | Column[int] = (
                Column(name, Text, nullable=not self.needed)
                if issubclass(kind, Text)
                else Column(name, Integer, nullable=not self.needed)
            )
            yield column


def _part(field: str, hint: object) -> _Part:
    kind, optional = _without_none(hint)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _nested(field, kind, optional=optional)
    write, read, column = _scalar(kind)

    def pack(value: object) -> Iterator[Cell]:
        yield None if value is None else write(value)

    def unpack(cells: Sequence[object], at: int) -> object:
        cell = cells[at]
        return None if cell is None else read(cell)

    return _Part(field, (field,), (column,), not optional, pack, unpack)


def _nested(field: str, kind: type[object], *, optional: bool) -> _Part:
    inner: Flat[object] = Flat(kind)
    types = tuple(type(column.type) for column in inner.columns())
    width = inner.width
    nothing = (None,) * width

    def pack(value: object) -> Iterator[Cell]:
        return inner.cells(value)

    def unpack(cells: Sequence[object], at: int) -> object:
        if optional and tuple(cells[at : at + width]) == nothing:
            return None
        return inner.unpack(cells, at)

    names = tuple(f"{field}_{name}" for name in inner.names)
    return _Part(field, names, types, False, pack, unpack)  # type: ignore[arg-type]  # Text and Integer are the only column types made here


def _without_none(hint: object) -> tuple[object, bool]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [one for one in typing.get_args(hint) if one is not type(None)]
        if len(inner) != 1:
            raise TypeError(hint)
        return _plain(inner[0]), True
    return _plain(hint), False


def _plain(hint: object) -> object:
    return getattr(hint, "__supertype__", hint)


_Scalar = tuple[Callable[[object], Cell], Callable[[object], object], type[Text | Integer]]


def _scalar(kind: object) -> _Scalar:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        members = {member.value: member for member in kind}
        return (lambda value: typing.cast("enum.Enum", value).value, members.__getitem__, Text)
    if typing.get_origin(kind) is tuple:
        return (_to_json, _from_json, Text)
    return _SCALARS[typing.cast("type[object]", kind)]


def _to_json(value: object) -> Cell:
    return json.dumps(value, ensure_ascii=False) if value else "[]"


def _from_json(cell: object) -> object:
    return () if cell == "[]" else tuple(json.loads(str(cell)))


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970, as the projections keep time."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(cell: object) -> datetime:
    """The time back out of its microseconds."""
    return _EPOCH + timedelta(microseconds=typing.cast("int", cell))


def _same(cell: object) -> object:
    return cell


_SCALARS: dict[type[object], _Scalar] = {
    str: (str, _same, Text),
    bool: (lambda value: int(bool(value)), bool, Integer),
    int: (lambda value: typing.cast("int", value), _same, Integer),
    Decimal: (str, lambda cell: Decimal(str(cell)), Text),
    datetime: (lambda value: micros(typing.cast("datetime", value)), moment, Integer),
    date: (
        lambda v: typing.cast("date", v).isoformat(),
        lambda c: date.fromisoformat(str(c)),
        Text,
    ),
}
