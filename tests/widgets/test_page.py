from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kernel.changes import ChangeFeed
from app.kernel.tasks import CancelToken, Done, Lane, Work, attempt
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet, ask
from ui.runtime.key_bindings import KeyBindings
from ui.runtime.language import Languages
from ui.runtime.page import Page
from ui.runtime.shortcuts import Command, Shortcuts
from ui.runtime.theme import palette, style_sheet, theme
from widgets.buttons import KeyButton
from widgets.look import Look

T = TypeVar("T")


class AtOnce:
    def submit(self, lane: Lane, work: Work[T], done: Done[T], token: CancelToken) -> None:
        assert lane in Lane
        done(attempt(work, token))


class Closing:
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def desk(look: Look, languages: Languages) -> Desk:
    return Desk(languages, look, AtOnce(), ChangeFeed(), Shortcuts())


def test_a_page_speaks_the_language_of_the_moment(qtbot: QtBot, desk: Desk) -> None:
    page = Page(desk, "demo")
    qtbot.addWidget(page)
    label = QLabel(page)
    page.say(label.setText, "value.not_recorded")
    first = label.text()

    desk.languages.switch("zh_CN")

    assert (first, label.text()) == ("not recorded", "未记录")
    page.leave()


def test_a_page_that_left_is_not_spoken_to(qtbot: QtBot, desk: Desk) -> None:
    page, stays = Page(desk, "gone"), Page(desk, "here")
    for each in (page, stays):
        qtbot.addWidget(each)
        each.say(each.setAccessibleName, "value.not_recorded")

    page.leave()
    desk.languages.switch("zh_CN")

    assert page.accessibleName() == "not recorded"
    assert stays.accessibleName() == "未记录"
    stays.leave()


def test_leaving_closes_every_presenter(qtbot: QtBot, desk: Desk) -> None:
    page, presenters = Page(desk, "demo"), [Closing(), Closing()]
    qtbot.addWidget(page)
    for presenter in presenters:
        page.keep(presenter)

    page.leave()

    assert all(presenter.closed for presenter in presenters)
    assert page.part("banner") == "demo.banner"


def test_a_key_works_while_its_command_is_registered(qtbot: QtBot, desk: Desk) -> None:
    window, ran = QWidget(), []
    qtbot.addWidget(window)
    bindings = KeyBindings(desk.shortcuts, window)
    remove = desk.shortcuts.add(Command("command.help", lambda: ran.append(1), keys="Ctrl+J"))
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)

    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    heard = len(ran)
    remove()
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)

    assert heard == 1
    assert len(ran) == 1
    bindings.close()


def test_a_letter_typed_into_a_field_is_not_a_command(qtbot: QtBot, desk: Desk) -> None:
    window, ran = QWidget(), []
    qtbot.addWidget(window)
    field = QLineEdit(window)
    bindings = KeyBindings(desk.shortcuts, window)
    desk.shortcuts.add(Command("command.help", lambda: ran.append(1), keys="?"))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    field.setFocus()

    qtbot.keyClick(field, "?")
    typed = field.text()
    field.clearFocus()
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.setFocus()
    qtbot.keyClick(window, "?")

    assert typed == "?"
    assert ran == [1]
    bindings.close()


# -- sheets


def a_sheet(qtbot: QtBot, look: Look, *, ready: bool = True) -> tuple[QWidget, Sheet, list[str]]:
    over = QWidget()
    over.resize(900, 600)
    qtbot.addWidget(over)
    over.show()
    sheet = ask(
        look,
        over,
        "Sign?",
        "Two checks were not done.",
        (Choice("back", "Back"), Choice("sign", "Sign", Tone.ACT, ready=ready)),
    )
    answers: list[str] = []
    sheet.answered.connect(answers.append)
    return over, sheet, answers


def test_a_sheet_answers_with_the_key_of_the_choice(qtbot: QtBot, look: Look) -> None:
    _, sheet, answers = a_sheet(qtbot, look)
    button = sheet.findChild(KeyButton, "sheet.sign")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert answers == ["sign"]
    assert not sheet.isVisible()


def test_a_choice_that_is_not_ready_cannot_be_taken(qtbot: QtBot, look: Look) -> None:
    _, sheet, answers = a_sheet(qtbot, look, ready=False)
    button = sheet.findChild(KeyButton, "sheet.sign")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    before = list(answers)
    sheet.make_ready("sign", ready=True)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert before == []
    assert answers == ["sign"]


def test_escape_turns_away_without_a_choice(qtbot: QtBot, look: Look) -> None:
    _, sheet, answers = a_sheet(qtbot, look)

    qtbot.keyClick(sheet, Qt.Key.Key_Escape)

    assert answers == [""]


def test_enter_signs_nothing_by_itself(qtbot: QtBot, look: Look) -> None:
    _, sheet, answers = a_sheet(qtbot, look)

    qtbot.keyClick(sheet, Qt.Key.Key_Return)

    assert answers == []
    assert sheet.isVisible()


def test_a_sheet_covers_its_workspace_and_nothing_else(qtbot: QtBot, look: Look) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    banner, workspace = QLabel("banner"), QWidget()
    column.addWidget(banner)
    column.addWidget(workspace, 1)
    window.resize(800, 500)
    window.show()
    sheet = ask(look, workspace, "Sign?", "text", (Choice("back", "Back"),))

    window.resize(1000, 700)

    assert sheet.rect() == workspace.rect()
    assert sheet.mapTo(window, sheet.rect().topLeft()).y() > banner.geometry().bottom()


def test_tab_stays_inside_the_sheet(qtbot: QtBot, look: Look) -> None:
    over, sheet, _ = a_sheet(qtbot, look)
    outside = QLineEdit(over)
    outside.show()
    sheet.put(QLineEdit())
    over.activateWindow()
    qtbot.waitUntil(over.isActiveWindow, timeout=2000)
    sheet.setFocus()

    seen = set()
    for _ in range(8):
        qtbot.keyClick(over.focusWidget(), Qt.Key.Key_Tab)
        seen.add(over.focusWidget())

    assert outside not in seen
    assert len(seen) == 3  # the field and both buttons


# -- themes


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("scale", [90, 100, 200])
def test_the_style_sheet_has_every_token_filled_in(name: str, scale: int) -> None:
    sheet = style_sheet(theme(name, scale=scale))

    assert "$" not in sheet
    assert f"font-size: {round(13 * scale / 100)}px" in sheet


def test_the_text_scale_is_kept_within_its_limits() -> None:
    assert theme(scale=20).scale == 90
    assert theme(scale=900).scale == 200
    assert theme(scale=150).px("body") == 20
    assert theme(scale=150).px("focus") == 2


def test_touch_makes_rows_taller() -> None:
    assert (theme().row, theme(touch=True).row) == (28, 44)


def test_the_palette_is_made_of_tokens() -> None:
    worn = theme("dark")

    assert palette(worn).window().color() == worn.colour("ground")


def test_a_change_of_look_is_told_once(look: Look) -> None:
    told: list[int] = []
    look.changed.connect(lambda: told.append(1))

    look.wear(theme("dark"))
    look.wear(theme("dark"))

    assert told == [1]
