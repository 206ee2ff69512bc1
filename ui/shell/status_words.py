"""What the status bar says. "All sent" is said when it is true and never otherwise (I24)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.sending import Connection, SendingStatus
from app.ports.sync_store import QueueCounts
from resources.styles.tokens import Tone
from ui.runtime.language import Languages

_SKEW_WORTH_SAYING = 60
_SKEW_THAT_STOPS_SIGNING = 300  # sync.md §7.5


@dataclass(frozen=True, slots=True)
class StatusPart:
    """One claim of the bar: icon and word.

    Attributes:
        hover: The moment behind a span, or the whole of what was shortened.
    """

    key: str
    text: str
    tone: Tone = Tone.PLAIN
    icon: str = ""
    hover: str = ""


_CONNECTION = {
    Connection.ONLINE: (Tone.GOOD, "cloud"),
    Connection.OFFLINE: (Tone.CAUTION, "cloud-off"),
    Connection.SYNCING: (Tone.ACT, "refresh-cw"),
    Connection.ATTENTION: (Tone.CAUTION, "triangle-alert"),
    Connection.SIGNED_OUT: (Tone.CAUTION, "lock"),
    Connection.NOT_ENROLLED: (Tone.CAUTION, "circle-dashed"),
}


def status_parts(
    status: SendingStatus | None, languages: Languages, now: datetime
) -> tuple[StatusPart, ...]:
    """The parts of the bar from left to right; nobody has said anything yet when None."""
    if status is None:
        starting = languages.text("status.starting")
        return (StatusPart("connection", starting, Tone.UNKNOWN, "clock"),)
    words = _Words(status, languages, now)
    return (
        words.connection(),
        words.sent(),
        *words.counts(),
        *words.progress(),
        words.data_as_of(),
        *words.clock(),
        *words.trouble(),
    )


def with_outbox(status: SendingStatus, counts: QueueCounts | None) -> SendingStatus:
    """The status of the last round with what stands in the outbox now (I24).

    Without counts nothing is claimed any more until the next round.
    """
    if counts is None:
        return replace(status, last_pass_complete=False)
    return replace(
        status,
        waiting=counts.waiting,
        oldest_waiting=counts.oldest_waiting,
        conflicts=counts.conflicts,
        rejected=counts.rejected,
        held=counts.held,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    status: SendingStatus
    languages: Languages
    now: datetime

    def connection(self) -> StatusPart:
        tone, icon = _CONNECTION[self.status.connection]
        word = self.languages.text(f"status.connection.{self.status.connection.value}")
        contact = self.languages.formats.moment(self.status.last_contact, seconds=True)
        hover = self.languages.text("status.last_contact", at=contact)
        return StatusPart("connection", word, tone, icon, hover)

    def sent(self) -> StatusPart:
        formats, at = self.languages.formats, self.status.last_sent
        hover = formats.moment(at, seconds=True)
        if self.status.all_sent:
            said = (
                self.languages.text("status.all_sent_at", at=self._short(at))
                if at
                else self.languages.text("status.all_sent")
            )
            return StatusPart("sent", said, Tone.GOOD, "circle-check", hover)
        if at is None:
            return StatusPart("sent", self.languages.text("status.nothing_sent"), Tone.UNKNOWN)
        said = self.languages.text("status.sent", at=self._short(at))
        return StatusPart("sent", said, hover=hover)

    def counts(self) -> tuple[StatusPart, ...]:
        status = self.status
        found = [self._waiting()] if status.waiting else []
        for key, count, tone, icon in (
            ("conflict", status.conflicts, Tone.LOCAL, "git-compare"),
            ("rejected", status.rejected, Tone.CAUTION, "triangle-alert"),
            ("held", status.held, Tone.LOCAL, "pause"),
        ):
            if count:
                said = self.languages.text(f"status.{key}", count=count)
                found.append(StatusPart(key, said, tone, icon))
        return tuple(found)

    def _waiting(self) -> StatusPart:
        text, formats = self.languages.text, self.languages.formats
        oldest = self.status.oldest_waiting
        if oldest is None:
            said = text("status.waiting", count=self.status.waiting)
            return StatusPart("waiting", said, Tone.LOCAL, "hard-drive")
        span = formats.span(self.now - oldest)
        said = text("status.waiting_since", count=self.status.waiting, span=span)
        hover = text("status.oldest", at=formats.moment(oldest, seconds=True))
        return StatusPart("waiting", said, Tone.LOCAL, "hard-drive", hover)

    def progress(self) -> tuple[StatusPart, ...]:
        status = self.status
        if status.connection is not Connection.SYNCING or not status.progress_done:
            return ()
        if status.progress_total is None:
            said = self.languages.text("status.fetched", done_count=status.progress_done)
        else:
            said = self.languages.text(
                "status.fetched_of",
                done_count=status.progress_done,
                total_count=status.progress_total,
            )
        return (StatusPart("progress", said),)

    def data_as_of(self) -> StatusPart:
        at = self.status.data_as_of
        if at is None:
            said = self.languages.text("status.never_fetched")
            return StatusPart("data", said, Tone.UNKNOWN, "circle-help")
        said = self.languages.text("status.data_as_of", at=self._short(at))
        return StatusPart("data", said, hover=self.languages.formats.moment(at, seconds=True))

    def clock(self) -> tuple[StatusPart, ...]:
        skew = abs(self.status.clock_skew_seconds)
        if skew < _SKEW_WORTH_SAYING:
            return ()
        stops = skew > _SKEW_THAT_STOPS_SIGNING
        said = self.languages.text(
            "status.clock_stops_signing" if stops else "status.clock_off", minutes=skew // 60
        )
        return (StatusPart("clock", said, Tone.CAUTION, "timer"),)

    def trouble(self) -> tuple[StatusPart, ...]:
        if self.status.trouble is None:
            return ()
        said = self.languages.render(self.status.trouble)
        hover = "\n".join(part for part in (said, self.status.trouble_detail) if part)
        return (StatusPart("trouble", said, Tone.CAUTION, "info", hover),)

    def _short(self, at: datetime) -> str:
        """The time of today; an older one carries its date."""
        formats = self.languages.formats
        if formats.local(at).date() == formats.local(self.now).date():
            return formats.time(at, seconds=True)
        return formats.moment(at, seconds=True)
