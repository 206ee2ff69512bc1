"""Answers the window of warnings by keys, as a person does, and counts them."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from tests.support.page_kit import part, settle
from ui.orders.card_window import CardWindow
from ui.runtime.page import Page
from ui.runtime.rule_sheet import RuleSheet
from widgets.card import Card


class CardsDriver:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    @property
    def window(self) -> CardWindow | None:
        found = self.page.findChildren(CardWindow)
        return next((one for one in found if one.isVisible()), None)

    @property
    def cards(self) -> list[str]:
        """What each card claims, in its order."""
        assert self.window is not None
        names = QRegularExpression(r"^sheet\.card\.\d+$")
        cards = self.window.findChildren(Card, names)
        return [one.accessibleName() for one in cards if one.isVisible()]

    def said(self, place: int, what: str) -> str:
        """The words of one part of the card at `place`, from 1."""
        assert self.window is not None
        return part(self.window, QLabel, f"sheet.card.{place}.{what}").text()

    def press(self, *keys: Qt.Key) -> CardsDriver:
        """Press keys where the focus is."""
        for key in keys:
            QTest.keyClick(self._focus, key)
            self.keys += 1
            settle()
        return self

    def type(self, words: str) -> CardsDriver:
        """Type into the field that has the focus."""
        field = self._focus
        assert isinstance(field, QLineEdit), field.objectName()
        QTest.keyClicks(field, words)
        return self

    def agree(self, username: str, passphrase: str, place: int = 1) -> CardsDriver:
        """The second person signs in on the card."""
        assert self.window is not None
        part(self.window, QLineEdit, f"sheet.card.{place}.form.who").setText(username)
        field = part(self.window, QLineEdit, f"sheet.card.{place}.form.passphrase")
        field.setText(passphrase)
        field.setFocus()
        return self.press(Qt.Key.Key_Return)

    @property
    def fault(self) -> str:
        assert self.window is not None
        return part(self.window, QLabel, "sheet.fault").text()

    @property
    def facts(self) -> str:
        """What the opened rule says."""
        sheet = next(one for one in self.page.findChildren(RuleSheet) if one.isVisible())
        labels = sheet.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    @property
    def asks_for_signature(self) -> bool:
        field = self.page.findChild(QLineEdit, "sheet.form.passphrase")
        return field is not None and field.isVisible()

    @property
    def _focus(self) -> QWidget:
        focus = self.page.window().focusWidget()
        assert focus is not None
        return focus
