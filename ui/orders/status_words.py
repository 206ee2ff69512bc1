"""How an order stands, in words with an icon; colour alone never says it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten

from app.domain.order_troubles import Trouble
from app.domain.orders import Ending, Order, OrderLine
from app.domain.sending import GroupState
from app.services.order_reasons import reason_in
from resources.styles.tokens import Tone
from ui.runtime.chart_words import ChartWords
from ui.runtime.formats import DASH
from widgets.table_values import Cell

_BETWEEN = " · "
_SERVER_WORDS = 90
"""So many letters of what the server said stand in the row; the rest in the hover."""
_UNDECIDED = {"conflict": "git-compare", "rejected": "octagon-alert"}
"""Icons of what somebody must decide, by what the order says of itself."""
_WAITING = {
    GroupState.REJECTED: "octagon-alert",
    GroupState.CONFLICT: "git-compare",
    GroupState.HELD: "git-compare",
    GroupState.FENCED: "lock",
}
_ENDED = {
    Ending.STOPPED: "circle-x",
    Ending.CANCELLED: "circle-x",
    Ending.REPLACED: "refresh-cw",
    Ending.LAPSED: "timer",
}
_STANDING = {
    "on-hold": "pause",
    "draft": "signature",
    "entered-in-error": "ban",
    "completed": "check",
    "stopped": "circle-x",
    "revoked": "circle-x",
    "cancelled": "circle-x",
}


def status_cell(words: ChartWords, line: OrderLine, trouble: Trouble | None = None) -> Cell:
    """Never blank; what is suspended, waits, was refused or crossed says so below its status."""
    order = line.order
    if order.prohibited:
        return Cell(words.text("orders.prohibited"), tone=Tone.CAUTION, icon="ban", strong=True)
    notes = _BETWEEN.join(_notes(words, line, trouble))
    icon, tone = _sign(line, trouble)
    return Cell(
        _ending_words(words, order) or status_words(words, order.status),
        second=notes,
        hover=_hover(words, notes, trouble),
        tone=tone,
        icon=icon,
        strong=order.status in ("on-hold", "draft"),
    )


def status_words(words: ChartWords, status: str) -> str:
    """The status in words; one that we do not know is shown as it came."""
    known = words.desk.languages.catalogue.has(f"orders.status.{status or 'unknown'}")
    return words.text(f"orders.status.{status or 'unknown'}") if known else status


def stop_reason(words: ChartWords, order: Order) -> str:
    """Why it ended, in the reader's language where the reason was a coded one."""
    return reason_in(words.language, order.why, order.stop_reason)


def _notes(words: ChartWords, line: OrderLine, trouble: Trouble | None) -> Iterator[str]:
    order = line.order
    if order.status == "on-hold":
        yield from _held_words(words, order)
    if order.unconfirmed:
        yield _heard_words(words, order)
    if line.given_after_end:
        yield words.text("orders.given_after_end", count=line.given_after_end)
    if unsent := _unsent_words(words, line, trouble):
        yield unsent
    if order.guarded:
        yield words.text("orders.guarded")


def _heard_words(words: ChartWords, order: Order) -> str:
    """Who gave it and who wrote it down, as far as the record names them."""
    spoken = order.spoken
    by = (spoken.by_name if spoken is not None else "") or order.requester_name
    writer = spoken.written_by_name if spoken is not None else ""
    return words.text("verbal.unconfirmed", by=by or DASH, writer=writer or DASH)


def _unsent_words(words: ChartWords, line: OrderLine, trouble: Trouble | None) -> str:
    """What has not reached the server, and why, as far as the queue says so."""
    if trouble is None:
        return words.unsent(line.unsent)
    said = words.text(f"orders.unsent.{trouble.state.value}")
    if trouble.state is not GroupState.REJECTED or not trouble.server_said:
        return said
    server = shorten(trouble.server_said, _SERVER_WORDS, placeholder="…")
    return words.text("orders.unsent.why", state=said, why=server)


def _hover(words: ChartWords, notes: str, trouble: Trouble | None) -> str:
    """Everything the server said and what is to be done about it."""
    parts = [notes]
    if trouble is not None:
        why = words.desk.languages.render(trouble.why) if trouble.why is not None else ""
        parts += [why, trouble.server_said]
    return "\n".join(part for part in parts if part)


def _sign(line: OrderLine, trouble: Trouble | None) -> tuple[str, Tone]:
    """One icon: of what needs somebody first, then of what must not be overlooked."""
    order = line.order
    undecided = _UNDECIDED.get(line.unsent, "")
    if trouble is not None and trouble.needs_somebody:
        undecided = _WAITING[trouble.state]
    waits = order.status if order.status in ("on-hold", "draft") else ""
    grave = (
        undecided,
        "triangle-alert" if line.given_after_end else "",
        "lock" if order.guarded else "",
        _STANDING.get(waits, ""),
        "message-square" if order.unconfirmed else "",
    )
    if icon := next((one for one in grave if one), ""):
        return icon, Tone.CAUTION
    if line.unsent:
        return "hard-drive", Tone.LOCAL
    tone = Tone.UNKNOWN if order.status in ("unknown", "") else Tone.PLAIN
    ended = order.ending if not order.current and order.status != "entered-in-error" else None
    return (_ENDED[ended] if ended else _STANDING.get(order.status, "")), tone


def _ending_words(words: ChartWords, order: Order) -> str:
    """How it ended, where that was written down; an order that was an error ended as that."""
    if order.ending is None or order.current or order.status == "entered-in-error":
        return ""
    return words.text(f"orders.ending.{order.ending.value}")


def _held_words(words: ChartWords, order: Order) -> Iterator[str]:
    """Since when and why it is on hold, as far as that is recorded."""
    if order.held_at is not None:
        yield words.short(order.held_at)
    if reason := reason_in(words.language, order.why, order.hold_reason):
        yield reason
