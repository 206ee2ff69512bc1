from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from resources.styles.tokens import Tone
from tests.widgets.parts import part
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.icons import Icons, icon_names
from widgets.look import Look
from widgets.skeleton import Skeleton
from widgets.state_stack import StateStack

# -- icons


@pytest.mark.parametrize("name", sorted(icon_names()))
def test_every_icon_is_drawn_in_the_colour_it_is_given(qapp: QApplication, name: str) -> None:
    icons = Icons()
    image = icons.pixmap(name, "#0A62B5", 20, 2.0).toImage()
    inked = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 250
    ]

    assert qapp is not None
    assert (image.width(), image.height()) == (40, 40)
    assert len(inked) > 10
    wanted = QColor("#0A62B5")
    for colour in inked:  # the painter rounds
        assert abs(colour.red() - wanted.red()) <= 2
        assert abs(colour.green() - wanted.green()) <= 2
        assert abs(colour.blue() - wanted.blue()) <= 2


def test_an_icon_is_drawn_once_per_name_colour_size_and_ratio(qapp: QApplication) -> None:
    icons = Icons()

    first = icons.pixmap("x", "#0A62B5", 16)

    assert qapp is not None
    assert icons.pixmap("x", "#0A62B5", 16) is first
    assert icons.pixmap("x", "#B3261E", 16) is not first
    assert icons.pixmap("x", "#0A62B5", 16, 2.0) is not first


def test_an_icon_that_does_not_ship_is_a_bug(qapp: QApplication) -> None:
    assert qapp is not None
    with pytest.raises(FileNotFoundError):
        Icons().pixmap("no-such-icon", "#000000", 16)


def test_every_tone_has_an_icon_that_ships() -> None:
    assert {tone.icon for tone in Tone} <= icon_names()


# -- banner line


def test_a_notice_is_shown_acted_on_and_put_away(qtbot: QtBot, look: Look) -> None:
    line, heard = BannerLine(look, "demo.banner"), []
    qtbot.addWidget(line)
    line.acted.connect(lambda: heard.append("acted"))
    line.dismissed.connect(lambda: heard.append("dismissed"))
    host = QWidget()
    qtbot.addWidget(host)
    line.setParent(host)
    host.show()

    line.show_notice(Notice("Not sent yet.", Tone.LOCAL, "Show queue"))
    shown = line.isVisible()
    qtbot.mouseClick(part(line, KeyButton, "demo.banner.act"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(part(line, KeyButton, "demo.banner.dismiss"), Qt.MouseButton.LeftButton)

    assert shown
    assert heard == ["acted", "dismissed"]
    assert not line.isVisible()
    assert line.text() == ""


def test_a_notice_of_safety_cannot_be_put_away(qtbot: QtBot, look: Look) -> None:
    line = BannerLine(look, "demo.banner")
    qtbot.addWidget(line)

    line.show_notice(Notice("NOT saved.", Tone.DANGER, stays=True))
    stays = part(line, KeyButton, "demo.banner.dismiss").isHidden()
    line.show_notice(Notice("Saved.", Tone.GOOD))

    assert stays
    assert not part(line, KeyButton, "demo.banner.dismiss").isHidden()
    assert line.accessibleName() == "Saved."


def test_a_banner_without_a_parent_opens_no_window(qtbot: QtBot, look: Look) -> None:
    line, host = BannerLine(look, "demo.banner"), QWidget()
    qtbot.addWidget(host)

    line.show_notice(Notice("Late values.", Tone.PLAIN))
    alone = line.isVisible()
    line.setParent(host)
    line.show()
    host.show()

    assert not alone
    assert line.isVisible()


# -- states


def test_the_skeleton_waits_two_hundred_milliseconds(qtbot: QtBot, look: Look) -> None:
    stack = StateStack(look, "demo", QLabel("content"))
    qtbot.addWidget(stack)

    stack.show_loading()
    first = stack.state
    qtbot.waitUntil(lambda: stack.state == "loading", timeout=2000)

    assert first == "waiting"
    assert stack.findChild(Skeleton, "demo.loading").accessibleName() == "Loading"
    stack.show_content()


def test_a_quick_answer_shows_no_skeleton(qtbot: QtBot, look: Look) -> None:
    stack = StateStack(look, "demo", QLabel("content"))
    qtbot.addWidget(stack)

    stack.show_loading()
    stack.show_content()
    with qtbot.waitSignal(stack._late.timeout, timeout=400, raising=False) as late:
        pass

    assert stack.state == "content"
    assert not late.signal_triggered


def test_a_failure_says_what_is_safe_and_can_be_tried_again(qtbot: QtBot, look: Look) -> None:
    stack, asked = StateStack(look, "demo", QLabel("content")), []
    qtbot.addWidget(stack)
    stack.retry_requested.connect(lambda: asked.append(1))
    stack.show()

    stack.show_failed("The results could not be read.", "Nothing is lost.")
    button = part(stack, KeyButton, "demo.failed.act")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert (stack.state, button.text(), asked) == ("failed", "Try again", [1])
    assert part(stack, QLabel, "demo.failed.more").text() == "Nothing is lost."


def test_an_empty_page_says_why_and_what_to_do(qtbot: QtBot, look: Look) -> None:
    stack, asked = StateStack(look, "demo", QLabel("content")), []
    qtbot.addWidget(stack)
    stack.action_requested.connect(lambda: asked.append(1))
    stack.show()

    stack.show_empty("No orders yet.", "Search above.", "Add order")
    qtbot.mouseClick(part(stack, KeyButton, "demo.empty.act"), Qt.MouseButton.LeftButton)

    assert stack.state == "empty"
    assert asked == [1]


def test_a_partial_page_shows_its_content_and_what_is_missing(qtbot: QtBot, look: Look) -> None:
    stack = StateStack(look, "demo", QLabel("content"))
    qtbot.addWidget(stack)
    stack.show()

    stack.show_partial("Pathology is missing.")
    line = part(stack, BannerLine, "demo.partial")
    said = (stack.state, line.text(), line.isVisible())
    stack.show_content()

    assert said == ("content", "Pathology is missing.", True)
    assert not line.isVisible()
