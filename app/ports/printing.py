"""How a sheet comes to paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.order_sheets import Ink
from app.domain.sheet_scene import Scene


class Press(Protocol):
    def width(self, text: str, size: float) -> float:
        """How wide `text` runs in the font of the sheets: millimetres, at `size` points."""
        ...

    def lacking(self, text: str) -> str:
        """The signs of `text` that the font does not have, each once; "" when it has all."""
        ...

    def pdf(self, pages: Sequence[Scene], colours: Mapping[Ink, str]) -> bytes:
        """A PDF of `pages`, the font embedded; a sign the font lacks is drawn as `〓`.

        It names nobody: neither its title nor its metadata say whose sheet it is.
        """
        ...
