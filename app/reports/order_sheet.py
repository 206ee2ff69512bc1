"""Order sheets as PDF: the marks of a scene, each where the scene says."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

# WORKAROUND(reportlab ships no type information, until it does): its names are untyped here.
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from app.domain.order_sheets import Ink
from app.domain.sheet_scene import POINT, Align, Scene, Stroke, Writing
from app.reports import fonts


class PdfPress:
    """`Press` with reportlab."""

    def width(self, text: str, size: float) -> float:
        return fonts.width(text, size) * POINT

    def lacking(self, text: str) -> str:
        return fonts.lacking(text)

    def drawable(self, text: str) -> str:
        return fonts.drawable(text)

    def pdf(self, pages: Sequence[Scene], colours: Mapping[Ink, str]) -> bytes:
        fonts.font()
        made = io.BytesIO()
        # Invariant: no time and no random id, so that the same pages make the same bytes.
        canvas = Canvas(made, invariant=1)
        for page in pages:
            canvas.setPageSize((page.width / POINT, page.height / POINT))
            for mark in page.marks:
                colour = HexColor(colours[mark.ink])
                match mark:
                    case Writing():
                        _write(canvas, page, mark, colour)
                    case Stroke():
                        canvas.setStrokeColor(colour)
                        canvas.setLineWidth(mark.width / POINT)
                        canvas.line(*_at(page, mark.x1, mark.y1), *_at(page, mark.x2, mark.y2))
            canvas.showPage()
        canvas.save()
        return made.getvalue()


def _at(page: Scene, x: float, y: float) -> tuple[float, float]:
    """PDF counts in points from the lower left corner."""
    return x / POINT, (page.height - y) / POINT


def _write(canvas: Canvas, page: Scene, mark: Writing, colour: HexColor) -> None:
    canvas.setFillColor(colour)
    canvas.setFont(fonts.NAME, mark.size)
    draw = {
        Align.LEFT: canvas.drawString,
        Align.CENTRE: canvas.drawCentredString,
        Align.RIGHT: canvas.drawRightString,
    }[mark.align]
    draw(*_at(page, mark.x, mark.y), fonts.drawable(mark.text))
