"""The plain order form."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.orders import OrderClass, OrderKind, Priority
from app.domain.terms import Term
from resources.styles.tokens import Tone
from ui.orders.item_field import ItemField
from ui.orders.line_entry import LineEntry
from ui.orders.state import RATE_UNITS, SKIN_TESTS, UNITS, OrderForm, OrdersState
from ui.orders.words import preview
from ui.runtime.chart_words import ChartWords
from ui.runtime.settling import Settling
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.form import FieldSpec, Form
from widgets.labels import Caption, Title, WrapLabel, paint_tone
from widgets.look import Look
from widgets.naming import named

_SETTLE_MS = 600
_FIELDS = (
    "order_class", "item", "kind", "dose", "unit", "route", "frequency", "rate", "rate_unit",
    "duration_d", "quantity", "quantity_unit", "skin_test", "priority", "reason",
    "note",
)  # fmt: skip
_TYPED = ("dose", "rate", "duration_d", "quantity", "reason", "note")
_CHOSEN = tuple(key for key in _FIELDS if key not in _TYPED and key != "item")
_ALWAYS_REQUIRED = {"item"}
_DOSAGE = ("dose", "unit", "route")
_OF_DRUGS = ("rate", "rate_unit", "skin_test")
_HANDED_OUT = ("quantity", "quantity_unit")


class OrderWriter(QWidget):
    """Fields, preview, "not checked" strip; into the basket, or away.

    Signals:
        line_typed: The line as it stands, at every change.
        settled: What the form holds has changed and is to be kept.
        searched: Words to be looked up in the pack.
        picked: The item chosen from what was found.
        put_requested: Into the basket with it; everything typed has been reported before.
        discard_requested: The user wants to throw it away; to be asked.
    """

    line_typed = Signal(str)
    settled = Signal(object)
    searched = Signal(str)
    picked = Signal(object)
    put_requested = Signal()
    discard_requested = Signal()

    def __init__(self, look: Look, name: str, words: ChartWords) -> None:
        super().__init__()
        self.setObjectName(name)
        self._words = words
        self._settling = Settling(self, _SETTLE_MS)
        self._shown = OrderForm()
        self._beside = False  # typed into the fields, not into the line, and not reported yet
        self._routes: tuple[Term, ...] = ()
        self._frequencies: tuple[Term, ...] = ()
        self._heading = named(Title(), f"{name}.heading")
        self._restored = named(WrapLabel(), f"{name}.restored")
        paint_tone(self._restored, Tone.LOCAL)
        self._line = LineEntry(look, f"{name}.line", words)
        self._form = Form(look, f"{name}.form")
        self._item = ItemField(look, f"{name}.item", words)
        self._combos = {key: QComboBox() for key in _CHOSEN}
        self._lines = {key: QLineEdit() for key in _TYPED}
        for key in _FIELDS:
            part = self._combos.get(key) or self._lines.get(key) or self._item
            self._form.add(FieldSpec(key, ""), part)
        self._preview_label = named(Caption(), f"{name}.preview_label")
        self._preview = named(WrapLabel(), f"{name}.preview")
        self._preview.setProperty("role", "strong")
        self._unchecked = named(WrapLabel(), f"{name}.unchecked")
        paint_tone(self._unchecked, Tone.CAUTION)
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

        def chosen(key: str) -> str:
            return str(self._combos[key].currentData() or "")

        return OrderForm(
            order_class=chosen("order_class") or self._shown.order_class,
            kind=chosen("kind") or self._shown.kind,
            query=self._item.text(),
            item=self._shown.item,
            dose=self._lines["dose"].text(),
            rate=self._lines["rate"].text(),
            rate_unit=chosen("rate_unit"),
            duration_d=self._lines["duration_d"].text(),
            skin_test=chosen("skin_test"),
            quantity=self._lines["quantity"].text(),
            quantity_unit=chosen("quantity_unit"),
            unit=chosen("unit"),
            route=chosen("route"),
            frequency=chosen("frequency"),
            priority=chosen("priority") or self._shown.priority,
            reason=self._lines["reason"].text(),
            note=self._lines["note"].text(),
            line=self._shown.line,
            place=self._shown.place,
            key=self._shown.key,
        )

    def offer(self, routes: tuple[Term, ...], frequencies: tuple[Term, ...]) -> None:
        """The packs a dosage is chosen from."""
        self._routes, self._frequencies = routes, frequencies
        self._fill_combos()

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
            self._fill(form, {key for key in _FIELDS if afresh or _differs(key, form, before)})
            if afresh or form.query != before.query:
                self._item.show_text(form.query)
        if before.order_class != form.order_class:
            self._respell_fields()
        self._line.show_line(state)
        self._item.show_chosen(self._chosen_words(form))
        self._item.show_found(state.found)
        for key in _DOSAGE:
            self._form.field(key).setVisible(form.medication)
        for key in _OF_DRUGS:
            self._form.field(key).setVisible(form.medication)
        for key in _HANDED_OUT:
            self._form.field(key).setVisible(form.handed_out)
        self._allow(state)
        self._say_what_it_is(state)

    def show_restored(self, text: str) -> None:
        self._restored.setText(text)
        self._restored.setVisible(bool(text))

    def respell(self) -> None:
        """Take the words in another language."""
        text = self._words.text
        self._heading.setText(text("orders.new.title"))
        self._preview_label.setText(text("orders.preview"))
        self._unchecked.setText(text("orders.unchecked"))
        self._line.respell()
        self._discard.setText(text("orders.discard"))
        self._put.setText(text("basket.put.button"))
        self._fill_combos()
        self._respell_fields()

    def flush(self) -> None:
        """Report at once what has not been reported."""
        self._settling.report()

    def write_on(self) -> None:
        self._line.setFocus()

    # -- showing

    def _fill(self, form: OrderForm, keys: set[str]) -> None:
        for key in keys & self._combos.keys():
            combo = self._combos[key]
            combo.setCurrentIndex(max(0, combo.findData(getattr(form, key))))
        for key in keys & self._lines.keys():
            if self._lines[key].text() != getattr(form, key):
                self._lines[key].setText(getattr(form, key))

    def _allow(self, state: OrdersState) -> None:
        """Lock the fields while it goes into the basket."""
        editing = not state.busy
        fields = (*self._combos.values(), *self._lines.values(), self._item)
        for part in (self._line, *fields, self._discard):
            part.setEnabled(editing)
        self._put.setEnabled(editing and state.may_write and not state.objections)

    def _say_what_it_is(self, state: OrdersState) -> None:
        render = self._words.desk.languages.render
        errors = {one.field: render(one.message) for one in state.objections}
        if state.draft is not None:
            self._preview.setText(preview(self._words, state.draft))
        missing = "  ".join(dict.fromkeys(errors.values()))
        shown = missing if missing and state.form is not None and not state.form.blank else ""
        self._missing.setText(shown)
        self._missing.setVisible(bool(shown))
        self._form.show_errors(errors if state.tried else {})

    def _chosen_words(self, form: OrderForm) -> str:
        if form.item is None:
            return ""
        name = " · ".join(dict.fromkeys(n for n in (form.item.text, form.item.display) if n))
        return self._words.text("orders.chosen", name=name)

    def _respell_fields(self) -> None:
        text = self._words.text
        form = self._shown
        required = _ALWAYS_REQUIRED | (set(_DOSAGE) if form.medication else set())
        for key in _FIELDS:
            spec = FieldSpec(key, text(f"orders.field.{key}"), required=key in required)
            self._form.field(key).respell(spec)
        prompt = "orders.item.prompt" if form.packed else "orders.item.prompt.words"
        self._item.name(text("orders.field.item"), text(prompt))

    def _fill_combos(self) -> None:
        words = self._words
        text = words.text
        none = ("", text("orders.choose"))
        unit = words.desk.formats.unit
        pairs = {
            "order_class": [(c.value, text(f"orders.class.{c.value}")) for c in OrderClass],
            "kind": [(k.value, text(f"orders.kind.{k.value}")) for k in OrderKind],
            "priority": [(p.value, text(f"orders.priority.{p.value}")) for p in Priority],
            "unit": [none, *((code, unit(code)) for code in UNITS)],
            "rate_unit": [none, *((code, unit(code)) for code in RATE_UNITS)],
            "skin_test": [none, *((one, text(f"basket.skin_test.{one}")) for one in SKIN_TESTS)],
            "quantity_unit": [none, *((code, unit(code)) for code in UNITS)],
            "route": [none, *((t.code, words.term(t)) for t in self._routes)],
            "frequency": [none, *((t.code, self._frequency(t)) for t in self._frequencies)],
        }
        with self._settling.fill():
            for key, choices in pairs.items():
                offer(self._combos[key], choices)

    def _frequency(self, term: Term) -> str:
        """In words, the code in second place (CUI MEDi carry-over)."""
        return f"{self._words.term(term)}  {term.code}"

    # -- building

    def _lay_out(self, look: Look, name: str) -> None:
        gap = look.theme.px("gap")
        area = named(QScrollArea(), f"{name}.scroll")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        padded = QVBoxLayout(inside)
        padded.setContentsMargins(0, 0, gap, 0)
        padded.addWidget(self._form)
        area.setWidget(inside)
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
        column.addWidget(self._unchecked)
        column.addLayout(foot)
        for combo in self._combos.values():
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(8)

    def _connect(self) -> None:
        self._settling.due.connect(self._tell)
        self._line.typed.connect(self._tell_line)
        for combo in self._combos.values():
            combo.activated.connect(self._settling.report)
        for line in self._lines.values():
            line.textEdited.connect(self._touch)
        self._item.typed.connect(self._touch)
        self._item.searched.connect(self._search)
        self._item.picked.connect(self.picked)
        self._item.search.installEventFilter(self._form)
        self._form.left.connect(self._settling.report)
        self._form.submit_requested.connect(self._ask_put)
        self._put.clicked.connect(self._ask_put)
        self._discard.clicked.connect(self.discard_requested)

    def _search(self, query: str) -> None:
        """Only what is typed now is looked up, not the name that was just chosen."""
        chosen = self._shown.item
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


def _differs(key: str, one: OrderForm, other: OrderForm) -> bool:
    return bool(getattr(one, key) != getattr(other, key))
