"""The plain order form."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.orders import OrderClass
from app.domain.terms import Term
from resources.styles.tokens import Tone
from ui.orders.check_strip import RUNNING, Checked
from ui.orders.chips import FindingChips
from ui.orders.fields import OrderFields
from ui.orders.form import OrderForm
from ui.orders.item_field import ItemField
from ui.orders.line_entry import LineEntry
from ui.orders.state import OrdersState
from ui.orders.words import preview
from ui.runtime.chart_words import ChartWords
from ui.runtime.settling import Settling
from widgets.buttons import KeyButton
from widgets.labels import Caption, Title, WrapLabel, paint_tone
from widgets.look import Look
from widgets.naming import named

_SETTLE_MS = 600


class OrderWriter(QWidget):
    """Fields, preview, warnings; into the basket, or away.

    Signals:
        line_typed: The line as it stands, at every change.
        settled: What the form holds has changed and is to be kept.
        searched: Words to be looked up in the pack.
        picked: The item chosen from what was found.
        pin_requested: The item whose star was touched.
        put_requested: Into the basket with it; everything typed has been reported before.
        discard_requested: The user wants to throw it away; to be asked.
        findings_requested: Everything that is known of the order is to be seen.
    """

    line_typed = Signal(str)
    settled = Signal(object)
    searched = Signal(str)
    picked = Signal(object)
    pin_requested = Signal(object)
    put_requested = Signal()
    discard_requested = Signal()
    findings_requested = Signal()

    def __init__(self, look: Look, name: str, words: ChartWords) -> None:
        super().__init__()
        self.setObjectName(name)
        self._words = words
        self._settling = Settling(self, _SETTLE_MS)
        self._shown = OrderForm()
        self._by_word = False
        self._beside = False  # typed into the fields, not into the line, and not reported yet
        self._heading = named(Title(), f"{name}.heading")
        self._restored = named(WrapLabel(), f"{name}.restored")
        paint_tone(self._restored, Tone.LOCAL)
        self._line = LineEntry(look, f"{name}.line", words)
        self._item = ItemField(look, f"{name}.item", words)
        self._fields = OrderFields(look, name, words, self._item)
        self._preview_label = named(Caption(), f"{name}.preview_label")
        self._preview = named(WrapLabel(), f"{name}.preview")
        self._preview.setProperty("role", "strong")
        self._checked = RUNNING
        self._chips = FindingChips(words.desk, f"{name}.chips")
        self._missing = named(WrapLabel(), f"{name}.missing")
        paint_tone(self._missing, Tone.CAUTION)
        self._discard = named(KeyButton("discard"), f"{name}.discard")
        self._put = named(KeyButton("put"), f"{name}.put")
        self._put.claim(Tone.ACT)
        self._lay_out(look, name)
        self._connect()

    @property
    def form(self) -> OrderForm:
        """What the fields hold now."""
        return replace(
            self._shown, query=self._item.text(), item=self._shown.item, **self._fields.held
        )

    def offer(
        self,
        routes: tuple[Term, ...],
        frequencies: tuple[Term, ...],
        by_word: frozenset[OrderClass] | None,
    ) -> None:
        """The packs a dosage is chosen from; and what alone may be written, where that is so."""
        self._by_word = by_word is not None
        with self._settling.fill():
            self._fields.offer(routes, frequencies, by_word)
        self._say_heading()

    def show_order(self, state: OrdersState, *, afresh: bool) -> None:
        """Show the form of `state`.

        Only what has changed in it is put into the fields: what is being typed and has not been
        reported yet is never overwritten by an answer that comes meanwhile.

        Args:
            state: What to show.
            afresh: Another order than before: fill every field.
        """
        form = state.form or OrderForm()
        before, self._shown = self._shown, form
        with self._settling.fill():
            self._fields.fill(form, before, afresh=afresh)
            if afresh or form.query != before.query:
                self._item.show_text(form.query)
        if (before.order_class, before.kind) != (form.order_class, form.kind):
            self._fields.respell_fields()
        self._line.show_line(state)
        self._item.show_chosen(self._chosen_words(form))
        self._item.show_found(state.found)
        with self._settling.fill():
            self._fields.show_what_follows(state)
        self._allow(state)
        self._say_what_it_is(state)
        self._show_chips()

    def show_checked(self, checked: Checked) -> None:
        """Show the warnings about what is being written."""
        self._checked = checked
        self._show_chips()

    def show_restored(self, text: str) -> None:
        self._restored.setText(text)
        self._restored.setVisible(bool(text))

    def respell(self) -> None:
        """Take the words in another language."""
        text = self._words.text
        self._say_heading()
        self._preview_label.setText(text("orders.preview"))
        self._show_chips()
        self._line.respell()
        self._discard.setText(text("orders.discard"))
        self._put.setText(text("basket.put.button"))
        with self._settling.fill():
            self._fields.respell()

    def flush(self) -> None:
        """Report at once what has not been reported."""
        self._settling.report()

    def write_on(self) -> None:
        self._line.setFocus()

    # -- showing

    def _say_heading(self) -> None:
        code = "verbal.new.title" if self._by_word else "orders.new.title"
        self._heading.setText(self._words.text(code))

    def _allow(self, state: OrdersState) -> None:
        """Lock the fields while it goes into the basket."""
        editing = not state.busy
        self._fields.allow(editing)
        for part in (self._line, self._discard):
            part.setEnabled(editing)
        self._put.setEnabled(editing and state.may_write and not state.objections)

    def _say_what_it_is(self, state: OrdersState) -> None:
        render = self._words.desk.languages.render
        errors = {one.field: render(one.message) for one in state.objections}
        if state.draft is not None:
            lines = [preview(self._words, state.draft)]
            fluid = state.reckoned.fluid
            if fluid is not None:
                order = preview(self._words, fluid)
                lines.append(self._words.text("order_form.fluid", order=order))
            for one in state.reckoned.bag:
                order = preview(self._words, one.draft)
                lines.append(self._words.text("order_form.beside", order=order))
            self._preview.setText("\n".join(lines))
        missing = "  ".join(dict.fromkeys(errors.values()))
        shown = missing if missing and state.form is not None and not state.form.blank else ""
        self._missing.setText(shown)
        self._missing.setVisible(bool(shown))
        self._fields.show_errors(errors, everywhere=state.tried)

    def _show_chips(self) -> None:
        """Of an order that names nothing yet, there is nothing to check."""
        form = self._shown
        self._chips.setVisible(form.item is not None)
        if form.item is not None:
            self._chips.show_line(self._checked, form.key)

    def _chosen_words(self, form: OrderForm) -> str:
        if form.item is None:
            return ""
        name = " · ".join(dict.fromkeys(n for n in (form.item.text, form.item.display) if n))
        return self._words.text("orders.chosen", name=name)

    # -- building

    def _lay_out(self, look: Look, name: str) -> None:
        gap = look.theme.px("gap")
        area = named(QScrollArea(), f"{name}.scroll")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._fields)
        foot = QHBoxLayout()
        foot.setSpacing(gap)
        foot.addWidget(self._discard)
        foot.addStretch(1)
        foot.addWidget(self._put)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.theme.px("pad"), 0, 0, 0)
        column.setSpacing(gap // 2)
        column.addWidget(self._heading)
        column.addWidget(self._restored)
        column.addWidget(self._line)
        column.addWidget(area, 1)
        column.addWidget(self._preview_label)
        column.addWidget(self._preview)
        column.addWidget(self._missing)
        column.addWidget(self._chips)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._settling.due.connect(self._tell)
        self._line.typed.connect(self._tell_line)
        self._fields.typed.connect(self._touch)
        self._fields.chosen.connect(self._settling.report)
        self._fields.submit_requested.connect(self._ask_put)
        self._item.typed.connect(self._touch)
        self._item.searched.connect(self._search)
        self._item.picked.connect(self.picked)
        self._item.pin_requested.connect(self.pin_requested)
        self._put.clicked.connect(self._ask_put)
        self._discard.clicked.connect(self.discard_requested)
        self._chips.opened.connect(self.findings_requested)

    def _search(self, query: str) -> None:
        """Only what is typed now is looked up, not the name that was just chosen.

        One's own are offered to whoever stands in the empty field, not when the program empties it.
        """
        chosen = self._shown.item
        if not query and not self._item.search.hasFocus():
            return
        if not self._settling.filling and (chosen is None or chosen.text != query):
            self.searched.emit(query)

    def _touch(self) -> None:
        self._beside = not self._settling.filling
        self._settling.touch()

    def _tell(self) -> None:
        self._beside = False
        self.settled.emit(self.form)

    def _tell_line(self, text: str) -> None:
        """What was typed into the fields first: the line leaves it where it says nothing."""
        if self._beside:
            self.flush()
        self.line_typed.emit(text)
        self._settling.touch()

    def _ask_put(self) -> None:
        self.flush()
        self.put_requested.emit()
