from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.parts import compose, part
from widgets.choices import offer
from widgets.editor import Editor
from widgets.form import FieldSpec, Form, UnitField
from widgets.look import Look
from widgets.palette_popup import PaletteEntry, PalettePopup
from widgets.search_box import SearchBox

# -- search


def test_a_search_comes_when_typing_pauses(qtbot: QtBot, look: Look) -> None:
    box, heard = SearchBox(look, "demo.search"), []
    qtbot.addWidget(box)
    box.searched.connect(heard.append)

    qtbot.keyClicks(box, "li ming")
    qtbot.waitUntil(lambda: bool(heard), timeout=2000)

    assert heard == ["li ming"]


def test_no_search_and_no_enter_while_a_word_is_composed(qtbot: QtBot, look: Look) -> None:
    box, heard, entered = SearchBox(look, "demo.search"), [], []
    qtbot.addWidget(box)
    box.searched.connect(heard.append)
    box.entered.connect(entered.append)

    compose(box, "li ming")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    composing = (box.composing, box._pause.isActive(), list(entered))
    compose(box, "", commit="李明")
    qtbot.waitUntil(lambda: bool(heard), timeout=2000)

    assert composing == (True, False, [])
    assert heard == ["李明"]


def test_escape_clears_the_search_first(qtbot: QtBot, look: Look) -> None:
    box, heard = SearchBox(look, "demo.search"), []
    qtbot.addWidget(box)
    box.setText("x")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    box.searched.connect(heard.append)

    qtbot.keyClick(box, Qt.Key.Key_Escape)

    assert (box.text(), heard) == ("", [""])


def test_the_palette_offers_and_takes(qtbot: QtBot, look: Look) -> None:
    host, chosen, asked = QWidget(), [], []
    qtbot.addWidget(host)
    host.resize(900, 600)
    host.show()
    popup = PalettePopup(look, "demo.palette", host)
    popup.chosen.connect(chosen.append)
    popup.searched.connect(asked.append)
    popup.open()
    search = part(popup, SearchBox, "demo.palette.search")
    popup.show_entries((PaletteEntry("a", "Ward"), PaletteEntry("b", "Queue")))

    qtbot.keyClick(search, Qt.Key.Key_Down)
    qtbot.keyClick(search, Qt.Key.Key_Return)

    assert (chosen, asked, popup.isVisible()) == (["b"], [""], False)


def test_the_palette_takes_nothing_while_a_word_is_composed(qtbot: QtBot, look: Look) -> None:
    host, chosen = QWidget(), []
    qtbot.addWidget(host)
    host.show()
    popup = PalettePopup(look, "demo.palette", host)
    popup.chosen.connect(chosen.append)
    popup.open()
    search = part(popup, SearchBox, "demo.palette.search")
    popup.show_entries((PaletteEntry("a", "Ward"),))

    compose(search, "bing")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    composing = list(chosen)
    compose(search, "", commit="病")
    popup.show_entries((PaletteEntry("a", "病区"),))
    qtbot.keyClick(search, Qt.Key.Key_Return)

    assert (composing, chosen) == ([], ["a"])
    search._pause.stop()


def test_the_palette_says_when_nothing_matches_and_escape_closes(qtbot: QtBot, look: Look) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    popup = PalettePopup(look, "demo.palette", host)
    popup.open()
    search = part(popup, SearchBox, "demo.palette.search")
    search.setText("zzz")

    popup.show_entries(())
    said = part(popup, QLabel, "demo.palette.nothing").text()
    qtbot.keyClick(search, Qt.Key.Key_Escape)

    assert said == "Nothing matches “zzz”."
    assert not popup.isVisible()
    search._pause.stop()


# -- editor


def test_a_draft_settles_after_a_pause(qtbot: QtBot, look: Look) -> None:
    editor, kept = Editor(look, "demo.note"), []
    qtbot.addWidget(editor)
    editor.settled.connect(kept.append)
    area = part(editor, QPlainTextEdit, "demo.note.text")

    qtbot.keyClicks(area, "chest pain")
    unsaid = part(editor, QLabel, "demo.note.kept").text()
    qtbot.waitUntil(lambda: bool(kept), timeout=3000)

    assert unsaid == "not kept yet"
    assert kept == ["chest pain"]
    assert part(editor, QLabel, "demo.note.kept").text() == "draft kept"


def test_a_draft_settles_while_typing_never_stops(qtbot: QtBot, look: Look) -> None:
    editor, kept = Editor(look, "demo.note"), []
    qtbot.addWidget(editor)
    editor.settled.connect(kept.append)
    area = part(editor, QPlainTextEdit, "demo.note.text")

    def typed_on() -> bool:
        qtbot.keyClicks(area, "x")
        return bool(kept)

    qtbot.waitUntil(typed_on, timeout=5000)  # waitUntil asks every 10 ms: no pause of 800 ms

    assert editor._pause.isActive() or kept[0] == editor.text()
    editor.flush()
    assert kept[-1] == editor.text()


def test_leaving_flushes_what_was_typed_once(qtbot: QtBot, look: Look) -> None:
    editor, kept = Editor(look, "demo.note"), []
    qtbot.addWidget(editor)
    editor.settled.connect(kept.append)
    qtbot.keyClicks(part(editor, QPlainTextEdit, "demo.note.text"), "x")

    editor.flush()
    editor.flush()

    assert kept == ["x"]


def test_text_that_is_shown_is_not_text_that_was_typed(qtbot: QtBot, look: Look) -> None:
    editor, kept = Editor(look, "demo.note"), []
    qtbot.addWidget(editor)
    editor.settled.connect(kept.append)
    editor.edited.connect(lambda: kept.append("edited"))

    editor.show_text("from the store\nsecond line")
    editor.flush()

    assert kept == []
    assert part(editor, QLabel, "demo.note.count").text() == "2 lines, 26 characters"


def test_ctrl_enter_signs_but_not_while_composing(qtbot: QtBot, look: Look) -> None:
    editor, signed = Editor(look, "demo.note"), []
    qtbot.addWidget(editor)
    editor.sign_requested.connect(lambda: signed.append(1))
    area = part(editor, QPlainTextEdit, "demo.note.text")
    ctrl = Qt.KeyboardModifier.ControlModifier

    compose(area, "xiong")
    qtbot.keyClick(area, Qt.Key.Key_Return, ctrl)
    composing = list(signed)
    compose(area, "", commit="胸")
    qtbot.keyClick(area, Qt.Key.Key_Return, ctrl)

    assert (composing, signed, editor.text()) == ([], [1], "胸")
    editor.flush()


# -- form


def a_form(qtbot: QtBot, look: Look) -> Form:
    form = Form(look, "demo.form")
    qtbot.addWidget(form)
    form.add(FieldSpec("weight", "Weight", "kg", required=True))
    form.add(FieldSpec("reason", "Reason", hint="at least five words"))
    form.show()
    return form


def test_a_field_has_a_label_tied_to_it_and_its_unit_inside(qtbot: QtBot, look: Look) -> None:
    form = a_form(qtbot, look)
    label = part(form, QLabel, "demo.form.weight.label")
    field = part(form, UnitField, "demo.form.weight")

    assert label.buddy() is field
    assert label.text() == "Weight"
    assert field.unit == "kg"
    assert field.accessibleName() == "Weight kg"
    assert part(form, QLabel, "demo.form.weight.required").text() == "required"


def test_an_error_stands_beside_its_field_and_goes_again(qtbot: QtBot, look: Look) -> None:
    form = a_form(qtbot, look)
    error = part(form, QLabel, "demo.form.weight.error")
    field = part(form, UnitField, "demo.form.weight")

    form.show_errors({"weight": "Enter a number."})
    shown = (error.isVisible(), error.text(), field.property("wrong"))
    described = field.accessibleDescription()
    form.show_errors({})

    assert shown == (True, "Enter a number.", "true")
    assert described == "Enter a number."
    assert not error.isVisible()
    assert error.geometry().left() >= field.geometry().right()


def test_leaving_a_field_is_the_moment_to_validate(qtbot: QtBot, look: Look) -> None:
    form, left = a_form(qtbot, look), []
    form.left.connect(left.append)
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow, timeout=2000)
    part(form, UnitField, "demo.form.weight").setFocus()

    qtbot.keyClick(form.focusWidget(), Qt.Key.Key_Tab)

    assert left == ["weight"]
    assert form.focusWidget() is part(form, UnitField, "demo.form.reason")


def test_ctrl_enter_submits_and_plain_enter_and_escape_do_not(qtbot: QtBot, look: Look) -> None:
    form, asked = a_form(qtbot, look), []
    form.submit_requested.connect(lambda: asked.append(1))
    field = part(form, UnitField, "demo.form.weight")
    field.setText("68")

    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    plain = list(asked)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert (plain, asked, field.text()) == ([], [1], "68")


def test_what_is_offered_already_is_left_alone_and_the_choice_stays(qapp: QApplication) -> None:
    box = QComboBox()
    del qapp
    offer(box, [("a", "one"), ("b", "two")], "b")
    assert box.currentData() == "b"
    offer(box, [("a", "eins"), ("b", "zwei")])
    assert (box.currentData(), box.currentText()) == ("b", "zwei")
    offer(box, [("a", "eins")], "gone")
    assert box.currentData() == "a"
