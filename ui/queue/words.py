"""How a change group is worded: in the list, and whole beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.sending import GroupState, QueueItem
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.queue.state import QueueState, Section, section_of
from ui.runtime.act_words import named_act, named_patient
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec

_STATES: Final = {
    GroupState.SAVED: (Tone.LOCAL, "hard-drive"),
    GroupState.PACKED: (Tone.LOCAL, "cloud-upload"),
    GroupState.SENT: (Tone.LOCAL, "send"),
    GroupState.WAITING: (Tone.LOCAL, "timer"),
    GroupState.CONFIRMED: (Tone.GOOD, "circle-check"),
    GroupState.HELD: (Tone.CAUTION, "pause"),
    GroupState.CONFLICT: (Tone.CAUTION, "git-compare"),
    GroupState.REJECTED: (Tone.CAUTION, "circle-x"),
    GroupState.FENCED: (Tone.CAUTION, "ban"),
    GroupState.DISCARDED: (Tone.PLAIN, "circle-x"),
}


@dataclass(frozen=True, slots=True)
class QueueWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def act(self, item: QueueItem) -> str:
        return named_act(self.desk, item.act)

    def patient(self, item: QueueItem) -> str:
        return named_patient(self.desk, item.patient, item.patient_name)

    def state(self, item: QueueItem) -> str:
        return self.text(f"queue.state.{item.state.value}")

    def why(self, item: QueueItem, state: QueueState) -> str:
        """Why it is where it is; never that all is well while the server is out of reach."""
        if item.why is not None:
            return self.desk.languages.render(item.why)
        if item.state is GroupState.SENT:
            return self.text("queue.why.asked")
        section = section_of(item)
        if section is Section.ATTENTION and item.server_said:
            return self.text("queue.why.said")
        if section is Section.ON_ITS_WAY and not state.is_reachable:
            return self.text("queue.why.unreachable")
        return self.text(f"queue.why.{section.value}")

    def tone(self, item: QueueItem) -> Tone:
        return _STATES[item.state][0]

    # -- the list

    def spec(self) -> TableSpec:
        columns = (
            Column("act", self.text("queue.column.act"), 148, wraps=True, fixed=True),
            Column("patient", self.text("queue.column.patient"), 92, wraps=True, fixed=True),
            Column("state", self.text("queue.column.state"), 156),
            Column("why", self.text("queue.column.why"), 200, wraps=True, stretches=True),
            Column("at", self.text("queue.column.at"), 130),
            Column("author", self.text("queue.column.author"), 78, wraps=True),
        )
        return TableSpec("queue.table", self.text("workspace.queue"), columns)

    def rows(self, state: QueueState) -> tuple[Row, ...]:
        return tuple(self._row(place, item, state) for place, item in enumerate(state.listed))

    def _row(self, place: int, item: QueueItem, state: QueueState) -> Row:
        tone, icon = _STATES[item.state]
        section = section_of(item)
        formats = self.desk.formats
        word = self.text("queue.sending") if item.group in state.sending else self.state(item)
        tries = self._tries(item)
        return Row(
            item.group,
            (
                Cell(self.act(item), strong=True),
                Cell(self.patient(item), tone=Tone.PLAIN if item.patient else Tone.UNKNOWN),
                Cell(
                    word,
                    second=tries,
                    tone=tone,
                    icon=icon,
                    badge=not tries,
                    hover="\n".join(part for part in (word, tries) if part),
                    order=place,
                ),
                Cell(self.why(item, state)),
                Cell(
                    formats.moment(item.at),
                    hover=formats.ago(item.at, state.now),
                    order=item.at.timestamp(),
                ),
                Cell(item.author_name or DASH),
            ),
            tone=Tone.LOCAL if item.state.unsent and tone is Tone.LOCAL else _edge(tone),
            faded=not item.state.unsent,
            finds=" ".join((self._section(section), item.group, *item.refs)),
        )

    def _section(self, section: Section) -> str:
        return self.text(f"queue.part.{section.value}")

    def _tries(self, item: QueueItem) -> str:
        """How often it was tried and when the next try comes; nothing before the first."""
        if item.next_try_at is not None:
            at = self.desk.formats.time(item.next_try_at)
            return self.text("queue.tries_next", count=item.attempts, at=at)
        return self.text("queue.tries", count=item.attempts) if item.attempts else ""

    # -- the details

    def details(self, item: QueueItem, state: QueueState) -> tuple[tuple[str, str], ...]:
        """Every fact of a group with its label, for the panel and for IT."""
        formats = self.desk.formats
        at = formats.moment(item.at, seconds=True)
        ago = formats.ago(item.at, state.now)
        following = item.next_try_at
        return (
            (self.text("queue.column.act"), self.act(item)),
            (self.text("queue.column.patient"), self.patient(item)),
            (self.text("queue.column.state"), self.state(item)),
            (self.text("queue.column.why"), self.why(item, state)),
            (self.text("queue.column.attempts"), str(item.attempts)),
            (
                self.text("queue.column.next"),
                formats.moment(following, seconds=True)
                if following
                else self.text("queue.no_next"),
            ),
            (self.text("queue.column.at"), self.text("queue.at_ago", at=at, ago=ago)),
            (self.text("queue.column.author"), item.author_name or DASH),
            (self.text("queue.version"), item.version or self.text("queue.no_version")),
            (self.text("queue.records"), "\n".join(item.refs) or DASH),
            (self.text("queue.group"), item.group),
        )

    def headline(self, state: QueueState) -> tuple[str, Tone]:
        message = state.headline
        tone = {
            "queue.head.all_sent": Tone.GOOD,
            "queue.head.waiting": Tone.LOCAL,
            "queue.head.attention": Tone.CAUTION,
        }.get(message.code, Tone.UNKNOWN)
        return self.desk.languages.render(message), tone

    def contact(self, state: QueueState) -> str:
        """When the server was last reached and what stands in the way, with times."""
        status = state.status
        if status is None:
            return ""
        formats = self.desk.formats
        contact = formats.moment(status.last_contact) if status.last_contact else DASH
        sent = formats.moment(status.last_sent) if status.last_sent else DASH
        word = self.text(f"queue.connection.{status.connection.value}")
        said = self.text("queue.contact", state=word, contact=contact, sent=sent)
        trouble = self.desk.languages.render(status.trouble) if status.trouble else ""
        return "\n".join(line for line in (said, self.fetching(state), trouble) if line)

    def fetching(self, state: QueueState) -> str:
        """Whether the server announces changes, or this workstation only asks for them."""
        found = state.fetching
        if found is None:
            return ""
        return self.text(f"queue.fetching.{found.announcing.value}", seconds=found.every_seconds)


def _edge(tone: Tone) -> Tone:
    return tone if tone is Tone.CAUTION else Tone.PLAIN
