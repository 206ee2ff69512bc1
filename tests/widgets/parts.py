"""Takes hold of the parts of a widget."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

T = TypeVar("T", bound=QWidget)


def part(of: QWidget, kind: type[T], name: str) -> T:
    found = of.findChild(kind, name)
    assert found is not None, name
    return found


def compose(widget: QWidget, text: str, commit: str = "") -> None:
    event = QInputMethodEvent(text, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(widget, event)
