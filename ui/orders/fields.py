"""The fields of the order form: what is asked always, by its kind, and rarely."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.domain.orders import Objection, OrderClass, OrderKind, Priority
from app.domain.terms import Term
from resources.styles.tokens import Tone
from ui.orders.form import EVERYTHING, OVER, RATE_UNITS, SKIN_TESTS, TIMES, UNITS, OrderForm
from ui.orders.hints import Hint, Hints
from ui.orders.item_field import ItemField
from ui.orders.state import OrdersState
from ui.runtime.chart_words import ChartWords
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.form import FieldSpec, Form
from widgets.look import Look
from widgets.naming import named

_ROWS: tuple[tuple[str, ...], ...] = (
    ("order_class", "kind"), ("item",), ("dose", "unit"), ("route", "frequency"),
    ("rate", "rate_unit"), ("duration_d", "priority"), ("interval", "most", "most_unit"),
    ("quantity", "quantity_unit"), ("reason",), ("note",),
)  # fmt: skip
_MORE: tuple[tuple[str, ...], ...] = (
    ("starts_at", "ends_at"), ("first_day", "last_day"), ("skin_test",),
)  # fmt: skip
"""What is rarely said: folded until something of it is, or is wrong."""

_ALL = tuple(key for row in (*_ROWS, *_MORE) for key in row)
_RARE = tuple(key for row in _MORE for key in row)
_TYPED = (
    "dose", "rate", "duration_d", "interval", "most", "quantity", "reason", "note", "starts_at",
    "ends_at",
)  # fmt: skip
_CHOSEN = tuple(key for key in _ALL if key not in _TYPED and key != "item")
_DOSAGE = ("dose", "unit", "route")
_OF_DRUGS = (*_DOSAGE, "rate", "rate_unit", "skin_test", "first_day", "last_day")
_LIMITS = ("interval", "most", "most_unit")
_HANDED_OUT = ("quantity", "quantity_unit")
_RUNS = ("ivgtt", "pump")
"""Routes by which something runs: how fast is asked at once."""


class OrderFields(QWidget):
    """The fields, the numbers that follow from them, and a fold for what is rarely said.

    Signals:
        typed: Something was typed into a line.
        chosen: Something was chosen in a list, or a field was left.
        submit_requested: Ctrl+Enter.
    """

    typed = Signal()
    chosen = Signal()
    submit_requested = Signal()

    def __init__(self, look: Look, name: str, words: ChartWords, item: ItemField) -> None:
        super().__init__()
        self._words = words
        self._hints = Hints(words)
        self._shown = OrderForm()
        self._state = OrdersState()
        self._open = False
        self._routes: tuple[Term, ...] = ()
        self._frequencies: tuple[Term, ...] = ()
        self._classes, self._kinds = tuple(OrderClass), tuple(OrderKind)
        self._form = Form(look, f"{name}.form")
        self._item = item
        self._combos = {key: QComboBox() for key in _CHOSEN}
        self._lines = {key: QLineEdit() for key in _TYPED}
        self._fold = named(KeyButton("more"), f"{name}.more")
        self._fold.setProperty("role", "flat")
        self._fold.setCheckable(True)
        for row in _ROWS:
            self._add(row)
        self._form.add_part(self._fold)
        for row in _MORE:
            self._add(row)
        QWidget.setTabOrder(self._lines["note"], self._fold)
        QWidget.setTabOrder(self._fold, self._lines["starts_at"])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, look.theme.px("gap"), 0)
        column.addWidget(self._form)
        for combo in self._combos.values():
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(6)
            combo.activated.connect(self.chosen)
        for line in self._lines.values():
            line.textEdited.connect(self.typed)
        self._item.search.installEventFilter(self._form)
        self._form.left.connect(self.chosen)
        self._form.submit_requested.connect(self.submit_requested)
        self._fold.clicked.connect(self._turn_fold)

    @property
    def held(self) -> dict[str, str]:
        """Field of the form and what it holds now."""
        found = {key: line.text() for key, line in self._lines.items()}
        for key, combo in self._combos.items():
            # A list that is not offered now holds nothing of its own.
            known = combo.count() > 0
            found[key] = str(combo.currentData() or "") if known else getattr(self._shown, key)
        return found

    def offer(
        self,
        routes: tuple[Term, ...],
        frequencies: tuple[Term, ...],
        by_word: frozenset[OrderClass] | None,
    ) -> None:
        """The packs a dosage is chosen from; and what alone may be written, where that is so."""
        self._routes, self._frequencies = routes, frequencies
        if by_word is not None:
            self._classes = tuple(one for one in OrderClass if one in by_word)
            self._kinds = (OrderKind.VERBAL,)
        self._fill_combos()

    def fill(self, form: OrderForm, before: OrderForm, *, afresh: bool) -> None:
        """Put into the fields what has changed in the form; with `afresh` everything."""
        self._shown = form
        if afresh:
            self._open = False
        for key in _ALL:
            if key == "item" or not (afresh or getattr(form, key) != getattr(before, key)):
                continue
            value = getattr(form, key)
            if key in self._combos:
                combo = self._combos[key]
                combo.setCurrentIndex(max(0, combo.findData(value)))
            elif self._lines[key].text() != value:
                self._lines[key].setText(value)

    def show_what_follows(self, state: OrdersState) -> None:
        """Which fields are asked, and what stands under them."""
        self._state = state
        form = state.form or OrderForm()
        self._offer_counts(state)
        self._show_asked(state, form)
        hints = self._hints.of(state)
        nothing = Hint("")
        for key in _ALL:
            hint = hints.get(key, nothing)
            tone = Tone.CAUTION if hint.caution else Tone.PLAIN
            self._form.field(key).show_hint(hint.text, hint.hover, tone)

    def show_errors(self, errors: dict[str, str], *, everywhere: bool) -> None:
        """Say what is wrong beside its field: what was typed there and left, or everywhere."""
        shown = {key: text for key, text in errors.items() if everywhere or self._left(key)}
        self._form.show_errors(shown)

    def allow(self, editing: bool) -> None:  # noqa: FBT001 - which of two
        """Lock the fields, or open them."""
        for part in (*self._combos.values(), *self._lines.values(), self._item, self._fold):
            part.setEnabled(editing)

    def respell(self) -> None:
        """Take the words in another language."""
        self._fill_combos()
        self.respell_fields()

    def respell_fields(self) -> None:
        """Name the fields for the class and the kind of the order."""
        text = self._words.text
        form = self._shown
        required = {"item"} | (set(_DOSAGE) if form.medication else set())
        for key in _ALL:
            label = text(f"orders.field.{key}")
            if key == "reason" and form.standby:
                label = text("order_form.indication")
            spec = FieldSpec(key, label, required=key in required)
            self._form.field(key).respell(spec)
        prompt = "orders.item.prompt" if form.packed else "orders.item.prompt.words"
        self._item.name(text("orders.field.item"), text(prompt))
        self._lines["starts_at"].setPlaceholderText(text("order_form.starts_at.prompt"))
        self._lines["ends_at"].setPlaceholderText(text("order_form.ends_at.prompt"))
        self._name_fold()

    # -- what is asked

    def _show_asked(self, state: OrdersState, form: OrderForm) -> None:
        asked = dict.fromkeys(_ALL, True)
        asked |= dict.fromkeys(_OF_DRUGS, form.medication)
        asked |= dict.fromkeys(_LIMITS, form.as_needed)
        asked |= dict.fromkeys(_HANDED_OUT, form.handed_out)
        runs = form.medication and (form.route in _RUNS or bool(form.rate or form.rate_unit))
        asked |= dict.fromkeys(("rate", "rate_unit"), runs)
        for key in ("first_day", "last_day"):
            asked[key] = asked[key] and self._combos[key].count() > 1
        said = self._said(state.objections, form)
        open_ = self._open or said
        asked |= {key: asked[key] and open_ for key in _RARE}
        for key, shown in asked.items():
            field = self._form.field(key)
            if field.isHidden() == shown:
                field.setVisible(shown)
        self._fold.setChecked(open_)
        self._fold.setVisible(not said)
        self._name_fold()

    def _left(self, key: str) -> bool:
        """Whether something was typed there, and the caret is elsewhere now."""
        line = self._lines.get(key)
        return line is not None and bool(line.text().strip()) and not line.hasFocus()

    def _said(self, objections: tuple[Objection, ...], form: OrderForm) -> bool:
        """Whether something of what is rarely said is said here, or is wrong."""
        wrong = {one.field for one in objections}
        return any(key in wrong or getattr(form, key) for key in _RARE)

    def _offer_counts(self, state: OrdersState) -> None:
        counts, form = state.reckoned.counts, state.form or OrderForm()
        first = self._hints.first_days(counts, form.first_day) if counts is not None else ()
        last = self._hints.last_days(counts, form.last_day) if counts is not None else ()
        offer(self._combos["first_day"], first, form.first_day)
        offer(self._combos["last_day"], last, form.last_day)

    def _turn_fold(self) -> None:
        self._open = self._fold.isChecked()
        self.show_what_follows(self._state)

    def _name_fold(self) -> None:
        code = "order_form.fewer" if self._fold.isChecked() else "order_form.more_fields"
        self._fold.setText(self._words.text(code))

    # -- building

    def _add(self, row: tuple[str, ...]) -> None:
        for place, key in enumerate(row):
            part = self._combos.get(key) or self._lines.get(key) or self._item
            self._form.add(FieldSpec(key, ""), part, beside=place > 0)

    def _fill_combos(self) -> None:
        words = self._words
        text = words.text
        none = ("", text("orders.choose"))
        unit = words.desk.formats.unit
        units = [none, *((code, unit(code)) for code in UNITS)]
        classes = [(c.value, text(f"orders.class.{c.value}")) for c in self._classes]
        over = [(key, text(f"order_form.{key}")) for key in OVER]
        pairs = {
            "order_class": [(EVERYTHING, text("order_form.everything")), *classes],
            "kind": [(k.value, text(f"orders.kind.{k.value}")) for k in self._kinds],
            "priority": [(p.value, text(f"orders.priority.{p.value}")) for p in Priority],
            "unit": units,
            "rate_unit": [none, *((code, unit(code)) for code in RATE_UNITS), *over],
            "skin_test": [none, *((one, text(f"basket.skin_test.{one}")) for one in SKIN_TESTS)],
            "quantity_unit": units,
            "most_unit": [none, (TIMES, text("order_form.times")), *units[1:]],
            "route": [none, *((t.code, words.term(t)) for t in self._routes)],
            "frequency": [none, *((t.code, self._frequency(t)) for t in self._frequencies)],
        }
        for key, choices in pairs.items():
            offer(self._combos[key], choices)

    def _frequency(self, term: Term) -> str:
        """In words, the code in second place (CUI MEDi carry-over)."""
        return f"{self._words.term(term)}  {term.code}"
