"""Procedure (R4 procedure.html) as a timeline event."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from app.domain.chart import Event
from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.elements import at, moment, sort_instant, term_or_unnamed, text_at


def read_procedure(document: Document, zone: tzinfo = UTC) -> Event | None:
    """Read a Procedure, or None when nobody knows when it was (or will be) done.

    One dated without a time stands at the start of its day in `zone`, and says so.
    """
    done_at, done_text, ends_at = _performed(document)
    sorted_at = done_at or sort_instant(done_text, zone)
    if sorted_at is None:
        return None
    return Event(
        kind="operation",
        at=sorted_at,
        title=term_or_unnamed(at(document, "code")),
        ref=Ref(f"Procedure/{text_at(document, 'id')}"),
        ends_at=ends_at,
        status=text_at(document, "status"),
        at_text=done_text,
    )


def _performed(document: Document) -> tuple[datetime | None, str, datetime | None]:
    done_at, done_text = moment(at(document, "performedDateTime"))
    if done_at is not None or done_text:
        return done_at, done_text, None
    ends_at, ends_text = moment(at(document, "performedPeriod", "end"))
    done_at, done_text = moment(at(document, "performedPeriod", "start"))
    if done_at is not None or done_text:
        return done_at, done_text, ends_at
    return ends_at, ends_text, None
