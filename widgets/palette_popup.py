"""The Ctrl+K list: type, move, Enter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.look import Look
from widgets.naming import named
from widgets.search_box import SearchBox
from widgets.table_model import Index

_ENTRY = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """Something the palette can offer.

    Attributes:
        key: What it answers with.
        text: What it is, whole.
        detail: What tells it from its namesakes: ward, admission number, birth date.
        keys: Its shortcut.
        icon: Its icon.
        group: What kind of thing it is, in words.
    """

    key: str
    text: str
    detail: str = ""
    keys: str = ""
    icon: str = "chevron-right"
    group: str = ""


class PalettePopup(QFrame):
    """Offers entries for a query. Whoever owns it answers `searched` with `show_entries`.

    Signals:
        searched: The query, when typing pauses.
        chosen: The key of the entry the user took.
    """

    searched = Signal(str)
    chosen = Signal(str)

    def __init__(self, look: Look, name: str, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName(name)
        self.setProperty("part", "popup")
        self._look = look
        self._over = over
        self._back: QWidget | None = None
        self._model = QStandardItemModel(self)
        self._search = SearchBox(look, f"{name}.search")
        self._list = named(QListView(), f"{name}.list")
        self._list.setModel(self._model)
        self._list.setItemDelegate(_EntryDelegate(look, self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._none = named(QLabel(), f"{name}.nothing")
        self._none.setProperty("role", "hint")
        column = QVBoxLayout(self)
        pad = look.theme.grid(2)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(pad)
        column.addWidget(self._search)
        column.addWidget(self._none)
        column.addWidget(self._list, 1)
        self._search.installEventFilter(self)
        self._search.searched.connect(self.searched)
        self._list.clicked.connect(self._take)
        look.changed.connect(self._redress)
        self._redress()
        self.hide()

    @property
    def entries(self) -> tuple[PaletteEntry, ...]:
        """What is offered now."""
        items = (self._model.item(i).data(_ENTRY) for i in range(self._model.rowCount()))
        return tuple(entry for entry in items if isinstance(entry, PaletteEntry))

    def open(self) -> None:
        """Show the palette at the top of the window, empty, and take the focus."""
        self._back = self._over.window().focusWidget()
        self._search.clear()
        self.show_entries(())
        self._none.hide()
        self._place()
        self.show()
        self.raise_()
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)
        self.searched.emit("")

    def dismiss(self) -> None:
        """Take the palette away and give the focus back, if what had it is still there.

        A page that was read again meanwhile may have made its lines anew.
        """
        self.hide()
        back, self._back = self._back, None
        if back is not None and back in self._over.window().findChildren(QWidget):
            back.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_entries(self, entries: tuple[PaletteEntry, ...]) -> None:
        self._model.clear()
        for entry in entries:
            item = QStandardItem(entry.text)
            item.setData(entry, _ENTRY)
            words = (entry.group, entry.text, entry.detail, entry.keys)
            item.setAccessibleText(" ".join(word for word in words if word))
            self._model.appendRow(item)
        if entries:
            self._list.setCurrentIndex(self._model.index(0, 0))
        query = self._search.text()
        self._none.setText(self._look.text("widget.palette.nothing", query=query))
        self._none.setVisible(not entries and bool(query))
        self._list.setVisible(bool(entries))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if self._search.composing:
            return False
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take(self._list.currentIndex())
            case Qt.Key.Key_Escape:
                self.dismiss()
            case _:
                return False
        return True

    def _place(self) -> None:
        """At the top of the window, as tall as what is offered."""
        theme = self._look.theme
        width = min(theme.px("palette"), self._over.width() - theme.grid(8))
        rows = min(max(self._model.rowCount(), 1), 12) * (theme.row + theme.grid(1))
        wanted = rows + theme.row + theme.grid(8) + 2
        height = min(wanted, self._over.height() - theme.grid(4))
        self.setGeometry((self._over.width() - width) // 2, theme.grid(2), width, height)

    def _move(self, step: int) -> None:
        count = self._model.rowCount()
        if count:
            place = (self._list.currentIndex().row() + step) % count
            self._list.setCurrentIndex(self._model.index(place, 0))

    def _take(self, index: QModelIndex) -> None:
        entry = index.data(_ENTRY)
        if isinstance(entry, PaletteEntry):
            self.dismiss()
            self.chosen.emit(entry.key)

    def _redress(self) -> None:
        prompt = self._look.text("widget.palette.prompt")
        self._search.prompt(prompt)
        self._list.setAccessibleName(prompt)


class _EntryDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        return QSize(0, self._look.theme.row + 4)  # as wide as there is room

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(_ENTRY)
        if not isinstance(entry, PaletteEntry):
            return
        theme = self._look.theme
        box: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("act_ground"))
        icon = self._look.pixmap(entry.icon, "ink_2", ratio=2.0)
        top = box.top() + (box.height() - theme.px("icon")) // 2
        painter.drawPixmap(box.left() + theme.grid(2), top, icon)
        inner = box.adjusted(theme.grid(4) + theme.px("icon"), 0, -theme.grid(2), 0)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("ink"))
        painter.drawText(inner, left | middle, entry.text)
        used = QFontMetrics(theme.font("body")).horizontalAdvance(entry.text) + theme.grid(3)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.colour("ink_2"))
        painter.drawText(inner.adjusted(used, 0, 0, 0), left | middle, entry.detail)
        painter.setPen(theme.colour("ink_3"))
        painter.drawText(inner, right | middle, entry.keys or entry.group)
        painter.restore()
