"""The sheet of a verbal order: who gave it, in which situation, and that it was read back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.domain.verbal_orders import Colleague
from resources.styles.tokens import Tone
from ui.orders.sheet_orders import orders_part
from ui.orders.verbal_state import NOTHING_CHOSEN, VerbalChoices, VerbalForm
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.finding import rank
from widgets.choices import offer
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel, paint_tone
from widgets.naming import named
from widgets.search_box import SearchBox

_WIDE = 12
_SETTLE_MS = 30  # a list of names answers at once


class VerbalSheet(Sheet):
    """Asks for what makes an order a verbal one; the order itself stands on it in full words.

    What was chosen for these orders before, and kept with them, stands there again.

    Signals:
        said: A `Spoken`, when all three are there and the nurse goes on.
    """

    said = Signal(object)

    def __init__(
        self,
        desk: Desk,
        over: QWidget,
        lines: tuple[str, ...],
        may: VerbalChoices,
        chosen: VerbalForm = NOTHING_CHOSEN,
    ) -> None:
        text, language = desk.languages.text, desk.languages.language
        choices = (
            Choice("back", text("verbal.sheet.back")),
            Choice("said", text("verbal.sheet.go_on"), Tone.ACT, ready=False),
        )
        super().__init__(desk.look, over, text("verbal.sheet.title"), choices)
        self._may = may
        self.put(orders_part(desk.look, lines))
        told = named(WrapLabel(text("verbal.sheet.text")), "sheet.text")
        self.put(told)
        self._by, self._situation = _choice(), _choice()
        self._nobody = ("", text("verbal.sheet.choose"))
        self._named = {str(one.id): self._naming(desk, one) for one in may.physicians}
        offer(self._by, [self._nobody, *self._named.items()])
        situations = [(one.term.code, one.term.shown(language)) for one in may.situations]
        offer(self._situation, [self._nobody, *situations])
        self._find = SearchBox(desk.look, "sheet.form.find", settle_ms=_SETTLE_MS)
        self._find.prompt(text("verbal.sheet.find.prompt"))
        self._read_back = QCheckBox(text("verbal.sheet.read_back"))
        form = Form(desk.look, "sheet.form")
        form.add(FieldSpec("find", text("verbal.sheet.find")), self._find)
        form.add(FieldSpec("by", text("verbal.sheet.by"), required=True), self._by, beside=True)
        when = text("verbal.sheet.situation")
        form.add(FieldSpec("situation", when, required=True), self._situation)
        self.put(form)
        self.put(named(self._read_back, "sheet.read_back"))
        if not may.physicians:
            none = named(WrapLabel(text("verbal.sheet.nobody")), "sheet.nobody")
            paint_tone(none, Tone.CAUTION)
            self.put(none)
        for combo, held in ((self._by, chosen.by), (self._situation, chosen.situation)):
            combo.setCurrentIndex(max(0, combo.findData(held)))
            combo.currentIndexChanged.connect(self._weigh)
        self._read_back.setChecked(chosen.read_back)
        self._read_back.toggled.connect(self._weigh)
        self._find.searched.connect(self._narrow)
        self._find.entered.connect(self._take_only)
        self.answered.connect(self._done)
        self._weigh()

    @property
    def form(self) -> VerbalForm:
        """What is chosen now."""
        by, situation = (str(one.currentData() or "") for one in (self._by, self._situation))
        return VerbalForm(by, situation, self._read_back.isChecked())

    @staticmethod
    def _naming(desk: Desk, one: Colleague) -> str:
        text, name = desk.languages.text, one.name.shown(desk.languages.language)
        return text("verbal.sheet.physician", name=name, role=text(f"role.{one.role.value}"))

    def _found(self, query: str) -> list[tuple[str, str]]:
        """Whom the letters may mean: by name in either language, pinyin or its initials."""
        return [
            (str(one.id), self._named[str(one.id)])
            for one in self._may.physicians
            if rank(query, one.name.name, one.name.english) is not None
        ]

    def _narrow(self, query: str) -> None:
        """Offer only those; whoever is chosen and is not among them is not chosen any more."""
        offer(self._by, [self._nobody, *self._found(query)])

    def _take_only(self, query: str) -> None:
        """Enter takes the one who is left; among several one has to be chosen."""
        found = self._found(query)
        if query.strip() and len(found) == 1:
            self._by.setCurrentIndex(self._by.findData(found[0][0]))
        else:
            self._by.setFocus()

    def _weigh(self) -> None:
        self.make_ready("said", ready=self.form.spoken(self._may) is not None)

    def _done(self, key: str) -> None:
        spoken = self.form.spoken(self._may)
        if key == "said" and spoken is not None:
            self.said.emit(spoken)


def _choice() -> QComboBox:
    combo = QComboBox()
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(_WIDE)
    return combo
