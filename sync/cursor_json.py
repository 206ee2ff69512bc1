"""A download cursor as the text the cache keeps."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from app.domain.terms import Ref
from sync.cursor import Cursor, Phase, Window


def to_text(cursor: Cursor) -> str:
    """Everything of `cursor`, as JSON."""
    window = cursor.window
    return json.dumps(
        {
            "overlap": cursor.overlap / timedelta(seconds=1),
            "watermark": _stamp(cursor.watermark),
            "phase": cursor.phase.value,
            "pass_no": cursor.pass_no,
            "page_no": cursor.page_no,
            "restarts": cursor.restarts,
            "window": [_stamp(window.lo), _stamp(window.hi)] if window else None,
            "resume_from": _stamp(cursor.resume_from),
            "in_order": cursor.in_order,
            "boundary": sorted(cursor.boundary),
            "next_boundary": sorted(cursor.next_boundary),
        }
    )


def from_text(text: str, overlap: timedelta) -> Cursor:
    """The cursor kept in `text`; a text that cannot be read gives a fresh one.

    A fresh cursor asks for everything again, which costs time and loses nothing.
    """
    try:
        kept = json.loads(text)
        window = kept["window"]
        return Cursor(
            overlap=overlap,
            watermark=_moment(kept["watermark"]),
            phase=Phase(kept["phase"]),
            pass_no=kept["pass_no"],
            page_no=kept["page_no"],
            restarts=kept["restarts"],
            window=Window(_moment(window[0]), datetime.fromisoformat(window[1]))
            if window
            else None,
            resume_from=_moment(kept["resume_from"]),
            in_order=kept["in_order"],
            boundary=frozenset((Ref(ref), version) for ref, version in kept["boundary"]),
            next_boundary=frozenset((Ref(ref), version) for ref, version in kept["next_boundary"]),
        )
    except (ValueError, KeyError, TypeError, IndexError):
        return Cursor(overlap=overlap)


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
