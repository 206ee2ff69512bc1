"""The pathways that can be chosen, and what was recorded in one that is not known, as lists."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.pathways import Pathway, PathwayFact
from resources.styles.tokens import Tone
from ui.pathways.grid_words import GridWords
from ui.pathways.state import PathwayState
from ui.pathways.words import PathwayWords
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec


@dataclass(frozen=True, slots=True)
class OfferWords:
    """Rows of the two lists."""

    words: PathwayWords

    def offer_spec(self, name: str) -> TableSpec:
        text = self.words.text

        def column(key: str, width: int, *, stretches: bool = False) -> Column:
            title = text(f"pathways_page.column.{key}")
            return Column(
                key, title, width, wraps=True, stretches=stretches, fixed=key == "pathway",
                sorts=False,
            )  # fmt: skip

        columns = (
            column("pathway", 190),
            column("why", 190),
            column("standard", 110),
            column("exclusion", 300, stretches=True),
            column("source", 220),
        )
        return TableSpec(name, text("pathways_page.offer"), columns)

    def offer_rows(self, state: PathwayState) -> tuple[Row, ...]:
        return tuple(self._offered(one, state) for one in state.pathways)

    def _offered(self, one: Pathway, state: PathwayState) -> Row:
        words = self.words
        version = words.text("pathways_page.version", version=one.version)
        standard = words.standard(one)
        source = Cell(one.source, second=self._draft(one))
        return Row(
            one.code,
            (
                Cell(words.name(one.name), second=version, strong=True),
                self._why(one, state),
                Cell(standard),
                Cell(words.name(one.exclusion) or DASH),
                source,
            ),
            finds=f"{one.pinyin} {one.code} {' '.join(one.entry)}",
        )

    def _why(self, one: Pathway, state: PathwayState) -> Cell:
        """The diagnosis that brings it up; the codes it begins with where none does."""
        diagnosis = state.seen.suggested.get(one.code) if state.seen is not None else None
        if diagnosis is None:
            codes = self.words.text("pathways_page.entry", codes=", ".join(one.entry))
            return Cell(self.words.text("pathways_page.not-suggested"), second=codes)
        second = self.words.between(self.words.title(diagnosis), diagnosis.code)
        word = self.words.text("pathways_page.suggested")
        return Cell(word, second=second, tone=Tone.ACT, icon="stethoscope")

    def _draft(self, one: Pathway) -> str:
        """Nobody here has reviewed it while it is a draft."""
        return self.words.text("pathways_page.draft") if one.status == "draft" else ""

    def record_spec(self, name: str) -> TableSpec:
        text = self.words.text
        columns = (
            Column("kind", text("pathways_page.label.kind"), 150, sorts=False),
            Column(
                "element", text("pathways_page.label.element"), 220, wraps=True, stretches=True,
                fixed=True, sorts=False,
            ),
            Column("reason", text("pathways_page.label.reason"), 260, wraps=True, sorts=False),
            Column("by", text("pathways_page.label.by"), 120, wraps=True, sorts=False),
            Column("at", text("pathways_page.label.at"), 150, sorts=False),
        )  # fmt: skip
        return TableSpec(name, text("pathways_page.record"), columns)

    def record_rows(self, state: PathwayState) -> tuple[Row, ...]:
        """What was recorded in a version that is not known here, as it was recorded."""
        grid, words = state.grid, self.words
        if grid is None:
            return ()
        about = GridWords(words).about
        return tuple(
            Row(
                str(one.ref),
                (
                    Cell(words.kind(one), second=_taken_back(one, words), struck=one.void),
                    Cell(about(grid, one), second=one.stage, strong=True, struck=one.void),
                    Cell(words.reason(one) if one.reason is not None or one.text else DASH),
                    Cell(one.by_name or DASH),
                    Cell(words.desk.formats.moment(one.at)),
                ),
                tone=Tone.LOCAL if one.unsent else Tone.PLAIN,
                faded=one.void,
            )
            for one in (*grid.unplaced, *grid.extras, *grid.operation_days)
        )


def _taken_back(fact: PathwayFact, words: PathwayWords) -> str:
    return words.text("pathways_page.label.taken-back") if fact.void else ""
