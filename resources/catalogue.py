"""One catalogue of sentences per language; screens, PDFs and the command line share it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

Parameter = str | int

LANGUAGES = ("en", "zh_CN")
"""The languages that ship, the default last resort first."""

FOLDER = Path(__file__).parent / "translations"
_GAP = re.compile(r"\{\{|\}\}|\{(\w+)\}")


class Renderable(Protocol):
    """A sentence to be: `app.kernel.faults.Message` or anything shaped like it."""

    @property
    def code(self) -> str: ...

    @property
    def parameters(self) -> tuple[tuple[str, Parameter], ...]: ...


class CatalogueError(ValueError):
    """The translation files contradict themselves; the build is wrong, not the user."""


class Catalogue:
    """The sentences of one language, by code.

    A code that is missing is shown as `⟦code⟧`, so that nobody takes a hole for a sentence.
    """

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self._sentences = dict(sentences)

    @classmethod
    def load(cls, language: str, folder: Path = FOLDER) -> Catalogue:
        """Read and merge every `<folder>/<language>/*.toml`.

        Raises:
            CatalogueError: A code stands in two files, or a value is not a sentence.
        """
        origin: dict[str, str] = {}
        sentences: dict[str, str] = {}
        for file in sorted((folder / language).glob("*.toml")):
            for code, sentence in _sentences(file).items():
                if code in sentences:
                    where = f"{origin[code]} and {file.name}"
                    raise CatalogueError(f"{language}: {code!r} stands in {where}")
                origin[code] = file.name
                sentences[code] = sentence
        return cls(language, sentences)

    @property
    def codes(self) -> frozenset[str]:
        """Every code as written, plural forms (`….one`, `….other`) included."""
        return frozenset(self._sentences)

    def has(self, code: str) -> bool:
        """Whether `text(code)` finds a sentence, in one form or in plural forms."""
        return code in self._sentences or f"{code}.other" in self._sentences

    def sentence(self, code: str) -> str | None:
        """The sentence as written, with its gaps."""
        return self._sentences.get(code)

    def text(self, code: str, /, **parameters: Parameter) -> str:
        """The sentence of `code` with its gaps filled.

        A parameter whose name starts with `@` holds the code of another sentence and fills the
        gap of the same name without the `@`. With a `count`, `code.one` or `code.other` is
        taken where they exist.
        """
        return self._fill(code, parameters)

    def render(self, message: Renderable) -> str:
        """The sentence a message stands for."""
        return self._fill(message.code, dict(message.parameters))

    def _fill(self, code: str, parameters: Mapping[str, Parameter]) -> str:
        sentence = self._choose(code, parameters.get("count"))
        if sentence is None:
            return f"⟦{code}⟧"
        if "{" not in sentence and "}" not in sentence:
            return sentence
        words = {name.removeprefix("@"): self._word(name, v) for name, v in parameters.items()}

        def gap(found: re.Match[str]) -> str:
            name = found.group(1)
            if name is None:
                return found.group(0)[0]
            return words.get(name, f"⟦{name}⟧")

        return _GAP.sub(gap, sentence)

    def _choose(self, code: str, count: Parameter | None) -> str | None:
        if count is not None:
            form = "one" if str(count) == "1" else "other"
            for candidate in (f"{code}.{form}", f"{code}.other"):
                if candidate in self._sentences:
                    return self._sentences[candidate]
        return self._sentences.get(code)

    def _word(self, name: str, value: Parameter) -> str:
        if name.startswith("@"):
            return self._fill(str(value), {})
        # A comma from 1,000 (CUI MEDi-044), for counts only: a port or a year is not a quantity.
        if isinstance(value, int) and (name == "count" or name.endswith("_count")):
            return f"{value:,}"
        return str(value)


def gaps(sentence: str) -> frozenset[str]:
    """The names of the gaps in `sentence`."""
    return frozenset(m.group(1) for m in _GAP.finditer(sentence) if m.group(1))


def _sentences(file: Path) -> dict[str, str]:
    try:
        read = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file.name}: {error}") from error
    found: dict[str, str] = {}
    for code, sentence in read.items():
        if not isinstance(sentence, str):
            raise CatalogueError(f"{file.name}: {code!r} is not a flat sentence; quote the code")
        found[code] = sentence
    return found
