"""The buttons over a pathway; what cannot be done says why in its hover."""

from __future__ import annotations

from PySide6.QtCore import Signal

from resources.styles.tokens import Tone
from ui.pathways.deeds import Deed
from ui.pathways.state import Face, PathwayState
from ui.runtime.page import Page
from widgets.buttons import KeyButton
from widgets.flow_row import FlowRow
from widgets.naming import named

_GRID = tuple(deed for deed in Deed if deed is not Deed.ENROL)
_SHOWN = {
    Face.OFFER: (Deed.ENROL,),
    Face.GRID: _GRID,
    Face.RECORD: (Deed.TAKE_BACK, Deed.NOTE, Deed.LEAVE),
}
_FORWARD = (Deed.ENROL, Deed.TICK)


class PathwayDeeds(FlowRow):
    """Offers what can be done now.

    Signals:
        wanted: The `Deed` of the button.
    """

    wanted = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(page.look.theme.px("gap"))
        self.setObjectName(page.part("deeds"))
        self._page = page
        self._buttons = {deed: named(KeyButton(deed.value), page.part(deed.value)) for deed in Deed}
        for deed, button in self._buttons.items():
            if deed in _FORWARD:
                button.claim(Tone.ACT)
            button.picked.connect(self._pick)
            self.add(button)

    def show_deeds(self, state: PathwayState) -> None:
        """Allow what can be done to what the caret is on."""
        render = self._page.desk.languages.render
        for deed, button in self._buttons.items():
            hindered = state.hindrance(deed)
            button.setVisible(state.seen is not None and deed in _SHOWN[state.face])
            button.setEnabled(state.can(deed))
            button.setToolTip(render(hindered) if hindered is not None else "")

    def respell(self) -> None:
        """Take the words in another language."""
        for deed, button in self._buttons.items():
            button.setText(self._page.text(f"pathways_page.button.{deed.value}"))

    def _pick(self, key: str) -> None:
        self.wanted.emit(Deed(key))
