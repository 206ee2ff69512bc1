"""The order sheets (长期医嘱单, 临时医嘱单): what stands in which column of which line.

From orders and what nurses did about them to lines of text; where a line stands on the paper says
`sheet_layout`, where its ink lies says `sheet_scene`. Nothing here alters an order: what was
cancelled stays readable, with the word and the signature beside it in red (医嘱 may not be altered:
病历书写基本规范, 卫医政发[2010]11号, Art. 28).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from app.domain.orders import Ending, Order, OrderKind, OrderLine
from app.domain.reissues import began, reissues
from app.domain.terms import OrderId

_NEVER = datetime.max.replace(tzinfo=UTC)


class SheetKind(enum.Enum):
    """Which of the two sheets."""

    LONG_TERM = "long-term"
    TEMPORARY = "temporary"


_SHEET_OF = {
    OrderKind.LONG_TERM: SheetKind.LONG_TERM,
    OrderKind.PRN: SheetKind.LONG_TERM,
    OrderKind.TEMPORARY: SheetKind.TEMPORARY,
    OrderKind.STAT: SheetKind.TEMPORARY,
    OrderKind.SOS: SheetKind.TEMPORARY,
    OrderKind.VERBAL: SheetKind.TEMPORARY,
    OrderKind.DISCHARGE: SheetKind.TEMPORARY,
}


def sheet_of(order: Order) -> SheetKind | None:
    """On which sheet it stands; None where the record does not say how long it holds."""
    return _SHEET_OF[order.kind] if order.kind is not None else None


class Ink(enum.Enum):
    """What is written with which pen; the profile pack has the colours."""

    BLACK = "black"
    RED = "red"


class Column(enum.Enum):
    """The places of a line; the profile pack says where each lies, and on which sheet."""

    START_DATE = "start-date"
    START_TIME = "start-time"
    BRACKET = "bracket"
    TEXT = "text"
    SKIN = "skin"
    """What the skin showed, read after the order was printed."""
    MARK = "mark"
    """Cancelled, stopped, void, unused: in red."""
    PHYSICIAN = "physician"
    NURSE = "nurse"
    END_DATE = "end-date"
    END_TIME = "end-time"
    END_PHYSICIAN = "end-physician"
    END_NURSE = "end-nurse"
    DONE_AT = "done-at"
    DONE_BY = "done-by"
    RULE = "rule"
    """The red line above a re-issue: it goes across the sheet."""


class Caution(enum.Enum):
    """What the screen says beside a line. Never printed."""

    AWAITS_COUNTERSIGNATURE = "awaits-countersignature"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    PROHIBITED = "prohibited"
    NOT_UNDERSTOOD = "not-understood"
    UNSENT = "unsent"
    HELD = "held"
    NOT_VERIFIED = "not-verified"
    STOP_NOT_TAKEN = "stop-not-taken"
    BY_WORD = "by-word"
    """Its physician, whose name stands there, gave it by word of mouth and has not confirmed it."""
    DIFFERS = "differs"
    """The paper says something else than the record does now."""
    GONE = "gone"
    """It was printed, and the order is not in this chart any more."""


WITHHELD = (
    Caution.AWAITS_COUNTERSIGNATURE,
    Caution.CONFLICT,
    Caution.REJECTED,
    Caution.PROHIBITED,
    Caution.NOT_UNDERSTOOD,
)
"""What keeps an order from the paper."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who put their name to something, and when."""

    name: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hands:
    """What was done about an order by others than its author; None is not known here.

    Attributes:
        verified: The nurse who verified it.
        second: Who checked with them.
        stop_taken: The nurse who took note of its end.
        executed: Who carried it out first, and when.
        stopped_by: The name of who ended it, where the order holds only an id.
        skin: `-` or `+` as the skin test was read, or "".
    """

    verified: Signed | None = None
    second: Signed | None = None
    stop_taken: Signed | None = None
    executed: Signed | None = None
    stopped_by: str = ""
    skin: str = ""


NOBODY = Hands()


@dataclass(frozen=True, slots=True)
class Wording:
    """An order in words of the sheet: what, and how (of a group once, on its last line)."""

    what: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What the sheet itself says, out of the profile pack."""

    cancelled: str
    stopped: str
    void: str
    lapsed: str
    reissued: str
    negative: str
    positive: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one column of one line."""

    column: Column
    text: str
    ink: Ink = Ink.BLACK


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        key: Names it for good: `<order>/<line of its text>`.
        day: The date it stands under, as it would be written.
    """

    key: str
    cells: tuple[Cell, ...]
    day: str = ""
    order: OrderId | None = None
    cautions: tuple[Caution, ...] = ()

    def text(self, column: Column) -> str:
        """What stands in `column`, or ""."""
        return next((cell.text for cell in self.cells if cell.column is column), "")


@dataclass(frozen=True, slots=True)
class Unit:
    """Lines that stay together: an order, an infusion group, the line of a re-issue."""

    at: datetime | None
    lines: tuple[Line, ...]

    @property
    def withheld(self) -> bool:
        """It does not go on the paper as it stands."""
        return any(one in WITHHELD for line in self.lines for one in line.cautions)


@dataclass(frozen=True, slots=True)
class Writer:
    """How lines are written.

    Attributes:
        words: Of the profile.
        wording: An order in words.
        fits: Breaks a text into lines of the width of the column.
        zone: The ward's time.
    """

    words: SheetWords
    wording: Callable[[Order], Wording]
    fits: Callable[[str], tuple[str, ...]]
    zone: tzinfo

    def day(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d") if at is not None else ""

    def time(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%H:%M") if at is not None else ""

    def short(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%m-%d %H:%M") if at is not None else ""


def units(
    kind: SheetKind,
    lines: Iterable[OrderLine],
    hands: Mapping[OrderId, Hands],
    writer: Writer,
) -> tuple[Unit, ...]:
    """Everything of one sheet, in the order of the beginnings."""
    mine = [line for line in lines if sheet_of(line.order) is kind]
    found = [_unit(kind, some, hands, writer) for some in _grouped(mine)]
    if kind is SheetKind.LONG_TERM:
        found += [_reissue(at, writer) for at in reissues([one.order for one in mine])]
    return tuple(sorted(found, key=_place))


def _grouped(lines: Sequence[OrderLine]) -> list[list[OrderLine]]:
    """Orders one by one, those of an infusion group together in their order."""
    found: dict[str, list[OrderLine]] = {}
    for line in lines:
        found.setdefault(line.order.group or f"\0{line.order.id}", []).append(line)
    return [
        sorted(some, key=lambda one: (one.order.place, one.order.id)) for some in found.values()
    ]


def _place(unit: Unit) -> tuple[datetime, bool, str]:
    """By beginning; the line of a re-issue before what begins with it."""
    return unit.at or _NEVER, unit.lines[0].order is not None, unit.lines[0].key


def _unit(
    kind: SheetKind, members: list[OrderLine], hands: Mapping[OrderId, Hands], writer: Writer
) -> Unit:
    written: list[Line] = []
    last = len(members) - 1
    for n, member in enumerate(members):
        order = member.order
        said = writer.wording(order)
        text = f"{said.what}  {said.how}" if n == last and said.how else said.what
        by = hands.get(order.id, NOBODY)
        for m, part in enumerate(writer.fits(text)):
            cells = [Cell(Column.TEXT, part)]
            if m == 0:
                cells += _beside(kind, order, by, writer)
            cautions = _cautions(kind, member, by) if m == 0 else ()
            written.append(Line(f"{order.id}/{m}", tuple(cells), "", order.id, cautions))
    if last:
        written = [_bracketed(line, n, len(written)) for n, line in enumerate(written)]
    first = members[0].order
    at = began(first)
    head = _head(kind, first, hands.get(first.id, NOBODY), writer)
    day = writer.day(at)
    written[0] = replace(written[0], cells=(*head, *written[0].cells))
    return Unit(at, tuple(replace(line, day=day) for line in written))


def _bracketed(line: Line, n: int, of: int) -> Line:
    sign = "┓" if n == 0 else "┛" if n == of - 1 else "┃"
    return replace(line, cells=(*line.cells, Cell(Column.BRACKET, sign)))


def _reissue(at: datetime, writer: Writer) -> Unit:
    day = writer.day(at)
    cells = (
        Cell(Column.RULE, "—", Ink.RED),
        Cell(Column.START_DATE, day, Ink.RED),
        Cell(Column.START_TIME, writer.time(at), Ink.RED),
        Cell(Column.TEXT, writer.words.reissued, Ink.RED),
    )
    return Unit(at, (Line(f"reissue/{at.astimezone(UTC).isoformat()}", cells, day),))


def _head(kind: SheetKind, order: Order, by: Hands, writer: Writer) -> list[Cell]:
    """What is said once of an order or a group: when, who, and how it ended."""
    at = began(order)
    cells = [
        Cell(Column.START_DATE, writer.day(at)),
        Cell(Column.START_TIME, writer.time(at)),
        Cell(Column.PHYSICIAN, order.requester_name),
        Cell(Column.NURSE, _names(by.verified, by.second)),
    ]
    ended = _ended_in(kind, order, by, writer)
    return [cell for cell in (*cells, *ended) if cell.text]


def _ended_in(kind: SheetKind, order: Order, by: Hands, writer: Writer) -> list[Cell]:
    mark = _mark(kind, order, writer.words)
    ink = Ink.RED if mark else Ink.BLACK
    at, name = _end(order, by)
    if kind is SheetKind.LONG_TERM:
        if at is None and not _is_over(order):
            return []
        return [
            Cell(Column.END_DATE, writer.day(at), ink),
            Cell(Column.END_TIME, writer.time(at), ink),
            Cell(Column.END_PHYSICIAN, name, ink),
            Cell(Column.END_NURSE, _names(by.stop_taken), ink),
        ]
    if by.executed is None and mark:
        return [Cell(Column.DONE_AT, writer.short(at), ink), Cell(Column.DONE_BY, name, ink)]
    done = by.executed
    return [
        Cell(Column.DONE_AT, writer.short(done.at) if done is not None else ""),
        Cell(Column.DONE_BY, _names(done)),
    ]


def _end(order: Order, by: Hands) -> tuple[datetime | None, str]:
    """When it ended and who said so; what ran to its set end was ended by who set it."""
    if order.stopped_at is not None:
        return order.stopped_at, by.stopped_by
    if order.status == "completed" and order.ends_at is not None:
        return order.ends_at, order.requester_name
    return None, by.stopped_by


def _is_over(order: Order) -> bool:
    return order.status in ("stopped", "cancelled", "revoked", "entered-in-error")


def _mark(kind: SheetKind, order: Order, words: SheetWords) -> str:
    """The red word, or "": a stop of a long-term order is signed in its own columns instead."""
    if order.status == "entered-in-error":
        return words.void
    if order.ending is Ending.LAPSED:
        return words.lapsed
    if order.status == "cancelled" or order.ending is Ending.CANCELLED:
        return words.cancelled
    stopped = kind is SheetKind.TEMPORARY and order.status in ("stopped", "revoked")
    return words.stopped if stopped else ""


def _beside(kind: SheetKind, order: Order, by: Hands, writer: Writer) -> list[Cell]:
    """What is written to each member of a group, beside its text."""
    skin = {"-": writer.words.negative, "+": writer.words.positive}.get(by.skin, "")
    mark = _mark(kind, order, writer.words)
    cells = [Cell(Column.SKIN, skin, Ink.RED), Cell(Column.MARK, mark, Ink.RED)]
    return [cell for cell in cells if cell.text]


def _names(*signed: Signed | None) -> str:
    return "/".join(one.name for one in signed if one is not None and one.name)


def _cautions(kind: SheetKind, line: OrderLine, by: Hands) -> tuple[Caution, ...]:
    order = line.order
    over = _is_over(order)
    said = (
        (Caution.AWAITS_COUNTERSIGNATURE, order.status == "draft"),
        (Caution.CONFLICT, line.unsent == "conflict"),
        (Caution.REJECTED, line.unsent == "rejected"),
        (Caution.PROHIBITED, order.prohibited),
        (Caution.NOT_UNDERSTOOD, order.guarded),
        (Caution.UNSENT, line.unsent in ("saved", "sent")),
        (Caution.HELD, order.status == "on-hold"),
        (Caution.BY_WORD, order.unconfirmed),
        (Caution.NOT_VERIFIED, by.verified is None and order.status in ("active", "on-hold")),
        (
            Caution.STOP_NOT_TAKEN,
            kind is SheetKind.LONG_TERM and over and by.verified is not None and not by.stop_taken,
        ),
    )
    return tuple(one for one, holds in said if holds)
