"""Domain values as columns and back: the dataclass says which columns a projection has."""

from __future__ import annotations

import dataclasses
import enum
import functools
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


_Run = tuple[int, int, int]
"""Cells that are the values: first slot in the constructor, slot after the last, first column."""
_Step = tuple[int, int, int, Callable[[object], object]]
"""One that must be read: slot, first column, number of columns or 0 for a lone one, how."""


class Flat(Generic[T]):
    """One frozen dataclass as a run of columns.

    Times become whole microseconds since 1970 (they sort and compare as numbers), decimals their
    own digits, tuples a JSON list (of strings, or of the cells of dataclasses), a nested dataclass
    its own columns under `<field>_`. A nested value that may be None is None when all of its
    columns are null.
    """

    def __init__(self, kind: type[T], *, without: frozenset[str] = frozenset()) -> None:
        hints = typing.get_type_hints(kind)
        fields = dataclasses.fields(kind)  # type: ignore[arg-type]  # every caller gives a dataclass
        self._kind = kind
        self._slots = {field.name: n for n, field in enumerate(fields)}
        self._blank = [field.default for field in fields]
        self._parts = tuple(
            _part(field.name, hints[field.name]) for field in fields if field.name not in without
        )
        self.names = tuple(name for part in self._parts for name in part.names)
        self.width = len(self.names)
        self._runs, self._steps = self._planned()

    def _planned(self) -> tuple[tuple[_Run, ...], tuple[_Step, ...]]:
        runs: list[_Run] = []
        steps: list[_Step] = []
        at = 0
        for part in self._parts:
            slot = self._slots[part.field]
            if part.read is not None:
                steps.append((slot, at, part.nested_width, part.read))
            elif runs and runs[-1][1] == slot and runs[-1][2] + slot - runs[-1][0] == at:
                runs[-1] = (runs[-1][0], slot + 1, runs[-1][2])
            else:
                runs.append((slot, slot + 1, at))
            at += len(part.names)
        return tuple(runs), tuple(steps)

    def columns(self) -> list[Column[str] | Column[int]]:
        """Fresh columns for a table."""
        return [column for part in self._parts for column in part.columns()]

    def cells(self, value: T) -> list[Cell]:
        """The value as cells, in the order of `names`."""
        found: list[Cell] = []
        for part in self._parts:
            held = getattr(value, part.field)
            if part.write_nested is not None:
                found += part.write_nested(held)
            elif held is None or part.write is None:
                found.append(held)
            else:
                found.append(part.write(held))
        return found

    def unpack(self, cells: Sequence[object], start: int = 0, **more: object) -> T:
        """The value back out of a fetched row (or a tuple) whose columns begin at `start`.

        `more` gives, or replaces, fields that are resolved when reading.
        """
        values: list[object] = self._blank.copy()
        for slot, end, at in self._runs:
            values[slot:end] = cells[start + at : start + at + end - slot]
        for slot, at, width, read in self._steps:
            first = start + at
            if width:
                values[slot] = read(cells[first : first + width])
            elif (cell := cells[first]) is not None:
                values[slot] = read(cell)
            else:
                values[slot] = None
        for name, value in more.items():
            values[self._slots[name]] = value
        return self._kind(*values)


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    """One field. `write` and `read` are None where a cell is the value."""

    field: str
    names: tuple[str, ...]
    types: tuple[type[Text | Integer], ...]
    needed: bool
    write: Callable[[object], Cell] | None = None
    read: Callable[[object], object] | None = None
    write_nested: Callable[[object], list[Cell]] | None = None

    @property
    def nested_width(self) -> int:
        return len(self.names) if self.write_nested is not None else 0

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
    return _Part(field, (field,), (column,), not optional, write, read)


def _nested(field: str, kind: type[object], *, optional: bool) -> _Part:
    inner: Flat[object] = Flat(kind)
    types = tuple(type(column.type) for column in inner.columns())
    nothing: list[Cell] = [None] * inner.width
    blank = tuple(nothing)

    def write(value: object) -> list[Cell]:
        return nothing if value is None else inner.cells(value)

    def read(cells: object) -> object:
        if optional and cells == blank:
            return None
        return inner.unpack(cells)  # type: ignore[arg-type]  # the slice that `unpack` cuts for it

    names = tuple(f"{field}_{name}" for name in inner.names)
    # A chart repeats few terms in many rows, and a frozen value can stand in all of them.
    plain = all(issubclass(one, Text) for one in types) and set(inner.names) <= _WORDS
    kept = functools.lru_cache(maxsize=2048)(read) if plain else read
    return _Part(
        field,
        names,
        types,  # type: ignore[arg-type]  # Text and Integer are the only column types made here
        needed=False,
        read=kept,
        write_nested=write,
    )


def _without_none(hint: object) -> tuple[object, bool]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [one for one in typing.get_args(hint) if one is not type(None)]
        if len(inner) != 1:
            raise TypeError(hint)
        return _plain(inner[0]), True
    return _plain(hint), False


def _plain(hint: object) -> object:
    return getattr(hint, "__supertype__", hint)


_Scalar = tuple[
    Callable[[object], Cell] | None, Callable[[object], object] | None, type[Text | Integer]
]
_WORDS = frozenset(
    {"text", "system", "code", "display", "name", "english", "low", "high"}
    | {"number", "unit", "unit_code", "comparator"}
)


def _scalar(kind: object) -> _Scalar:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        members = {member.value: member for member in kind}
        return (lambda value: typing.cast("enum.Enum", value).value, members.__getitem__, Text)
    if typing.get_origin(kind) is tuple:
        return _several(typing.get_args(kind)[0])
    return _SCALARS[typing.cast("type[object]", kind)]


def _several(kind: object) -> _Scalar:
    if not (dataclasses.is_dataclass(kind) and isinstance(kind, type)):
        return (_to_json, _from_json, Text)
    inner: Flat[object] = Flat(kind)

    def write(value: object) -> Cell:
        some = typing.cast("tuple[object, ...]", value)
        return _to_json([inner.cells(one) for one in some])

    def read(cell: object) -> object:
        some = typing.cast("tuple[list[object], ...]", _from_json(cell))
        return tuple(inner.unpack(tuple(one)) for one in some)

    return (write, read, Text)


def _to_json(value: object) -> Cell:
    return json.dumps(value, ensure_ascii=False) if value else "[]"


def _from_json(cell: object) -> object:
    return () if cell == "[]" else tuple(json.loads(str(cell)))


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970, as the projections keep time."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(cell: object) -> datetime:
    """The time back out of its microseconds."""
    since: int = cell  # type: ignore[assignment]  # what `micros` made
    return _EPOCH + timedelta(0, 0, since)


_SCALARS: dict[type[object], _Scalar] = {
    str: (None, None, Text),
    bool: (lambda value: int(bool(value)), bool, Integer),
    int: (None, None, Integer),
    Decimal: (str, lambda cell: Decimal(str(cell)), Text),
    datetime: (lambda value: micros(typing.cast("datetime", value)), moment, Integer),
    date: (
        lambda v: typing.cast("date", v).isoformat(),
        lambda c: date.fromisoformat(str(c)),
        Text,
    ),
}
