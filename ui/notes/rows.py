"""A note as the list shows it."""

from __future__ import annotations

from app.domain.notes import Note, NoteKind, NoteStatus
from app.domain.signatures import Signed, newest_of_each_role, standing
from resources.styles.tokens import Tone
from ui.notes.state import DRAFT, NoteForm
from ui.runtime.chart_words import ChartWords
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec

_TONES = {
    NoteStatus.PRELIMINARY: Tone.CAUTION,
    NoteStatus.ENTERED_IN_ERROR: Tone.CAUTION,
    NoteStatus.UNKNOWN: Tone.UNKNOWN,
}


def notes_spec(words: ChartWords) -> TableSpec:
    """The columns of the list of notes."""
    text = words.text
    return TableSpec(
        "notes.table",
        text("notes.table.title"),
        (
            Column("time", text("notes.column.time"), 96),
            Column("note", text("notes.column.note"), 150, wraps=True, stretches=True, fixed=True),
            Column("author", text("notes.column.author"), 84, wraps=True),
            Column("status", text("notes.column.status"), 122, wraps=True),
        ),
    )


def note_row(words: ChartWords, note: Note, *, voided: bool = False) -> Row:
    """One note as a row; `voided` when it does not read any more as it was signed."""
    struck = note.status is NoteStatus.ENTERED_IN_ERROR
    kind = kind_words(words, note)
    title = note.title if note.title and note.title != kind else ""
    return Row(
        note.id,
        (
            Cell(
                words.short(note.at, note.at_text),
                hover=words.moment(note.at, note.at_text),
                order=-note.at.timestamp() if note.at else None,
            ),
            Cell(kind, second=title, strong=True, struck=struck),
            Cell(note.author_name or DASH, hover=note.author_name or words.text("notes.no_author")),
            status_cell(words, note, voided=voided),
        ),
        tone=Tone.LOCAL if note.unsent else Tone.PLAIN,
        faded=note.superseded or struck,
        finds=note.text or "",
    )


def draft_row(words: ChartWords, form: NoteForm) -> Row:
    """The open draft, above the notes."""
    kind = words.text(f"notes.kind.{form.kind}")
    return Row(
        DRAFT,
        (
            Cell(DASH, tone=Tone.UNKNOWN, hover=words.text("notes.draft.unsigned"), order="0"),
            Cell(kind, second=form.title, strong=True),
            Cell(words.text("notes.draft.me")),
            Cell(words.text("notes.draft.unsigned"), tone=Tone.LOCAL, icon="file-pen"),
        ),
        tone=Tone.LOCAL,
    )


def kind_words(words: ChartWords, note: Note) -> str:
    """Our kinds in the reader's words; a foreign kind as it was recorded."""
    if note.kind is NoteKind.OTHER and note.kind_term.code != NoteKind.OTHER.value:
        return words.term(note.kind_term)
    return words.text(f"notes.kind.{note.kind.value}")


def status_cell(words: ChartWords, note: Note, *, voided: bool = False) -> Cell:
    """What a note counts for, in words; never "signed" what nobody signed as it stands (I14)."""
    status = "voided" if voided else note.status.value
    said = words.text(f"notes.status.{status}")
    if note.superseded:
        said = words.text("notes.superseded", status=said)
    unsent = words.unsent(note.unsent)
    tone = Tone.CAUTION if voided else _TONES.get(note.status, Tone.PLAIN)
    if unsent:
        return Cell(said, second=unsent, tone=Tone.LOCAL, icon="hard-drive")
    return Cell(said, tone=tone, icon="" if tone is Tone.PLAIN else tone.icon)


def signature_words(words: ChartWords, signed: tuple[Signed, ...]) -> str:
    """What the signatures under a note are worth, and whose they are."""
    counting = newest_of_each_role(signed)
    people = words.text("notes.signature.and").join(_signer(words, one) for one in counting)
    return words.text(f"notes.signature.{standing(signed).value}", who=people)


def _signer(words: ChartWords, one: Signed) -> str:
    return words.text(
        f"notes.signer.{one.role.value}",
        who=one.name or words.text("notes.no_author"),
        time=words.moment(one.at, ""),
    )
