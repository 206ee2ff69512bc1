"""The notes of one patient: list, reader, writer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.notes import NoteStatus
from app.domain.signatures import VOID, standing
from resources.styles.tokens import Tone
from ui.notes.presenter import NotesPresenter
from ui.notes.rows import (
    draft_row,
    kind_words,
    note_row,
    notes_spec,
    signature_words,
    status_cell,
)
from ui.notes.state import NoteForm, NotesState
from ui.notes.writer import Writer
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.discarding import Discarding
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.chips import Chip
from widgets.labels import Caption, Title, WrapLabel
from widgets.naming import named
from widgets.state_stack import StateStack
from widgets.table import Table


class NotesPage(Page):
    """Shows a `NotesState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "notes")
        self._words = ChartWords(desk)
        self._presenter: NotesPresenter | None = None
        self._state = NotesState()
        self._drawn: object = None
        self._filled: NoteForm | None = None
        self._new = named(KeyButton("new"), self.part("new"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._table = Table(self.look, notes_spec(self._words))
        self._title = named(Title(), self.part("note_title"))
        self._meta = named(Caption(), self.part("note_meta"))
        self._meta.setWordWrap(True)
        self._signed = named(Caption(), self.part("note_signed"))
        self._signed.setWordWrap(True)
        self._voided = BannerLine(self.look, self.part("note_voided"))
        self._status = named(Chip(self.look), self.part("note_status"))
        self._text = named(WrapLabel(), self.part("note_text"))
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._countersign = named(KeyButton("countersign"), self.part("countersign"))
        self._countersign.claim(Tone.ACT)
        self._writer = Writer(self.look, self.part("writer"), self._words)
        self._right = QStackedWidget()
        self._stack = StateStack(self.look, self.part("state"), self._split())
        self._discarding = Discarding(self, self._discard)
        self.keep(
            PageKeys(
                desk.shortcuts,
                self,
                Command("notes.new.command", self._begin, "N", icon="file-pen"),
            )
        )
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: NotesPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)

    @property
    def draft_is_open(self) -> bool:
        return self._state.form is not None and not self._writer.form.blank

    def focus_on(self, focus: str) -> None:
        if self._presenter is not None:
            self._presenter.focus_on(focus)

    def show_state(self, state: NotesState) -> None:
        self._state = state
        self._new.setVisible(state.may_write)
        self._new.setEnabled(not state.busy)
        say_outcome(self._notice, self.desk, state.act_fault, state.notice)
        self._fill_writer()
        self._show_body()

    def retranslate(self) -> None:
        super().retranslate()
        self._new.setText(self.text("notes.new"))
        self._countersign.setText(self.text("notes.countersign"))
        self._table.respell(notes_spec(self._words))
        self._writer.respell(signs=self._state.may_sign)
        self._drawn = None
        self.show_state(self._state)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._writer.flush()

    def leave(self) -> None:
        self._writer.flush()
        super().leave()

    # -- showing

    def _show_body(self) -> None:
        state = self._state
        if state.fault is not None and not state.notes and state.form is None:
            self._stack.show_failed(self._words.fault(state.fault), self.text("notes.safe"))
        elif state.loading and not state.notes and state.form is None:
            self._stack.show_loading()
        elif not state.notes and state.form is None:
            action = self.text("notes.new") if state.may_write else ""
            self._stack.show_empty(self.text("notes.empty"), self.text("notes.empty.then"), action)
        else:
            self._show_content()

    def _show_content(self) -> None:
        state = self._state
        if state.fault is not None:
            self._stack.show_partial(self._words.fault(state.fault), can_retry=True)
        else:
            self._stack.show_content()
        drawn = (state.notes, state.form, state.voided)
        if self._drawn != drawn:
            self._drawn = drawn
            rows = [
                note_row(self._words, note, voided=note.id in state.voided) for note in state.notes
            ]
            if state.form is not None:
                rows.insert(0, draft_row(self._words, state.form))
            self._table.show_rows(tuple(rows))
        if self._table.current != state.current:
            self._table.go_to(state.current)
        self._right.setCurrentIndex(1 if state.writing else 0)
        if not state.writing:
            self._show_note()

    def _fill_writer(self) -> None:
        """What is typed is the user's: the form is filled only with what is new to it."""
        state = self._state
        if state.form is not None and self._filled is None:
            self._writer.show_form(state.form)
            self._writer.respell(signs=state.may_sign)
        elif state.form is None and self._filled is not None:
            self._writer.show_form(NoteForm())
        self._filled = state.form
        time = self.desk.formats.moment(state.restored_at) if state.restored_at else ""
        self._writer.show_restored(self.text("notes.restored", time=time) if time else "")
        self._writer.allow(editing=not state.busy, ready=state.may_write)
        render = self.desk.languages.render
        self._writer.show_errors({one.field: render(one.message) for one in state.objections})

    def _show_note(self) -> None:
        note = self._state.chosen
        self._countersign.setVisible(self._state.can_countersign)
        self._status.setVisible(note is not None)
        if note is None:
            self._title.setText("")
            self._meta.setText("")
            self._text.setText("")
            self._signed.setText("")
            self._voided.show_notice(None)
            return
        words = self._words
        kind = kind_words(words, note)
        self._title.setText(note.title or kind)
        parts = [kind, note.author_name or self.text("notes.no_author")]
        parts.append(words.moment(note.at, note.at_text))
        if note.countersigned_by:
            who, at = note.countersigned_by, words.moment(note.countersigned_at)
            parts.append(self.text("notes.countersigned_by", who=who, time=at))
        self._meta.setText(" · ".join(parts))
        void = standing(self._state.signed or ()) in VOID
        cell = status_cell(words, note, voided=void)
        good = note.status is NoteStatus.FINAL and not note.unsent and not void
        tone = Tone.GOOD if good else cell.tone
        self._status.show_claim(" · ".join(x for x in (cell.text, cell.second) if x), tone)
        self._text.setText(self.text("notes.no_text") if note.text is None else note.text)
        self._show_signatures()

    def _show_signatures(self) -> None:
        """A signature that does not hold stands out; one that does, or none, is a quiet line."""
        signed = self._state.signed
        if signed is None:
            self._signed.setText(self.text("notes.signature.trying"))
            self._signed.show()
            self._voided.show_notice(None)
            return
        said, loud = signature_words(self._words, signed), standing(signed) in VOID
        self._signed.setText("" if loud else said)
        self._signed.setVisible(not loud)
        self._voided.show_notice(Notice(said, Tone.CAUTION, stays=True) if loud else None)

    # -- hearing

    def _begin(self) -> None:
        if self._presenter is not None:
            self._presenter.new()
            self._writer.write_on()

    def _choose(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose(key)

    def _open(self, key: str) -> None:
        self._choose(key)
        if self._state.writing:
            self._writer.write_on()

    def _edit(self, form: NoteForm) -> None:
        if self._presenter is not None:
            self._presenter.edit(form)

    def _ask_sign(self) -> None:
        if self._presenter is not None:
            self._presenter.sign()

    def _discard(self) -> None:
        if self._presenter is not None:
            self._presenter.discard()

    def _ask_countersign(self) -> None:
        if self._presenter is not None:
            self._presenter.countersign()

    def _retry(self) -> None:
        if self._presenter is not None:
            self._presenter.load()

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()

    # -- building

    def _split(self) -> QSplitter:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        self._right.addWidget(self._reader())
        self._right.addWidget(self._writer)
        split.addWidget(self._table)
        split.addWidget(self._right)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        return split

    def _reader(self) -> QWidget:
        reader = named(QWidget(), self.part("reader"))
        theme = self.look.theme
        head = QHBoxLayout()
        head.setSpacing(theme.px("gap"))
        head.addWidget(self._title, 1)
        head.addWidget(self._status)
        head.addWidget(self._countersign)
        area = named(QScrollArea(), self.part("reader_scroll"))
        area.setWidgetResizable(True)
        area.setWidget(self._text)
        column = QVBoxLayout(reader)
        column.setContentsMargins(theme.px("pad"), 0, 0, 0)
        column.setSpacing(theme.px("gap"))
        column.addLayout(head)
        column.addWidget(self._meta)
        column.addWidget(self._signed)
        column.addWidget(self._voided)
        column.addWidget(area, 1)
        return reader

    def _lay_out(self) -> None:
        theme = self.look.theme
        pad, gap = theme.px("pad"), theme.px("gap")
        head = QHBoxLayout()
        head.addWidget(self._new)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, gap, pad, gap)
        column.setSpacing(gap)
        column.addLayout(head)
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._new.clicked.connect(self._begin)
        self._table.selected.connect(self._choose)
        self._table.opened.connect(self._open)
        self._writer.settled.connect(self._edit)
        self._writer.sign_requested.connect(self._ask_sign)
        self._writer.discard_requested.connect(self._discarding.ask)
        self._countersign.clicked.connect(self._ask_countersign)
        self._stack.retry_requested.connect(self._retry)
        self._stack.action_requested.connect(self._begin)
        self._notice.dismissed.connect(self._dismiss)
