"""A hospital's own list of medicines, read into an overlay of the formulary.

A line of the list is a product; products of one generic name are one medicine. What the list does
not say and the seed formulary knows under the same Chinese name (English name, class, UNII) is
taken from there, code included, so that what was written for that medicine keeps meaning it.
Nothing is guessed: a heading, form or strength that is not understood is named with its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.strengths import read_strength
from app.kernel.faults import FaultKind, Message, app_error

Row = Mapping[str, str]
Spell = Callable[[str], tuple[str, str]]

MEDICINES = (
    *("code", "name_zh", "name_en", "pinyin", "spelled", "class_zh", "class_en", "specialist"),
    *("strengths", "rxcui", "unii", "note", "source", "status", "valid_from", "high_alert"),
)
FORMS = ("code", "form", "strength", "source", "status", "valid_from")
_NEEDED = ("name_zh", "form", "strength")
_FROM_SEED = ("class_zh", "class_en", "specialist", "rxcui", "unii", "high_alert")
_PACKED = re.compile(r"\s*[*×xX]\s*\d+.*$")
_YES = frozenset({"1", "y", "yes", "是", "√"})
_NO = frozenset({"", "0", "n", "no", "否", "-"})


@dataclass(frozen=True, slots=True)
class Words:
    """What hospital systems call things.

    Attributes:
        headings: Column of ours by its heading in a list, lower case.
        forms: Code of a form by its name in a list, lower case.
    """

    headings: Mapping[str, str]
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the list comes from: what every row of the overlay says of itself."""

    source: str
    status: str
    valid_from: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the list that was not understood.

    Attributes:
        line: In the list, the heading is 1.
        lost: The product is not in the overlay.
    """

    line: int
    why: Message
    lost: bool = True


@dataclass(frozen=True, slots=True)
class Imported:
    """The rows of the overlay, and what could not be taken over."""

    medicines: tuple[Row, ...]
    forms: tuple[Row, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class _Product:
    line: int
    told: Mapping[str, str]
    form: str
    strength: str
    high_alert: str


def import_formulary(
    lines: Sequence[Sequence[str]],
    seed: Iterable[Row],
    words: Words,
    spell: Spell,
    said: Provenance,
) -> Imported:
    """Read a list: its heading first, then a product a line.

    Args:
        lines: Cells as text.
        seed: Rows of `medicines.tsv` of the formulary that ships.
        words: Headings and forms that are understood.
        spell: Initials and whole spelling (pinyin) of a Chinese name.
        said: What the rows say of themselves.

    Raises:
        AppError: `REFUSED` when a column that is needed has no heading that is understood, or two.
    """
    columns = _columns(lines, words)
    troubles: list[Trouble] = []
    products = tuple(_products(lines, columns, words, troubles))
    known = {_folded(row["name_zh"]): row for row in seed}
    medicines: list[Row] = []
    forms: dict[tuple[str, str, str], Row] = {}
    for name, group in _by_name(products).items():
        row = _medicine(group, known.get(name), spell, said, troubles)
        medicines.append(row)
        for one in group:
            at = (row["code"], one.form, one.strength)
            forms[at] = _dressed(FORMS, said, code=at[0], form=at[1], strength=at[2])
    _refuse_two_codes(medicines)
    return Imported(tuple(medicines), tuple(forms.values()), tuple(troubles))


def _columns(lines: Sequence[Sequence[str]], words: Words) -> Mapping[str, int]:
    if not lines:
        raise app_error(FaultKind.REFUSED, "formulary-import.empty")
    found: dict[str, int] = {}
    for place, cell in enumerate(lines[0]):
        column = words.headings.get(_folded(cell))
        if column is None:
            continue
        if column in found:
            raise app_error(FaultKind.REFUSED, "formulary-import.heading-twice", heading=cell)
        found[column] = place
    for column in _NEEDED:
        if column not in found:
            known = ", ".join(w for w, told in words.headings.items() if told == column)
            raise app_error(FaultKind.REFUSED, "formulary-import.no-heading", known=known)
    return found


def _products(
    lines: Sequence[Sequence[str]],
    columns: Mapping[str, int],
    words: Words,
    troubles: list[Trouble],
) -> Iterator[_Product]:
    for number, cells in enumerate(lines[1:], start=2):
        told = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
        if not any(cell.strip() for cell in cells):
            continue
        form = words.forms.get(_folded(told["form"]))
        alert = _folded(told.get("high_alert", ""))
        if not told["name_zh"]:
            troubles.append(Trouble(number, Message.of("formulary-import.no-name")))
        elif form is None:
            why = Message.of("formulary-import.form", value=told["form"])
            troubles.append(Trouble(number, why))
        elif alert not in _YES | _NO:
            why = Message.of("formulary-import.high-alert", value=told["high_alert"])
            troubles.append(Trouble(number, why))
        else:
            strength = _strength(told["strength"])
            if read_strength(strength) is None:
                why = Message.of("formulary-import.strength", value=told["strength"])
                troubles.append(Trouble(number, why, lost=False))
            marked = "hospital list" if alert in _YES else ""
            yield _Product(number, told, form, strength, marked)


def _strength(written: str) -> str:
    """A strength as the formulary writes it: without the number of pieces in the box."""
    plain = unicodedata.normalize("NFKC", written).replace("μg", "ug").replace("µg", "ug")
    alone = _PACKED.sub("", plain.strip())
    for told, ours in (("ML", "ml"), ("mL", "ml"), ("MG", "mg"), ("G", "g"), ("iu", "IU")):
        alone = re.sub(rf"(?<=[\d万]){told}(?![A-Za-z])", ours, alone)
    return alone.replace(" ", "")


def _medicine(
    group: Sequence[_Product],
    seed: Row | None,
    spell: Spell,
    said: Provenance,
    troubles: list[Trouble],
) -> Row:
    first = group[0]
    name, english = first.told["name_zh"], first.told.get("name_en", "")
    code = next((one.told["code"] for one in group if one.told.get("code")), "")
    if seed is None and not english:
        why = Message.of("formulary-import.no-english", name=name)
        troubles.append(Trouble(first.line, why, lost=False))
    initials, spelled = spell(name)
    cells = {column: (seed or {}).get(column, "") for column in _FROM_SEED}
    for column in ("class_zh", "note"):
        told = first.told.get(column, "")
        cells[column] = told or cells.get(column, "")
    alert = next((one.high_alert for one in group if one.high_alert), "")
    return _dressed(
        MEDICINES,
        said,
        **cells
        | {
            "code": seed["code"] if seed is not None else code or f"hospital-{initials}",
            "name_zh": name,
            "name_en": english or (seed["name_en"] if seed is not None else name),
            "class_en": cells["class_en"] or cells["class_zh"],
            "pinyin": initials,
            "spelled": spelled,
            "specialist": cells["specialist"] or "0",
            "strengths": ";".join(dict.fromkeys(f"{o.form}:{o.strength}" for o in group)),
            "high_alert": cells["high_alert"] or alert,
        },
    )


def _dressed(columns: Sequence[str], said: Provenance, **cells: str) -> Row:
    told = {"source": said.source, "status": said.status, "valid_from": said.valid_from}
    return {column: (cells | told).get(column, "") for column in columns}


def _by_name(products: Iterable[_Product]) -> Mapping[str, list[_Product]]:
    found: dict[str, list[_Product]] = {}
    for one in products:
        found.setdefault(_folded(one.told["name_zh"]), []).append(one)
    return found


def _refuse_two_codes(medicines: Sequence[Row]) -> None:
    seen: dict[str, str] = {}
    for row in medicines:
        other = seen.setdefault(row["code"], row["name_zh"])
        if other != row["name_zh"]:
            raise app_error(
                FaultKind.REFUSED,
                "formulary-import.code-twice",
                value=row["code"],
                one=other,
                other=row["name_zh"],
            )


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
