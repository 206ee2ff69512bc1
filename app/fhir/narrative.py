"""XHTML narrative and attachments as plain text (R4 narrative.html, datatypes.html#Attachment)."""

from __future__ import annotations

import base64
import binascii
import re
from html.parser import HTMLParser

from app.fhir.document import Json
from app.fhir.elements import text_at

_BLOCKS = frozenset(
    {"p", "div", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"}
    | {"dl", "dt", "dd", "table", "tr", "thead", "tbody", "tfoot", "caption", "blockquote", "pre"}
    | {"address", "hr", "br"}
)
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style", "head", "title"})
_TEXT_TYPES = ("text/plain", "text/markdown", "text/html", "application/xhtml+xml")
_GAPS = re.compile(r"[ \t\r\f\v\n]+")


def plain(markup: str) -> str:
    """What a reader would see of an XHTML fragment: text, lines and table cells, no markup."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = (line.strip() for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._silent += tag in _SILENT
        self._pre += tag == "pre"
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _CELLS:
            self.pieces.append("\t")
        if tag == "li":
            self.pieces.append("• ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._pre = max(0, self._pre - (tag == "pre"))
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data if self._pre else _GAPS.sub(" ", data))


def attachment_text(attachment: Json) -> str | None:
    """The text of an Attachment, or None when it holds none that can be read here.

    A charset that is not named is UTF-8 (R4 datatypes.html#Attachment). Bytes that do not fit
    the charset are no text: a garbled note is worse than one that is shown as not readable.
    """
    kind, _, parameters = text_at(attachment, "contentType").lower().partition(";")
    data = text_at(attachment, "data")
    if kind.strip() not in _TEXT_TYPES or not data:
        return None
    try:
        body = base64.b64decode(re.sub(r"\s", "", data), validate=True)
        text = body.decode(_charset(parameters))
    except (binascii.Error, ValueError, LookupError):
        return None
    return plain(text) if "html" in kind else text


def _charset(parameters: str) -> str:
    found = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", parameters)
    return found[1] if found else "utf-8"


def encoded(text: str) -> str:
    """Text as `Attachment.data`, UTF-8."""
    return base64.b64encode(text.encode()).decode("ascii")
