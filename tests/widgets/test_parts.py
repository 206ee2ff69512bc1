from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from resources.styles.tokens import Tone
from tests.widgets.parts import part
from ui.runtime.language import Languages
from ui.runtime.theme import theme
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.card import Card
from widgets.chips import Chip
from widgets.flow_layout import FlowLayout
from widgets.labels import ElidedLabel, WrapLabel, unbroken
from widgets.look import Look
from widgets.palette_popup import PalettePopup
from widgets.segmented import Segment, Segmented
from widgets.side_rail import RailItem, SideRail

# -- navigation


def test_a_segment_is_chosen_by_key_and_by_pointer(qtbot: QtBot, look: Look) -> None:
    tabs, chosen = Segmented(look, "demo.tabs"), []
    qtbot.addWidget(tabs)
    tabs.chosen.connect(chosen.append)
    tabs.show_segments((Segment("now", "Current", "3"), Segment("past", "Past")), "now")
    tabs.show()

    qtbot.keyClick(tabs, Qt.Key.Key_Right)
    qtbot.keyClick(tabs, Qt.Key.Key_Right)
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))

    assert chosen == ["past", "now"]
    assert tabs.accessibleName() == "Current 3"


def test_the_rail_goes_where_it_is_told(qtbot: QtBot, look: Look) -> None:
    rail, chosen = SideRail(look, "demo.rail"), []
    qtbot.addWidget(rail)
    rail.chosen.connect(chosen.append)
    rail.show_items(
        (RailItem("ward", "Ward", "bed-double"), RailItem("queue", "Queue", "send", "3")), "ward"
    )
    rail.resize(72, 300)
    rail.show()

    qtbot.keyClick(rail, Qt.Key.Key_Down)
    named = rail.accessibleName()
    qtbot.keyClick(rail, Qt.Key.Key_Return)
    qtbot.mouseClick(rail, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    qtbot.mouseClick(rail, Qt.MouseButton.LeftButton, pos=QPoint(20, 290))

    assert chosen == ["queue", "ward"]
    assert named == "Navigation, Queue 3"


@pytest.mark.parametrize("scale", [100, 200])
def test_every_place_on_the_rail_is_reached_at_every_scale(
    qtbot: QtBot, look: Look, scale: int
) -> None:
    look.wear(theme("light", scale=scale))
    rail = SideRail(look, "demo.rail")
    qtbot.addWidget(rail)
    rail.show_items(tuple(RailItem(f"p{i}", f"Place {i}", "flag") for i in range(9)), "p0")
    rail.resize(rail.sizeHint().width(), 650)
    rail.show()

    boxes = rail._boxes()

    assert len(boxes) == 9
    assert boxes[-1].bottom() <= 650


# -- small parts


def test_a_chip_grows_with_its_words(qtbot: QtBot, look: Look) -> None:
    short, long = Chip(look), Chip(look)
    for chip, text in ((short, "New"), (long, "Waiting for a countersignature")):
        qtbot.addWidget(chip)
        chip.show_claim(text, Tone.CAUTION)

    assert long.sizeHint().width() > short.sizeHint().width() + 60
    assert long.accessibleName() == "Waiting for a countersignature"


def test_a_local_chip_is_hatched_and_others_are_not(qtbot: QtBot, look: Look) -> None:
    seen = []
    for tone in (Tone.LOCAL, Tone.GOOD):
        chip = Chip(look)
        qtbot.addWidget(chip)
        chip.show_claim("          ", tone)
        chip.resize(chip.sizeHint())
        image = chip.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        row = {QColor(image.pixel(x, 5)).name() for x in range(40, image.width() - 4)}
        seen.append(len(row))

    assert seen[0] > 2
    assert seen[1] == 1


def test_a_card_says_what_it_is_and_where_from(qtbot: QtBot, look: Look) -> None:
    card = Card(look, "demo.card")
    qtbot.addWidget(card)
    card.head("Potassium 6.4", Tone.DANGER)
    card.show_source("Local rules")
    card.put(QLabel("a"))

    card.clear()

    assert card.accessibleName() == "Potassium 6.4"
    assert part(card, QLabel, "demo.card.source").text() == "Local rules"


def test_a_shortened_label_keeps_its_text_in_the_tool_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("a very long source line")
    qtbot.addWidget(label)
    label.resize(40, 20)

    assert label.toolTip() == label.text() == label.accessibleName() == "a very long source line"


def test_a_name_wraps_and_is_never_cut(qtbot: QtBot) -> None:
    label = WrapLabel("ALVAREZ-MONTGOMERY, Concepción Maria de los Ángeles")
    qtbot.addWidget(label)

    assert label.heightForWidth(90) > 2 * label.heightForWidth(900)
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_unit_is_not_broken_at_its_slash() -> None:
    assert unbroken("mmol/L") == "mmol/\N{WORD JOINER}L"


def test_flowing_parts_start_a_new_line_when_there_is_no_room(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    flow = FlowLayout(host, gap=4)
    parts = [QWidget() for _ in range(4)]
    for each in parts:
        each.setFixedSize(100, 20)
        flow.addWidget(each)
    host.resize(220, 200)
    host.show()

    tops = [each.y() for each in parts]

    assert tops == [0, 0, 24, 24]
    assert flow.heightForWidth(1000) == 20


def test_words_follow_the_language_everywhere(
    qtbot: QtBot, look: Look, languages: Languages
) -> None:
    line, box = BannerLine(look, "demo.banner"), PalettePopup(look, "demo.palette", QWidget())
    qtbot.addWidget(line)
    qtbot.addWidget(box._over)

    languages.switch("zh_CN")

    assert part(line, KeyButton, "demo.banner.dismiss").toolTip() == "关闭此提示"
    assert part(box, QLineEdit, "demo.palette.search").placeholderText() == "搜索患者、医嘱、命令"
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
