"""Every kind of pack there is, and what is asked of it beyond what is asked of all.

A kind that is not here is read by nothing, and a pack of it is an error. What a loader refuses
when the program starts is refused here with the line, by that same loader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from app.commands.packs.allergies import check_allergies
from app.commands.packs.antimicrobials import check_antimicrobials
from app.commands.packs.compatibility import check_compatibility
from app.commands.packs.drug_rules import check_drug_rules
from app.commands.packs.duplicates import check_duplicates
from app.commands.packs.files import Line, PackFiles, Table, twice
from app.commands.packs.findings import Finding
from app.commands.packs.formulary import (
    check_dispensing,
    check_formulary,
    check_import_words,
)
from app.commands.packs.interactions import check_interactions
from app.commands.packs.loops import check_loops
from app.commands.packs.order_items import check_order_items
from app.commands.packs.order_reasons import check_order_reasons
from app.commands.packs.order_sets import check_order_sets
from app.commands.packs.pathways import check_pathways
from app.commands.packs.scores import check_scores
from app.commands.packs.skin_tests import check_skin_tests
from app.commands.packs.substances import check_substances
from app.domain.people import Role
from app.fhir.frequencies import published_timing
from app.kernel.faults import AppError, Message
from app.services.drug_rule_pack import RULE_TABLES
from app.services.roles import read_roles
from app.services.shift_pack import read_shifts
from sync.merge_rules import TABLES, parse
from sync.scopes import read_types

Check = Callable[[PackFiles], Iterator[Finding]]

_PLACE = re.compile(r"(\w+)(?:\.tsv)? line (\d+)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is asked of one table.

    Attributes:
        key: Columns that tell its rows apart; none where rows may repeat.
        needed: Columns that are there and not empty. `numbers`: that hold a number, or nothing.
    """

    key: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of pack."""

    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    check: Check | None = None


def _roles(pack: PackFiles) -> Iterator[Finding]:
    yield from _refused(lambda: read_roles(pack.folder / "privileges.tsv"))
    table, roles = pack.table("stand_ins"), ", ".join(role.value for role in Role)
    for line in table.lines:
        for column in ("role", "for_role"):
            told = line.row.get(column, "")
            if told not in {role.value for role in Role}:
                yield table.finding(
                    line.number, "packs.unknown-word", column=column, value=told, known=roles
                )


def _merge(pack: PackFiles) -> Iterator[Finding]:
    def read() -> object:
        files = {name: pack.folder / f"{name}.tsv" for name in TABLES}
        return parse({n: file.read_text("utf-8") for n, file in files.items() if file.exists()})

    yield from _refused(read)


def _scopes(pack: PackFiles) -> Iterator[Finding]:
    yield from _refused(lambda: read_types(pack.folder / "types.tsv"))


def _frequencies(pack: PackFiles) -> Iterator[Finding]:
    table = pack.table("frequencies")
    for line in table.lines:
        try:
            published_timing(line.row.get("fhir_timing", ""))
        except ValueError:
            yield table.finding(line.number, "packs.not-json", column="fhir_timing")


def _shifts(pack: PackFiles) -> Iterator[Finding]:
    table = pack.table("shifts")
    try:
        read_shifts([line.row for line in table.lines])
    except (KeyError, ValueError):
        yield table.finding(0, "packs.shifts-no-day")


def _refused(read: Callable[[], object]) -> Iterator[Finding]:
    """What the loader itself says, at the line it names."""
    try:
        read()
    except AppError as error:
        place = _PLACE.search(error.fault.detail)
        file = f"{place[1]}.tsv" if place else ""
        yield Finding(file, int(place[2]) if place else 0, error.fault.message)
    except (KeyError, ValueError, OSError) as error:
        yield Finding("", 0, Message.of("packs.refused", error=type(error).__name__))


KINDS: Mapping[str, Kind] = {
    "administration": Kind(
        {
            "limits": Sheet(("name",), ("name", "value"), ("value",)),
            "not_given": Sheet(("code",), ("code",)),
            "shifts": Sheet(("code",), ("code", "name_zh", "name_en", "begins", "ends")),
        },
        _shifts,
    ),
    "dispensing": Kind(
        {"pieces": Sheet(("form", "liquid"), ("form", "units", "word", "division"))},
        check_dispensing,
    ),
    "formulary": Kind(
        {
            "medicines": Sheet(("code",), ("code", "name_zh", "name_en", "pinyin")),
            "forms": Sheet((), ("code", "form")),
        },
        check_formulary,
    ),
    "formulary_import": Kind(
        {
            "headings": Sheet(("word",), ("word", "column")),
            "forms": Sheet(("word",), ("word", "form")),
        },
        check_import_words,
    ),
    "verification": Kind(
        {
            "rules": Sheet(("name",), ("name", "value"), ("value",)),
            "gates": Sheet(("order_class", "kind"), ("order_class", "kind", "verify", "review")),
            "codes": Sheet(("name",), ("name", "system", "code", "name_zh", "name_en")),
        }
    ),
    "allergies": Kind(
        {
            "words": Sheet(("rule",), ("rule", "codes")),
            "reactions": Sheet(("rule",), ("rule", "degree")),
            "of_class": Sheet(("rule",), ("rule", "class", "members")),
            "crosses": Sheet(("rule",), ("rule", "first", "second", "both")),
            "nones": Sheet(("rule",), ("rule", "first", "second")),
        },
        check_allergies,
    ),
    "duplicates": Kind(
        {
            "rules": Sheet(("rule",), ("rule", "check", "subjects", "reach", "tier", "quieter")),
            "exempt": Sheet(("rule",), ("rule", "first", "second", "as_needed")),
            "lesser": Sheet(("rule",), ("rule", "subjects", "daily")),
            "local": Sheet(("rule",), ("rule", "route")),
        },
        check_duplicates,
    ),
    "compatibility": Kind(
        {
            "fluids": Sheet(("rule",), ("rule", "name_zh", "name_en")),
            "pairs": Sheet(("rule",), ("rule", "first", "second", "tier")),
            "reaches": Sheet(("rule",), ("rule", "route", "reach")),
        },
        check_compatibility,
    ),
    "frequencies": Kind(
        {"frequencies": Sheet(("code",), ("code", "name_zh", "name_en", "kind"))},
        _frequencies,
    ),
    "interactions": Kind(
        {
            "pairs": Sheet(("rule",), ("rule", "a", "b", "severity", "conditional")),
            "groups": Sheet(("code",), ("code", "name_zh", "name_en", "members")),
            "severities": Sheet(
                ("severity", "conditional"), ("severity", "tier", "text_zh", "text_en")
            ),
            "local_routes": Sheet(("route",), ("route",)),
        },
        check_interactions,
    ),
    "drug_rules": Kind(
        {
            **dict.fromkeys(RULE_TABLES, Sheet(("rule",), ("rule", "check", "subjects", "when"))),
            "facts": Sheet(("fact",), ("fact", "name_zh", "name_en")),
            "conditions": Sheet(("code",), ("code", "name_zh", "name_en")),
            "substance_units": Sheet(("rule",), ("substance", "unit", "into", "factor")),
            "route_groups": Sheet(("group",), ("group", "routes")),
            "carriers": Sheet(("substance",), ("substance",)),
        },
        check_drug_rules,
    ),
    "antimicrobials": Kind(
        {
            "levels": Sheet(("rule",), ("rule", "subjects", "level")),
            "rights": Sheet(("level",), ("level", "name_zh", "name_en", "grade", "tier")),
            "grades": Sheet(("grade",), ("grade", "name_zh", "name_en", "rank"), ("rank",)),
            "local": Sheet(("route",), ("route",)),
        },
        check_antimicrobials,
    ),
    "skin_tests": Kind(
        {"tests": Sheet(("rule",), ("rule", "subjects", "reagents", "tier"))}, check_skin_tests
    ),
    "laboratory": Kind(
        {
            "analytes": Sheet(("key",), ("key", "loinc", "name_zh", "name_en", "pinyin")),
            "panels": Sheet(("key",), ("key", "name_zh", "name_en", "members")),
            "ranges": Sheet(),
        }
    ),
    "loops": Kind(check=check_loops),
    "merge": Kind(check=_merge),
    "order_reasons": Kind(
        {"reasons": Sheet(("deed", "code"), ("deed", "code", "name_zh", "name_en"))},
        check_order_reasons,
    ),
    "override_reasons": Kind({"reasons": Sheet(("code",), ("name_zh", "name_en"), ("key",))}),
    "order_sets": Kind(check=check_order_sets),
    "order_items": Kind(
        {
            "classes": Sheet(("order_class",), ("order_class", "kinds", "default_kind")),
            "kinds": Sheet(("kind",), ("kind", "span"), ("lapse_hours",)),
            "items": Sheet(
                ("order_class", "code"),
                ("code", "order_class", "name_zh", "name_en", "pinyin", "spelled"),
            ),
            "error_prone": Sheet(("short",), ("short", "meanings_en", "meanings_zh")),
            "look_alike": Sheet(("one", "other"), ("one", "other")),
            "tall_man": Sheet(("drug",), ("drug", "tall")),
        },
        check_order_items,
    ),
    "order_text": Kind(
        {name: Sheet() for name in ("items", "names", "routes", "solvents", "units", "words")}
    ),
    "pathways": Kind(check=check_pathways),
    "passphrases": Kind({"common": Sheet(("phrase",), ("phrase",))}),
    "problems": Kind({"problems": Sheet(("icd10",), ("icd10", "name_zh", "name_en", "pinyin"))}),
    "alert_budget": Kind({"budget": Sheet(("name",), ("name", "value"), ("value",))}),
    "critical_values": Kind(
        {
            "rules": Sheet(("name",), ("name", "value"), ("value",)),
            "levels": Sheet(("level",), ("level", "role", "after_minutes"), ("after_minutes",)),
        }
    ),
    "roles": Kind(
        {
            "privileges": Sheet(("role", "privilege")),
            "stand_ins": Sheet(("role", "for_role", "code"), ("role", "for_role", "code")),
        },
        _roles,
    ),
    "routes": Kind({"routes": Sheet(("code",), ("code", "name_zh", "name_en", "injection"))}),
    "order_sheets": Kind(
        {
            "values": Sheet(("name",), ("name", "value")),
            "columns": Sheet(
                ("sheet", "column"),
                ("sheet", "column", "x", "width", "align", "ruled"),
                ("x", "width"),
            ),
            "words": Sheet(("name",), ("name", "text")),
            "units": Sheet(("code",), ("code", "text")),
        }
    ),
    "scenarios": Kind(
        {"scenarios": Sheet(("scenario",), ("scenario", "title", "keys", "place", "workspace"))}
    ),
    "scores": Kind(
        {
            "scores": Sheet(
                ("code",), ("code", "name_zh", "name_en", "combining", "unit", "publication")
            ),
            "inputs": Sheet(("code",), ("code", "name_zh", "name_en", "answering")),
            "uses": Sheet(
                ("score", "item"),
                ("score", "item", "needed"),
                ("decimals", "points", "stale_hours"),
            ),
            "bands": Sheet(
                ("score", "item", "unit", "when", "span"), ("span", "points"), ("points",)
            ),
            "options": Sheet(
                ("score", "item", "option"), ("option", "points", "name_zh", "name_en")
            ),
            "parts": Sheet(("code",), ("code", "name_zh", "name_en")),
            "limits": Sheet(("score", "item"), ("score", "item", "why_zh", "why_en")),
            "grades": Sheet(("score", "code"), ("code", "span", "name_zh", "name_en"), ("single",)),
            "constants": Sheet(("score", "name"), ("name", "value"), ("value",)),
            "conversions": Sheet(("loinc", "unit", "into"), ("unit", "into", "factor")),
            "defaults": Sheet(("score", "item"), ("score", "item", "answer", "why_zh", "why_en")),
            "aliases": Sheet(("kind", "score", "item", "option", "alias", "detail"), ("kind",)),
            "units": Sheet(("word", "key"), ("word", "unit")),
            "bare": Sheet(("item", "unit", "span"), ("item", "unit", "span")),
        },
        check_scores,
    ),
    "scopes": Kind({"types": Sheet(("scope", "rtype"), ("scope", "rtype"), ("order",))}, _scopes),
    "search": Kind({"parameters": Sheet(), "required_codes": Sheet(("path",), ("path", "codes"))}),
    "substances": Kind(
        {
            "substances": Sheet(("code",), ("code", "name_zh", "name_en")),
            "drugs": Sheet(("code",), ("code", "substances")),
            "classes": Sheet(("code",), ("code", "name_zh", "name_en")),
            "members": Sheet(("class", "substance"), ("class", "substance")),
            "mixtures": Sheet(("code",), ("code", "name_zh", "name_en", "substances")),
            "wording": Sheet(("role", "place", "text"), ("role", "place", "text")),
        },
        check_substances,
    ),
    "verbal_orders": Kind(
        {
            "situations": Sheet(
                ("code",),
                ("code", "name_zh", "name_en", "confirm_minutes", "lead"),
                ("confirm_minutes",),
            )
        }
    ),
    "vitals": Kind(
        {
            "measures": Sheet(
                ("key",),
                ("key", "loinc", "name_zh", "name_en"),
                ("decimals", "low", "high", "possible_low", "possible_high"),
            )
        }
    ),
}


def check_kind(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` as a pack of its kind."""
    kind = KINDS.get(pack.kind)
    if kind is None:
        if pack.kind:
            yield Finding("manifest.toml", 0, Message.of("packs.unknown-kind", kind=pack.kind))
        return
    if kind.sheets:
        yield from _sheets(pack, kind.sheets)
    if kind.check is not None:
        yield from kind.check(pack)


def _sheets(pack: PackFiles, sheets: Mapping[str, Sheet]) -> Iterator[Finding]:
    for name in sorted(set(pack.tables) - set(sheets)):
        yield pack.table(name).finding(0, "packs.unread-table")
    for name, sheet in sheets.items():
        if name in pack.tables:
            yield from _sheet(pack.table(name), sheet)
        else:
            yield pack.table(name).finding(0, "packs.table-missing")


def _sheet(table: Table, sheet: Sheet) -> Iterator[Finding]:
    lacking = [column for column in (*sheet.key, *sheet.needed) if column not in table.columns]
    for column in dict.fromkeys(lacking):
        yield table.finding(1, "packs.no-column", column=column)
    for line in table.lines:
        yield from _cells(table, sheet, line)
    if sheet.key and not lacking:
        yield from twice(table, sheet.key)


def _cells(table: Table, sheet: Sheet, line: Line) -> Iterator[Finding]:
    for column in sheet.needed:
        if column in line.row and not line.row[column].strip():
            yield table.finding(line.number, "packs.empty", column=column)
    for column in sheet.numbers:
        told = line.row.get(column, "")
        if told and not _is_number(told):
            yield table.finding(line.number, "packs.not-a-number", column=column, value=told)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
