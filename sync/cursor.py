"""Download passes: which window is asked for, and when the watermark may move."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.domain.terms import Ref
from sync.versions import Order, Version, compare

FAST_OVERLAP = timedelta(seconds=35)
"""Longest ordinary transaction plus clock drift between server nodes (sync.md §7.5)."""


class Mode(enum.Enum):
    """`Bundle.entry.search.mode` (FHIR R4 §3.1.1.3)."""

    MATCH = "match"
    INCLUDE = "include"
    OUTCOME = "outcome"


class Phase(enum.Enum):
    """Where a pass stands. Only `IDLE` has a watermark that can be trusted to be final."""

    IDLE = "idle"
    PAGING = "paging"
    PAGED = "paged"


class PageFault(enum.Enum):
    """Why a page cannot be committed; the pass is restarted."""

    REPEATED = "repeated"
    ENDLESS = "endless"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a page: what it is, which version, when the server stamped it."""

    ref: Ref
    version: str
    updated: datetime
    mode: Mode = Mode.MATCH


@dataclass(frozen=True, slots=True)
class Page:
    """One page as received.

    Attributes:
        next_link: Link to the next page, "" on the last. It is compared, never stored as truth.
    """

    items: tuple[Item, ...]
    next_link: str = ""

    @property
    def matches(self) -> tuple[Item, ...]:
        """What was searched for. Includes came along and say nothing of how far we are (Q24)."""
        return tuple(item for item in self.items if item.mode is Mode.MATCH)


@dataclass(frozen=True, slots=True)
class Window:
    """`_lastUpdated=ge{lo}&_lastUpdated=lt{hi}`; `lo` None asks for everything up to `hi`."""

    lo: datetime | None
    hi: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where one scope and type stands, in one lane.

    Every lane has its own cursor. A slow lane that started from the fast lane's watermark would
    look back only from there, and an update stamped before it but committed late would be lost.

    Attributes:
        watermark: Everything the server had stamped before it, give or take the overlap, is here.
        window: The running pass.
        resume_from: Where the window may be entered again: the latest stamp committed so far.
        in_order: The pages so far came in order of `lastUpdated`; only then is `resume_from` used.
        next_boundary: What of this pass will lie in the overlap of the next one.
        boundary: (id, version) seen inside the overlap by the last complete pass.
    """

    overlap: timedelta = FAST_OVERLAP
    watermark: datetime | None = None
    phase: Phase = Phase.IDLE
    pass_no: int = 0
    page_no: int = 0
    restarts: int = 0
    window: Window | None = None
    resume_from: datetime | None = None
    in_order: bool = True
    boundary: frozenset[tuple[Ref, str]] = frozenset()
    next_boundary: frozenset[tuple[Ref, str]] = frozenset()
    seen_pages: frozenset[str] = field(default=frozenset())

    @property
    def asks(self) -> Window | None:
        """The window to search now, or None while no page is wanted."""
        if self.phase is not Phase.PAGING or self.window is None:
            return None
        if self.resume_from is None or not self.in_order:
            return self.window
        return Window(self.resume_from, self.window.hi)


@dataclass(frozen=True, slots=True)
class Fetch:
    """What an ids-first answer leaves to be fetched.

    Attributes:
        wanted: To be fetched whole, by `_id`.
        current: Known in this very version.
        late: Of those wanted, the ones stamped before the watermark: a cursor without an overlap
            would have lost them (D1).
        doubtful: Listed in an older version than the one here. A cached list or a page read before
            our own write was confirmed proves nothing: read each one before any alarm (I9).
    """

    wanted: tuple[Ref, ...]
    current: tuple[Ref, ...]
    late: tuple[Ref, ...]
    doubtful: tuple[Ref, ...]


def start(cursor: Cursor, server_now: datetime) -> Cursor:
    """Begin a pass. `server_now` is the `Date` of a probe, so our own clock plays no part (Q1, Q2).

    When the server's clock has gone back the window follows it down: what is stamped meanwhile
    would otherwise lie below every window until the clock has caught up.

    Raises:
        ValueError: A pass is already running; resume or abandon it first.
    """
    if cursor.phase is not Phase.IDLE:
        raise ValueError("a pass is running")
    lo = None if cursor.watermark is None else min(cursor.watermark, server_now) - cursor.overlap
    return replace(
        cursor,
        phase=Phase.PAGING,
        pass_no=cursor.pass_no + 1,
        page_no=0,
        restarts=0,
        window=Window(lo, server_now),
        resume_from=None,
        in_order=True,
        next_boundary=frozenset(),
        seen_pages=frozenset(),
    )


def commit_page(cursor: Cursor, page: Page, most_pages: int = 10_000) -> Cursor | PageFault:
    """The cursor to be stored in the same transaction as the data of `page` (I7).

    A fault means that the server goes round in circles: commit nothing, `restart`.

    Raises:
        ValueError: No pass is running.
    """
    window = cursor.window
    if cursor.phase is not Phase.PAGING or window is None:
        raise ValueError("no pass is running")
    marks = _marks(page)
    if marks & cursor.seen_pages:
        return PageFault.REPEATED
    if cursor.page_no >= most_pages:
        return PageFault.ENDLESS
    stamps = [item.updated for item in page.matches]
    low = cursor.resume_from
    in_order = stamps == sorted(stamps) and (low is None or not stamps or stamps[0] >= low)
    kept = {
        (item.ref, item.version)
        for item in page.matches
        if item.updated >= window.hi - cursor.overlap
    }
    return replace(
        cursor,
        phase=Phase.PAGING if page.next_link else Phase.PAGED,
        page_no=cursor.page_no + 1,
        resume_from=max([*stamps, *([low] if low is not None else [])], default=None),
        in_order=cursor.in_order and in_order,
        next_boundary=cursor.next_boundary | kept,
        seen_pages=cursor.seen_pages | marks,
    )


def complete(cursor: Cursor) -> Cursor:
    """Move the watermark: the one place where it moves.

    Raises:
        ValueError: The last page has not been committed.
    """
    if cursor.phase is not Phase.PAGED or cursor.window is None:
        raise ValueError("the pass is not complete")
    return replace(
        cursor,
        watermark=cursor.window.hi,
        phase=Phase.IDLE,
        window=None,
        resume_from=None,
        boundary=cursor.next_boundary,
        next_boundary=frozenset(),
        seen_pages=frozenset(),
    )


def restart(cursor: Cursor) -> Cursor:
    """Enter the window again after an expired `next` link, a crash, or a page that came twice (Q4).

    The window stays: what was stamped below `resume_from` has been committed, and what commits
    late below it lies in the overlap of the next pass. If the pages did not come in order that
    does not hold, and the pass begins anew.
    """
    if cursor.phase is not Phase.PAGING:
        return cursor
    return replace(
        cursor,
        page_no=cursor.page_no if cursor.in_order else 0,
        restarts=cursor.restarts + 1,
        resume_from=cursor.resume_from if cursor.in_order else None,
        in_order=True,
        seen_pages=frozenset(),
    )


def abandon(cursor: Cursor) -> Cursor:
    """Give the pass up. Committed pages stay applied; the watermark stays where it was."""
    return replace(
        cursor,
        phase=Phase.IDLE,
        window=None,
        resume_from=None,
        in_order=True,
        next_boundary=frozenset(),
        seen_pages=frozenset(),
    )


def to_fetch(items: Iterable[Item], known: Mapping[Ref, Version], cursor: Cursor) -> Fetch:
    """Compare an ids-first answer with what is here.

    Only a version at hand spares a fetch. The boundary does not: a document may have been seen
    and evicted since.
    """
    wanted: dict[Ref, bool] = {}
    current: dict[Ref, None] = {}
    doubtful: dict[Ref, None] = {}
    for item in items:
        if item.mode is Mode.OUTCOME:
            continue
        held = known.get(item.ref)
        order = Order.NEWER if held is None else compare(Version(item.version, item.updated), held)
        if order is Order.SAME:
            current[item.ref] = None
        elif order is Order.OLDER:
            doubtful[item.ref] = None
        else:
            wanted[item.ref] = _is_late(item, cursor)
    return Fetch(
        tuple(wanted),
        tuple(ref for ref in current if ref not in wanted),
        tuple(ref for ref, late in wanted.items() if late),
        tuple(ref for ref in doubtful if ref not in wanted and ref not in current),
    )


def _is_late(item: Item, cursor: Cursor) -> bool:
    return (
        item.mode is Mode.MATCH
        and cursor.watermark is not None
        and item.updated < cursor.watermark
        and (item.ref, item.version) not in cursor.boundary
    )


def _marks(page: Page) -> frozenset[str]:
    """Fingerprints of a page: where it leads, and what it holds. Empty content marks nothing."""
    content = "\n".join(sorted(f"{item.ref} {item.version}" for item in page.items))
    found = [("link", page.next_link), ("content", content)]
    return frozenset(
        hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest() for kind, text in found if text
    )
