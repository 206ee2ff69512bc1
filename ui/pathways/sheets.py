"""The sheets of a pathway: what is asked before something is recorded, ended or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.domain.pathways import PathwayBook, Reason
from app.services.pathway_keeping import Explanation
from resources.styles.tokens import Tone
from ui.pathways.deeds import Asked, Deed, recorded
from ui.pathways.grid_words import GridWords
from ui.pathways.words import PathwayWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named

_NAMED = 8
"""So many elements are named on the sheet; the rest is counted."""


class PathwaySheet(Sheet):
    """Asks about one deed.

    Signals:
        decided: The `Asked`, and the answer: what `Acting.perform` takes.
    """

    decided = Signal(object, object)

    def __init__(self, desk: Desk, over: QWidget, asked: Asked, forward: Choice) -> None:
        text = desk.languages.text
        deed = asked.deed.value
        back = Choice("back", text("pathways_page.back"))
        choices = (back, forward) if forward.label else (back,)
        super().__init__(desk.look, over, text(f"pathways_page.ask.{deed}"), choices)
        self._desk = desk
        self._asked = asked
        self._words = PathwayWords(desk)
        self.answered.connect(self._done)

    def say(self, text: str, name: str, tone: Tone = Tone.PLAIN) -> None:
        """Put a paragraph on the sheet; nothing for no words."""
        if not text:
            return
        label = named(WrapLabel(text), f"sheet.{name}")
        label.claim(tone)
        self.put(label)

    def answer(self) -> object:
        """What was answered; None for a plain yes."""
        return None

    def _done(self, key: str) -> None:
        if key == "go":
            self.decided.emit(self._asked, self.answer())


class ReasonSheet(PathwaySheet):
    """Asks for a coded reason and for words; some reasons say nothing without them."""

    def __init__(self, desk: Desk, over: QWidget, asked: Asked, book: PathwayBook) -> None:
        leaves = asked.deed is Deed.LEAVE
        sure = desk.languages.text(f"pathways_page.sure.{asked.deed.value}")
        tone = Tone.DANGER if leaves else Tone.ACT
        super().__init__(desk, over, asked, Choice("go", sure, tone, ready=False))
        self._reasons: Mapping[str, Reason] = book.exit_reasons if leaves else book.variance_reasons
        self.say(_about(self._words, asked), "about")
        form = Form(desk.look, "sheet.form")
        self._reason = QComboBox()
        self._reason.addItem("", "")
        for code, word in self._offered(book):
            self._reason.addItem(word, code)
        self._text = QLineEdit()
        text = desk.languages.text
        form.add(
            FieldSpec("reason", text("pathways_page.field.reason"), required=True), self._reason
        )
        form.add(FieldSpec("text", text("pathways_page.field.text")), self._text)
        self._form = form
        self._reason.currentIndexChanged.connect(self._weigh)
        self._text.textChanged.connect(self._weigh)
        self.put(form)

    def answer(self) -> object:
        return Explanation(self._code, self._text.text().strip())

    @property
    def _code(self) -> str:
        return str(self._reason.currentData() or "")

    def _offered(self, book: PathwayBook) -> tuple[tuple[str, str], ...]:
        """Each reason with whose it is."""
        name, text = self._words.name, self._desk.languages.text

        def word(one: Reason) -> str:
            group = book.groups.get(one.group)
            if group is None:
                return name(one.name)
            return text("pathways_page.grouped", group=name(group), reason=name(one.name))

        return tuple((code, word(one)) for code, one in self._reasons.items())

    def _weigh(self, _: object) -> None:
        reason = self._reasons.get(self._code)
        asks = reason is not None and reason.asks_text
        said = bool(self._text.text().strip())
        label = self._desk.languages.text("pathways_page.field.text")
        self._form.field("text").respell(FieldSpec("text", label, required=asks))
        self.make_ready("go", ready=reason is not None and (said or not asks))


class TakeBackSheet(PathwaySheet):
    """Says what is taken back, and asks why."""

    def __init__(self, desk: Desk, over: QWidget, asked: Asked) -> None:
        text = desk.languages.text
        sure = Choice("go", text("pathways_page.sure.take-back"), Tone.DANGER, ready=False)
        super().__init__(desk, over, asked, sure)
        fact = recorded(asked.spot)
        self.say(_about(self._words, asked), "about")
        if fact is not None:
            said = self._words.between(self._words.kind(fact), self._words.told(fact))
            self.say(said, "fact")
        self.say(text("pathways_page.take-back.stays"), "text")
        self._why = QLineEdit()
        self._why.textChanged.connect(self._weigh)
        form = Form(desk.look, "sheet.form")
        form.add(FieldSpec("why", text("pathways_page.field.why"), required=True), self._why)
        self.put(form)

    def answer(self) -> object:
        return self._why.text().strip()

    def _weigh(self, typed: str) -> None:
        self.make_ready("go", ready=bool(typed.strip()))


class EnrolSheet(PathwaySheet):
    """Names the pathway, what suggests it and what keeps a patient out of it."""

    def __init__(self, desk: Desk, over: QWidget, asked: Asked, why: str) -> None:
        text, one = desk.languages.text, asked.pathway
        super().__init__(
            desk, over, asked, Choice("go", text("pathways_page.sure.enrol"), Tone.ACT)
        )
        if one is None:
            return
        words = self._words
        version = text("pathways_page.version", version=one.version)
        self.say(words.between(words.name(one.name), version), "about")
        self.say(why or text("pathways_page.enrol.not-suggested"), "why")
        excluded = words.name(one.exclusion)
        if excluded:
            self.say(
                text("pathways_page.enrol.exclusion", exclusion=excluded), "exclusion", Tone.CAUTION
            )
        stages = len(one.stages)
        self.say(
            text("pathways_page.enrol.then", count=stages, standard=words.standard(one)), "text"
        )
        if one.status == "draft":
            self.say(text("pathways_page.draft"), "draft", Tone.CAUTION)


class CompleteSheet(PathwaySheet):
    """Names what is neither done nor explained; without any of it, asks whether to complete."""

    def __init__(self, desk: Desk, over: QWidget, asked: Asked, book: PathwayBook) -> None:
        text, against = desk.languages.text, asked.against
        sure = "" if against else text("pathways_page.sure.complete")
        super().__init__(desk, over, asked, Choice("go", sure, Tone.ACT))
        self.say(_about(self._words, asked), "about")
        if not against:
            self.say(text("pathways_page.complete.then"), "text")
            return
        count = len(against.cells) + len(against.undated)
        self.say(text("pathways_page.complete.against", count=count), "text", Tone.CAUTION)
        self.say("\n".join(self._against(book)), "against")

    def _against(self, book: PathwayBook) -> list[str]:
        text, words, grid = self._desk.languages.text, self._words, self._asked.grid
        lines: list[str] = []
        for cell in self._asked.against.cells:
            column = grid.column(cell.element.stage) if grid is not None else None
            stage = words.name(column.stage.name) if column is not None else cell.element.stage
            row = GridWords(words).row(cell.element.row, book)
            named_ = words.between(stage, row, words.name(cell.element.name))
            lines.append(
                text("pathways_page.complete.cell", element=named_, state=words.state(cell))
            )
        shown = lines[:_NAMED]
        if len(lines) > _NAMED:
            shown.append(text("pathways_page.complete.more", count=len(lines) - _NAMED))
        shown += [
            text("pathways_page.complete.undated", stage=words.name(one.stage.name))
            for one in self._asked.against.undated
        ]
        return shown


class DaySheet(PathwaySheet):
    """Asks on which day the operation was, or will be."""

    def __init__(self, desk: Desk, over: QWidget, asked: Asked) -> None:
        text = desk.languages.text
        sure = Choice("go", text("pathways_page.sure.operation"), Tone.ACT, ready=False)
        super().__init__(desk, over, asked, sure)
        self.say(_about(self._words, asked), "about")
        known = asked.grid.anchors.operation if asked.grid is not None else None
        if known is not None:
            day = desk.formats.date(known)
            self.say(text("pathways_page.operation.known", day=day), "known")
        self._day = QLineEdit()
        self._day.textChanged.connect(self._weigh)
        form = Form(desk.look, "sheet.form")
        spec = FieldSpec(
            "day",
            text("pathways_page.field.day"),
            hint=text("pathways_page.field.day.hint"),
            required=True,
        )
        form.add(spec, self._day)
        self._form = form
        self.put(form)

    def answer(self) -> object:
        return day_of(self._day.text())

    def _weigh(self, typed: str) -> None:
        read = day_of(typed)
        wrong = len(typed.strip()) >= len("2026-11-24") and read is None
        said = self._desk.languages.text("pathways_page.field.day.wrong") if wrong else ""
        self._form.show_errors({"day": said} if said else {})
        self.make_ready("go", ready=read is not None)


def day_of(typed: str) -> date | None:
    """A whole date, year first; nothing is completed and no order of day and month guessed."""
    try:
        found = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return found if found.isoformat() == typed.strip() else None


def _about(words: PathwayWords, asked: Asked) -> str:
    """The pathway, the stage and the element it is about."""
    grid, column, cell = asked.grid, asked.spot.column, asked.spot.cell
    pathway = words.title(grid.enrolment.title) if grid is not None else ""
    if asked.deed not in (Deed.EXPLAIN, Deed.TAKE_BACK):
        return pathway
    stage = words.name(column.stage.name) if column is not None else ""
    element = words.name(cell.element.name) if cell is not None else ""
    fact = asked.spot.fact
    if grid is not None and fact is not None:
        element = GridWords(words).about(grid, fact)
    return words.between(stage, element) or pathway
