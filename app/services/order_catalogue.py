"""What can be ordered: one search over formulary, laboratory and items; routes, frequencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import nsmallest
from threading import Lock

from app.domain.order_templates import Habits, OrderTemplate
from app.domain.orders import OrderClass, OrderKind
from app.domain.terms import Term
from app.fhir.valuesets import FORMULARY, FREQUENCY, LOINC, ROUTE
from app.services.authority import open_door
from app.services.order_class_pack import class_rules
from app.services.order_index import Match, NameIndex, Names
from app.services.order_items_pack import (
    ErrorProne,
    OrderItem,
    error_prone,
    letters,
    look_alikes,
    order_items,
    tall_names,
)
from resources.reading import rows

_ALWAYS = "packs that ship with the program: no patient, nothing to protect"
_MOST = 30

PANEL = "urn:wardone:laboratory-panel"
NO_HABITS = Habits()

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be ordered.

    Attributes:
        term: As it is recorded: Chinese words, English display.
        detail: Strengths of a medicine, members of a panel, code of a procedure; "" for none.
        specialist: Only under a specialist, as the list says.
        kind: What an order of it begins with; None leaves it to the form.
        frequency: Code an order of it begins with, or "".
        unit: UCUM code of what is counted, or "".
        tall: English name with the letters that tell it from its look-alikes in capitals, or "".
        alike: Medicines that it is confused with (看似听似).
        template: How this person usually orders it.
        favourite: It is pinned.
    """

    term: Term
    detail: str = ""
    specialist: bool = False
    order_class: OrderClass = OrderClass.MEDICATION
    kind: OrderKind | None = None
    frequency: str = ""
    unit: str = ""
    tall: str = ""
    alike: tuple[Term, ...] = ()
    template: OrderTemplate | None = None
    favourite: bool = False

    @property
    def bare(self) -> OrderTemplate:
        """As a template where nobody has a usual way to order it."""
        kind = self.kind or class_rules()[self.order_class].default_kind
        return self.template or OrderTemplate(self.order_class, self.term, kind)


@dataclass(frozen=True, slots=True)
class Found:
    """The first of what matched, and how many matched in all.

    Attributes:
        error_prone: What was typed is a dangerous abbreviation: no medicine is offered for it.
        own: Nothing was typed: these are one's own favourites and recents.
    """

    items: tuple[Item, ...] = ()
    total: int = 0
    too_short: bool = False
    error_prone: ErrorProne | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The index and what stands at its places."""

    items: tuple[Item, ...]
    names: tuple[Names, ...]
    index: NameIndex
    places: Mapping[tuple[str, str, str], int]


class OrderCatalogue:
    """Searches the packs. Matches the beginnings of words, so that no drug hides in another.

    Building the index takes a moment once: call `prepare`, like every search, on a lane.
    """

    def __init__(self, formulary: Sequence[Row] | None = None) -> None:
        """`formulary`: rows of the hospital's own list, with the columns of the shipped one."""
        self._formulary = formulary
        self._built: _Shelf | None = None
        self._building = Lock()

    @open_door(_ALWAYS)
    def prepare(self) -> None:
        """Build the index before somebody types."""
        self._shelf()

    @open_door(_ALWAYS)
    def search(
        self,
        query: str,
        *,
        classes: frozenset[OrderClass] | None = None,
        habits: Habits = NO_HABITS,
        limit: int = _MOST,
    ) -> Found:
        """Look `query` up; without one, one's own favourites and recents.

        Found by the beginning of a name or of a word of it in either language, by pinyin initials
        or full pinyin, by a common abbreviation, and by the middle of a Chinese name, from two
        letters or one Chinese character. Later words narrow it down: `amox 500`.

        Args:
            query: What is typed.
            classes: Only these; None for all.
            habits: Of the person who types: what is pinned comes first, then what was used.
            limit: At most so many are returned.
        """
        shelf = self._shelf()
        if not query.strip():
            return self._own(shelf, classes, habits, limit)
        dangerous = error_prone().get(letters(query))

        def wanted(place: int) -> bool:
            order_class = shelf.items[place].order_class
            if dangerous is not None and order_class is OrderClass.MEDICATION:
                return False
            return classes is None or order_class in classes

        matches = shelf.index.find(query, wanted)
        if matches is None:
            return Found(too_short=True)
        own = _places(shelf, habits)

        def order(match: Match) -> tuple[int, int, int]:
            return own.get(match.place, len(own)), match.rank, match.place

        best = nsmallest(limit, matches, key=order)
        items = tuple(_with_habits(shelf.items[match.place], habits) for match in best)
        concerns = classes is None or OrderClass.MEDICATION in classes
        return Found(items, len(matches), error_prone=dangerous if concerns else None)

    @open_door(_ALWAYS)
    def medicines(self, query: str, limit: int = _MOST) -> Found:
        """By name, pinyin or English name; from two characters, or one Chinese one."""
        return self._of(OrderClass.MEDICATION, query, limit)

    @open_door(_ALWAYS)
    def tests(self, query: str, limit: int = _MOST) -> Found:
        """Panels before single analytes; the short name (`WBC`) finds them too."""
        return self._of(OrderClass.LABORATORY, query, limit)

    @open_door(_ALWAYS)
    def exactly(self, words: str, order_class: OrderClass | None = None) -> Item | None:
        """The one item that is called just so, in either language or for short; else None.

        A dangerous abbreviation names nothing, and neither do words that two items answer to.
        """
        text = " ".join(words.casefold().split())
        shelf = self._shelf()
        if not text or letters(text) in error_prone():
            return None
        found = {
            item.bare.key: item
            for match in shelf.index.find(text) or ()
            if text in shelf.names[match.place].begins
            and order_class in (None, (item := shelf.items[match.place]).order_class)
        }
        return next(iter(found.values())) if len(found) == 1 else None

    @open_door(_ALWAYS)
    def routes(self) -> tuple[Term, ...]:
        return tuple(
            Term(row["name_zh"], ROUTE, row["code"], row["name_en"])
            for row in rows("routes", "routes")
        )

    @open_door(_ALWAYS)
    def frequencies(self) -> tuple[Term, ...]:
        return tuple(
            Term(row["name_zh"], FREQUENCY, row["code"], row["name_en"])
            for row in rows("frequencies", "frequencies")
        )

    def _of(self, order_class: OrderClass, query: str, limit: int) -> Found:
        if not query.strip():
            return Found(too_short=True)
        return self.search(query, classes=frozenset({order_class}), limit=limit)

    def _own(
        self, shelf: _Shelf, classes: frozenset[OrderClass] | None, habits: Habits, limit: int
    ) -> Found:
        """What is pinned, in its order, then what was signed last, each once."""
        templates = {one.key: one for one in (*habits.recents, *habits.favourites)}
        order = dict.fromkeys(one.key for one in (*habits.favourites, *habits.recents))
        found = [
            _with_habits(item, habits)
            for key in order
            if (item := _named(shelf, templates[key])) is not None
            and (classes is None or item.order_class in classes)
        ]
        return Found(tuple(found[:limit]), len(found), own=True)

    def _shelf(self) -> _Shelf:
        with self._building:
            if self._built is None:
                medicines = self._formulary
                self._built = _build(
                    rows("formulary", "medicines") if medicines is None else medicines
                )
            return self._built


def _places(shelf: _Shelf, habits: Habits) -> dict[int, int]:
    """Where a person's own stand in the index, and in which order they come."""
    order = dict.fromkeys(one.key for one in (*habits.favourites, *habits.recents))
    places = [shelf.places[key] for key in order if key in shelf.places]
    return {place: number for number, place in enumerate(places)}


def _named(shelf: _Shelf, template: OrderTemplate) -> Item | None:
    """The item of a template as the packs have it today; words without a code stay words.

    None for a code that the packs no longer have: what is gone from the list is not offered.
    """
    place = shelf.places.get(template.key)
    if place is not None:
        return shelf.items[place]
    if template.item.code:
        return None
    return Item(template.item, order_class=template.order_class, kind=template.kind)


def _with_habits(item: Item, habits: Habits) -> Item:
    key = item.bare.key
    for pinned, templates in ((True, habits.favourites), (False, habits.recents)):
        for template in templates:
            if template.key == key:
                return replace(item, template=template, favourite=pinned)
    return item


def _build(medicines: Sequence[Row]) -> _Shelf:
    pairs = (*_medicines(medicines), *_tests(), *_others())
    items = tuple(item for item, _ in pairs)
    names = tuple(one for _, one in pairs)
    places = {item.bare.key: place for place, item in enumerate(items)}
    return _Shelf(items, names, NameIndex(names), places)


def _medicines(medicines: Sequence[Row]) -> Iterator[tuple[Item, Names]]:
    shorts = _shorts()
    terms = {row["name_en"]: _medicine(row) for row in medicines}
    alike, tall = look_alikes(), tall_names()
    for row in medicines:
        english = row["name_en"]
        detail = row["strengths"].replace(";", "; ").replace(",", ", ")
        item = Item(
            terms[english] if terms[english].code == row["code"] else _medicine(row),
            detail,
            row["specialist"] == "1",
            tall=tall.get(english, ""),
            alike=tuple(terms[name] for name in alike.get(english, ()) if name in terms),
        )
        typed = _typed(row)
        yield item, _names(item.term, shorts.get(english, ()), typed, row["strengths"])


def _medicine(row: Row) -> Term:
    return Term(row["name_zh"], FORMULARY, row["code"], row["name_en"])


@cache
def _shorts() -> Mapping[str, tuple[str, ...]]:
    """Ward names of medicines and tests by English name; never a dangerous abbreviation."""
    found: dict[str, list[str]] = {}
    tests = (row for row in rows("order_text", "items") if row["class"] == "laboratory")
    for row in (*rows("order_text", "names"), *rows("order_text", "solvents"), *tests):
        if letters(row["word"]) not in error_prone():
            found.setdefault(row["name_en"], []).append(row["word"])
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def _tests() -> Iterator[tuple[Item, Names]]:
    short = {row["key"]: row["short"] or row["name_en"] for row in rows("laboratory", "analytes")}
    wards = _shorts()
    for row in rows("laboratory", "panels"):
        system, code = (LOINC, row["loinc"]) if row["loinc"] else (PANEL, row["key"])
        members = ", ".join(short.get(key, key) for key in row["members"].split(",") if key)
        item = _test(Term(row["name_zh"], system, code, row["name_en"]), members)
        shorts = (row["key"], *wards.get(row["name_en"], ()))
        yield item, _names(item.term, shorts, _typed(row))
    for row in rows("laboratory", "analytes"):
        item = _test(Term(row["name_zh"], LOINC, row["loinc"], row["name_en"]), row["specimen"])
        shorts = (row["short"], *wards.get(row["name_en"], ()))
        yield item, _names(item.term, shorts, _typed(row))


def _test(term: Term, detail: str) -> Item:
    kind = class_rules()[OrderClass.LABORATORY].default_kind
    return Item(term, detail, order_class=OrderClass.LABORATORY, kind=kind)


def _others() -> Iterator[tuple[Item, Names]]:
    for one in order_items():
        names = _names(one.term, one.shorts, (one.initials, one.spelled))
        yield _other(one), names


def _other(one: OrderItem) -> Item:
    return Item(
        one.term,
        one.procedure and f"ICD-9-CM-3 {one.procedure}",
        order_class=one.order_class,
        kind=one.kind,
        frequency=one.frequency,
        unit=one.unit,
    )


def _typed(row: Row) -> tuple[str, ...]:
    """Pinyin; a hospital's own list may lack the full one."""
    return tuple(filter(None, (row["pinyin"], row.get("spelled", ""))))


def _names(term: Term, shorts: Iterable[str], typed: Iterable[str], detail: str = "") -> Names:
    return Names(
        term.text.casefold(),
        term.display.casefold(),
        tuple(one.casefold() for one in shorts if one),
        tuple(one.casefold() for one in typed),
        detail,
    )
