"""Markdown of a remote service, reduced to words (CDS Hooks 2.0.1: `detail` is GitHub's markdown).

What is understood: paragraphs, headings, points of a list, lines between fences, strong,
emphasis, code and links. Tags are shown as the text they are; an image becomes its description and
is never loaded; a link that is not https leads nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.domain.prose import Block, Manner, Prose, Shape, Span

_LONGEST = 20_000
"""Characters of a detail. What lies behind is cut, and the cut is shown."""
_CUT = "…"

_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(?P<text>.*?)\s*#*\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+(?P<text>.*)$")
_QUOTE = re.compile(r"^\s{0,3}>\s?")
_INLINE = re.compile(
    r"\\(?P<meant>[!-/:-@\[-`{-~])"
    r"|!\[(?P<alt>[^\]\n]{0,500})\]\([^()\n]{0,2000}\)"
    r"|\[(?P<label>[^\]\n]{1,500})\]\((?P<url>[^()\s]{1,2000})(?:\s+\"[^\"\n]{0,200}\")?\)"
    r"|`(?P<code>[^`\n]{1,500})`"
    r"|(?P<strong>\*\*|__)(?P<loud>[^*_\n]{1,1000})(?P=strong)"
    r"|(?<![\w*_])(?P<slant>[*_])(?P<leaning>[^*_\s\n](?:[^*_\n]{0,1000}[^*_\s\n])?)(?P=slant)(?![\w*_])"
)


def read_markdown(text: str) -> Prose:
    """The blocks of `text` that may be shown."""
    plain = harmless(text)
    if len(plain) > _LONGEST:
        plain = plain[:_LONGEST] + _CUT
    return tuple(_blocks(plain.splitlines()))


def harmless(text: str) -> str:
    """`text` without signs that are not seen: controls, and those that turn the direction round."""
    return "".join(sign for sign in text if sign in "\n\t" or not _hidden(sign))


def one_line(text: str) -> str:
    """`text` in one line, without signs that are not seen."""
    return " ".join(harmless(text).split())


def safe_link(url: str) -> str:
    """`url` if a browser may be sent there: https, to a host, without a name and a password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    # A browser reads "\\" as "/", and so another host than we do.
    odd = any(_hidden(sign) or sign.isspace() or sign == "\\" for sign in url)
    fine = parts.scheme == "https" and host and "@" not in parts.netloc and not odd
    return url if fine else ""


def _hidden(sign: str) -> bool:
    # Cc controls, Cf formats (direction marks, zero width), Co private use, Cs surrogates
    return unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs")


def _blocks(lines: list[str]) -> Iterator[Block]:
    paragraph: list[str] = []
    verbatim: list[str] | None = None
    for line in lines:
        if _FENCE.match(line):
            if verbatim is None:
                yield from _paragraph(paragraph)
                verbatim = []
            else:
                yield from _verbatim(verbatim)
                verbatim = None
        elif verbatim is not None:
            verbatim.append(line)
        elif (block := _single(line)) is not None:
            yield from _paragraph(paragraph)
            yield block
        elif line.strip():
            paragraph.append(_QUOTE.sub("", line).strip())
        else:
            yield from _paragraph(paragraph)
    yield from _paragraph(paragraph)
    yield from _verbatim(verbatim or [])


def _single(line: str) -> Block | None:
    """The block that one line is by itself."""
    for shape, pattern in ((Shape.HEADING, _HEADING), (Shape.ITEM, _ITEM)):
        if (found := pattern.match(line)) is not None and found["text"].strip():
            return Block(shape, tuple(_spans(found["text"].strip())))
    return None


def _paragraph(lines: list[str]) -> Iterator[Block]:
    if lines:
        yield Block(Shape.PARAGRAPH, tuple(_spans(" ".join(lines))))
        lines.clear()


def _verbatim(lines: list[str]) -> Iterator[Block]:
    if any(line.strip() for line in lines):
        yield Block(Shape.VERBATIM, (Span("\n".join(lines), Manner.CODE),))


def _spans(text: str) -> Iterator[Span]:
    place = 0
    for found in _INLINE.finditer(text):
        if found.start() > place:
            yield Span(text[place : found.start()])
        yield _span(found)
        place = found.end()
    if place < len(text):
        yield Span(text[place:])


def _span(found: re.Match[str]) -> Span:
    if (meant := found["meant"]) is not None:
        return Span(meant)
    if (label := found["label"]) is not None:
        return Span(label, link=safe_link(found["url"]))
    if (code := found["code"]) is not None:
        return Span(code, Manner.CODE)
    if (loud := found["loud"]) is not None:
        return Span(loud, Manner.STRONG)
    if (leaning := found["leaning"]) is not None:
        return Span(leaning, Manner.EMPHASIS)
    return Span(f"[{found['alt']}]")
