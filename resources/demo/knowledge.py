"""The clinical templates of the demo hospital, read from its TOML files once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, NotRequired, TypedDict, cast

from resources import reading

Language = Literal["zh", "en"]
Curve = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same words in Simplified Chinese and English."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class DrugLine:
    """One drug of a template; `stop` None means that nobody has planned an end.

    Attributes:
        avoid: Allergies with which it is left out.
        only_for: Allergies for which it is the replacement; empty for everybody.
        solvent: Name and volume in mL of what it is diluted with.
        rate: Rate of a continuous infusion.
    """

    drug: str
    dose: Decimal
    unit: str
    route: str
    frequency: str
    kind: str
    start: float
    stop: float | None
    avoid: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    solvent: tuple[str, Decimal] | None = None
    rate: tuple[Decimal, str] | None = None
    reason: Pair | None = None


@dataclass(frozen=True, slots=True)
class Study:
    day: float
    modality: str
    name: Pair
    series: int
    findings: Pair
    conclusion: Pair


@dataclass(frozen=True, slots=True)
class Operation:
    day: float
    icd9: str
    name: Pair
    hours: float
    anaesthesia: Pair
    course: Pair


@dataclass(frozen=True, slots=True)
class Culture:
    day: float
    name: Pair
    days: float
    text: Pair


@dataclass(frozen=True, slots=True)
class CourseEntry:
    subjective: Pair
    assessment: Pair


@dataclass(frozen=True, slots=True)
class Case:
    """One clinical template; `admitted_as` is the diagnosis before its operation."""

    id: str
    department: str
    name: Pair
    admitted_as: Pair
    icd: str
    ages: tuple[int, int]
    sex: str
    stay: tuple[float, float]
    weight: int
    recovery: float
    care: str
    severity: str
    diet: tuple[str, Pair]
    isolation: tuple[str, Pair] | None
    risks: tuple[str, ...]
    weight_change: float
    companions: tuple[tuple[str, float], ...]
    complaint: Pair
    history: Pair
    exam: Pair
    basis: Pair
    plan: Pair
    course: tuple[CourseEntry, ...]
    rounds: tuple[Pair, ...]
    nursing: Pair
    panels: tuple[tuple[str, tuple[float, ...], float | None], ...]
    capillary: Curve
    drugs: tuple[DrugLine, ...]
    studies: tuple[Study, ...]
    operation: Operation | None
    culture: Culture | None
    treatments: tuple[tuple[str, Pair], ...]
    signs: dict[str, Curve]
    consciousness: tuple[str, ...]
    labs: dict[str, Curve]

    @property
    def elective(self) -> bool:
        """Whether such a patient comes by appointment, in the daytime."""
        planned = self.operation is not None and self.operation.day >= 2
        return planned or self.care == "3" or self.id == "lung-cancer"


@dataclass(frozen=True, slots=True)
class Companion:
    """A condition the patient brought along."""

    id: str
    icd: str
    name: Pair
    history: Pair
    drugs: tuple[DrugLine, ...]
    not_in: tuple[str, ...]
    sex: str
    capillary: Curve
    labs: dict[str, Curve]


@dataclass(frozen=True, slots=True)
class Allergen:
    id: str
    name: Pair
    manifestation: Pair
    criticality: str
    severity: str


class _CaseTable(TypedDict):
    """One `[[case]]` as it is written in the TOML files."""

    id: str
    department: str
    name: list[str]
    admitted_as: NotRequired[list[str]]
    icd: str
    ages: list[int]
    sex: NotRequired[str]
    stay: list[float]
    weight: int
    recovery: float
    care: str
    severity: NotRequired[str]
    diet: list[str]
    isolation: NotRequired[list[str]]
    risks: NotRequired[list[str]]
    weight_change: NotRequired[float]
    companions: NotRequired[list[str]]
    complaint: list[str]
    history: list[str]
    exam: list[str]
    basis: list[str]
    plan: list[str]
    course: list[list[str]]
    round: list[list[str]]
    nursing: list[str]
    panels: list[str]
    capillary: NotRequired[list[float]]
    drugs: list[str]
    imaging: NotRequired[list[str]]
    operation: NotRequired[str]
    culture: NotRequired[str]
    treatments: NotRequired[list[str]]
    signs: dict[str, list[float]]
    consciousness: NotRequired[list[str]]
    labs: NotRequired[dict[str, list[float]]]


class _ConditionTable(TypedDict):
    id: str
    icd: str
    name: list[str]
    history: list[str]
    drugs: NotRequired[list[str]]
    not_in: NotRequired[list[str]]
    sex: NotRequired[str]
    capillary: NotRequired[list[float]]
    labs: NotRequired[dict[str, list[float]]]


class _AllergyTable(TypedDict):
    id: str
    name: list[str]
    manifestation: list[str]
    criticality: str
    severity: str


@cache
def cases() -> dict[str, Case]:
    """Every template by id, in the order of the files."""
    found: dict[str, Case] = {}
    for name in ("cardiology", "respiratory", "surgery", "intensive"):
        tables = cast("list[_CaseTable]", load(f"demo/cases/{name}.toml")["case"])
        found.update((table["id"], _case(table)) for table in tables)
    return found


@cache
def companions() -> dict[str, Companion]:
    """Every companion condition by id."""
    tables = cast("list[_ConditionTable]", load("demo/conditions.toml")["condition"])
    return {table["id"]: _companion(table) for table in tables}


@cache
def allergens() -> dict[str, Allergen]:
    """Every allergen by id."""
    tables = cast("list[_AllergyTable]", load("demo/conditions.toml")["allergy"])
    return {
        t["id"]: Allergen(
            t["id"], pair(t["name"]), pair(t["manifestation"]), t["criticality"], t["severity"]
        )
        for t in tables
    }


@cache
def medicine(name_zh: str) -> dict[str, str]:
    """The formulary row of a drug by its Chinese name."""
    return {row["name_zh"]: row for row in reading.rows("formulary", "medicines")}[name_zh]


@cache
def row(pack: str, table: str, column: str, value: str) -> dict[str, str]:
    """The one row of a pack whose `column` is `value`."""
    return {found[column]: found for found in reading.rows(pack, table)}[value]


def load(name: str) -> dict[str, object]:
    """Parse one TOML file of the resources."""
    return tomllib.loads(reading.path(name).read_text(encoding="utf-8"))


def pair(values: list[str]) -> Pair:
    """The two languages of one TOML list."""
    zh, en = values
    return Pair(zh, en)


def _case(table: _CaseTable) -> Case:
    return Case(
        id=table["id"],
        department=table["department"],
        name=pair(table["name"]),
        admitted_as=pair(table.get("admitted_as", table["name"])),
        icd=table["icd"],
        ages=(table["ages"][0], table["ages"][1]),
        sex=table.get("sex", ""),
        stay=(table["stay"][0], table["stay"][1]),
        weight=table["weight"],
        recovery=table["recovery"],
        care=table["care"],
        severity=table.get("severity", ""),
        diet=(table["diet"][0], pair(table["diet"][1:])),
        isolation=_coded(table.get("isolation")),
        risks=tuple(table.get("risks", ())),
        weight_change=table.get("weight_change", 0.0),
        companions=tuple(_chance(text) for text in table.get("companions", ())),
        complaint=pair(table["complaint"]),
        history=pair(table["history"]),
        exam=pair(table["exam"]),
        basis=pair(table["basis"]),
        plan=pair(table["plan"]),
        course=tuple(CourseEntry(pair(e[:2]), pair(e[2:])) for e in table["course"]),
        rounds=tuple(pair(text) for text in table["round"]),
        nursing=pair(table["nursing"]),
        panels=tuple(_panel(text) for text in table["panels"]),
        capillary=tuple(table.get("capillary", ())),
        drugs=tuple(_drug(text) for text in table["drugs"]),
        studies=tuple(_study(text) for text in table.get("imaging", ())),
        operation=_operation(table.get("operation")),
        culture=_culture(table.get("culture")),
        treatments=tuple(_treatment(text) for text in table.get("treatments", ())),
        signs={k: tuple(v) for k, v in table["signs"].items()},
        consciousness=tuple(table.get("consciousness", ("A",))),
        labs={k: tuple(v) for k, v in table.get("labs", {}).items()},
    )


def _companion(table: _ConditionTable) -> Companion:
    return Companion(
        id=table["id"],
        icd=table["icd"],
        name=pair(table["name"]),
        history=pair(table["history"]),
        drugs=tuple(_drug(text) for text in table.get("drugs", ())),
        not_in=tuple(table.get("not_in", ())),
        sex=table.get("sex", ""),
        capillary=tuple(table.get("capillary", ())),
        labs={k: tuple(v) for k, v in table.get("labs", {}).items()},
    )


def _drug(text: str) -> DrugLine:
    drug, dose, route, frequency, kind, days, more = text.split("|")
    amount, unit = dose.split(" ")
    extras = dict(part.split("=", 1) for part in more.split(";") if part)
    start, dash, stop = days.partition("-")
    solvent = extras.get("with", "").split(" ")
    rate = extras.get("rate", "").split(" ")
    return DrugLine(
        drug=drug,
        dose=Decimal(amount),
        unit=unit,
        route=route,
        frequency=frequency,
        kind=kind,
        start=float(start),
        stop=float(stop) + 1 if stop else (None if dash else float(start) + 1),
        avoid=_names(extras.get("avoid", "")),
        only_for=_names(extras.get("for", "")),
        solvent=(solvent[0], Decimal(solvent[1])) if len(solvent) > 1 else None,
        rate=(Decimal(rate[0]), rate[1]) if len(rate) > 1 else None,
        reason=pair(extras["reason"].split("~", 1)) if "reason" in extras else None,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _chance(text: str) -> tuple[str, float]:
    name, chance = text.split(":")
    return name, float(chance)


def _panel(text: str) -> tuple[str, tuple[float, ...], float | None]:
    """`cbc:0,3+2` is on days 0 and 3 and every second day from then on."""
    name, days = text.split(":")
    days, _, every = days.partition("+")
    return name, tuple(float(day) for day in days.split(",")), float(every) if every else None


def _study(text: str) -> Study:
    day, modality, zh, en, series, f_zh, f_en, c_zh, c_en = text.split("|")
    return Study(
        float(day), modality, Pair(zh, en), int(series), Pair(f_zh, f_en), Pair(c_zh, c_en)
    )


def _operation(text: str | None) -> Operation | None:
    if text is None:
        return None
    day, icd9, zh, en, hours, a_zh, a_en, c_zh, c_en = text.split("|")
    return Operation(
        float(day), icd9, Pair(zh, en), float(hours), Pair(a_zh, a_en), Pair(c_zh, c_en)
    )


def _culture(text: str | None) -> Culture | None:
    if text is None:
        return None
    day, zh, en, days, t_zh, t_en = text.split("|")
    return Culture(float(day), Pair(zh, en), float(days), Pair(t_zh, t_en))


def _treatment(text: str) -> tuple[str, Pair]:
    kind, zh, en = text.split("|")
    return kind, Pair(zh, en)


def _coded(values: list[str] | None) -> tuple[str, Pair] | None:
    return None if values is None else (values[0], pair(values[1:]))
