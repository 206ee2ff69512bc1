"""Who lies in which bed, with what, since when: the cast of the demo hospital."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NotRequired, TypedDict, cast

from resources.demo import knowledge, staff
from resources.demo.document import WARD_TIME
from resources.demo.knowledge import Case, Companion, DrugLine, Language, Pair
from resources.demo.people import Person, birthday, body_size, draw_name

IN_BED, DISCHARGED, DECEASED, PLANNED = "in-bed", "discharged", "deceased", "planned"


class _Listed(TypedDict):
    """One `[[patient]]` of roster.toml."""

    case: str
    bed: NotRequired[str]
    name: NotRequired[list[str]]
    latin: NotRequired[bool]
    sex: NotRequired[str]
    age: NotRequired[int]
    stay: NotRequired[float]
    state: NotRequired[str]
    language: NotRequired[Language]
    allergy: NotRequired[str]
    conditions: NotRequired[list[str]]
    critical: NotRequired[dict[str, str]]
    dnar: NotRequired[bool]
    late_note: NotRequired[bool]


@dataclass(frozen=True)
class Stay:
    """One admission and everything that was decided about it before it is told.

    Attributes:
        bed: Label of the bed on the ward of the case's department.
        ended: When the patient left or died; None while in bed or before admission.
        allergy: An allergen id, `none` (asked, nothing known), `unconfirmed` or `unasked`.
        critical: Results of the last hours that wait for acknowledgement, by analyte.
        language: The language notes and reports are written in.
    """

    seed: int
    number: int
    case: Case
    person: Person
    state: str
    bed: str
    admitted: datetime
    ended: datetime | None
    as_of: datetime
    companions: tuple[Companion, ...]
    allergy: str
    critical: dict[str, Decimal]
    dnar: bool
    late_note: bool
    language: Language
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def came(self) -> datetime:
        """Arrival in the hospital: before `admitted` for who was operated on elsewhere in it."""
        before = self.case.operation is not None and self.case.operation.day < 0
        return self.admitted - timedelta(days=3) if before else self.admitted

    def day_number(self, at: datetime) -> int:
        """Day of the stay by the calendar; the day of arrival is 1."""
        return (at.astimezone(WARD_TIME).date() - self.came.astimezone(WARD_TIME).date()).days + 1

    @property
    def id(self) -> str:
        return f"{self.number:03d}"

    @property
    def patient(self) -> str:
        return f"pt-{self.id}"

    @property
    def encounter(self) -> str:
        return f"enc-{self.id}"

    @property
    def ward(self) -> str:
        return self.case.department

    @property
    def until(self) -> datetime:
        """The last moment anything can be charted."""
        return self.ended or self.as_of

    @property
    def days(self) -> float:
        return self.days_at(self.until)

    def days_at(self, at: datetime) -> float:
        """Days since admission."""
        return (at - self.admitted).total_seconds() / 86400

    def at(self, day: float, hour: float | None = None) -> datetime:
        """A moment of the stay.

        With `hour` the ward clock of a later day; without, or on the first day, days since
        admission.
        """
        if hour is None or day < 1:
            return self.admitted + timedelta(days=day)
        morning = self.admitted.astimezone(WARD_TIME).replace(hour=0, minute=0, second=0)
        return morning + timedelta(days=int(day), hours=hour)

    def random(self, topic: str) -> random.Random:
        """A stream of its own for each topic, so that one change does not shift all others."""
        return random.Random(f"{self.seed}/{self.number}/{topic}")  # noqa: S311 - a demo, no secret

    def say(self, pair: Pair) -> str:
        """A template text in the language of this stay, with its facts filled in."""
        return pair.say(self.language).format(**self.facts)

    @cached_property
    def drugs(self) -> tuple[DrugLine, ...]:
        return chosen_drugs(self.case, self.companions, self.allergy)

    @cached_property
    def resident(self) -> str:
        return self._one_of("resident")

    @cached_property
    def attending(self) -> str:
        return self._one_of("attending")

    @property
    def chief(self) -> str:
        return staff.on_ward(self.ward, "chief")[0].id

    @property
    def trainee(self) -> str:
        """The trainee who helps with this patient, or ""."""
        found = staff.on_ward(self.ward, "trainee")
        return found[0].id if found and self.number % 6 == 4 else ""

    def nurse(self, at: datetime) -> str:
        """Who was on duty: a day, an evening and a night nurse."""
        nurses = staff.on_ward(self.ward, "nurse")
        local = at.astimezone(WARD_TIME)
        return nurses[(local.hour // 8 + local.toordinal()) % len(nurses)].id

    def _one_of(self, role: str) -> str:
        found = staff.on_ward(self.ward, role)
        return found[self.number % len(found)].id


def chosen_drugs(
    case: Case, companions: tuple[Companion, ...], allergy: str
) -> tuple[DrugLine, ...]:
    """The template's drugs without those the patient must not have, each ingredient once."""
    found: list[DrugLine] = []
    own = {line.drug for line in case.drugs}
    brought = [
        line for c in companions for line in c.drugs if line.drug not in own and feeds(case, line)
    ]
    for line in (*case.drugs, *brought):
        if allergy in line.avoid or (line.only_for and allergy not in line.only_for):
            continue
        found.append(line)
    return tuple(found)


def feeds(case: Case, line: DrugLine) -> bool:
    """A tablet or a dose before meals waits while the patient takes nothing by mouth."""
    by_mouth = line.route == "po" or line.frequency == "ac"
    return not by_mouth or case.diet[0] not in ("nil", "tube")


def conflicts(allergy: str, lines: tuple[DrugLine, ...]) -> bool:
    """Whether any line belongs to the class the patient is allergic to."""
    return any(belongs(allergy, line.drug) for line in lines)


def belongs(allergy: str, drug: str) -> bool:
    """Whether a drug is of an allergen's class, by the formulary's classes."""
    row = knowledge.medicine(drug)
    match allergy:
        case "penicillin":
            return "青霉素类" in row["class_zh"]
        case "cephalosporin":
            return "头孢" in row["class_zh"]
        case "nsaid":
            return "解热镇痛" in row["class_zh"] and drug != "对乙酰氨基酚"
        case "sulfonamide":
            return "磺胺" in row["class_zh"]
        case _:
            return False


def assemble(seed: int, as_of: datetime, language: Language) -> tuple[Stay, ...]:
    """The whole cast, in bed, gone and expected. Same arguments, same people."""
    pick = random.Random(f"{seed}/cast")  # noqa: S311 - a demo, no secret
    listed = cast("list[_Listed]", knowledge.load("demo/roster.toml")["patient"])
    entries = [*listed, *_drawn(listed, pick)]
    taken = {"".join(e["name"][:2]) for e in listed if "name" in e}
    taken |= {m.name.zh for m in staff.members()}
    stays: list[Stay] = []
    for number, entry in enumerate(entries, start=1):
        own = random.Random(f"{seed}/{number}/person")  # noqa: S311 - a demo, no secret
        stay = _stay(_Casting(seed, number, as_of, language, frozenset(taken), own), entry)
        taken.add(stay.person.text)
        stays.append(stay)
    return _bedded(stays, entries)


@dataclass(frozen=True)
class _Casting:
    seed: int
    number: int
    as_of: datetime
    language: Language
    taken: frozenset[str]
    pick: random.Random


def _drawn(listed: list[_Listed], pick: random.Random) -> Iterator[_Listed]:
    """Fill the wards up: every template once, then by weight."""
    for department in staff.departments():
        pool = [c for c in knowledge.cases().values() if c.department == department.id]
        present = [
            e["case"]
            for e in listed
            if knowledge.cases()[e["case"]] in pool and e.get("state", IN_BED) == IN_BED
        ]
        missing = [c.id for c in pool if c.id not in present]
        wanted = department.inpatients - len(present) - len(missing)
        lots = [c.id for c in pool for _ in range(c.weight)]
        pick.shuffle(lots)
        for case in (*missing, *lots[:wanted]):
            yield {"case": case}


def _stay(casting: _Casting, entry: _Listed) -> Stay:
    case, pick = knowledge.cases()[entry["case"]], casting.pick
    person = _person(casting, entry, case)
    length = entry.get("stay", round(pick.uniform(*case.stay), 3))
    gone = entry.get("state", IN_BED)
    ended = None
    if gone in (DISCHARGED, DECEASED):
        ended = casting.as_of - timedelta(hours=14 if gone == DECEASED else pick.randint(18, 66))
    admitted = _arrival(case, ended or casting.as_of, length, pick)
    companions = _companions(entry, case, person, pick)
    return Stay(
        seed=casting.seed,
        number=casting.number,
        case=case,
        person=person,
        state=gone,
        bed=entry.get("bed", ""),
        admitted=admitted,
        ended=ended,
        as_of=casting.as_of,
        companions=companions,
        allergy=entry.get("allergy") or _allergy(case, companions, pick),
        critical={key: Decimal(value) for key, value in entry.get("critical", {}).items()},
        dnar=entry.get("dnar", False),
        late_note=entry.get("late_note", False),
        language="en" if casting.language == "en" else person.language,
        facts=_facts(person.age, pick),
    )


def _arrival(case: Case, end: datetime, length: float, pick: random.Random) -> datetime:
    """When somebody came: at any hour as an emergency, in office hours by appointment."""
    came = end - timedelta(days=length, minutes=pick.randint(0, 90) if length > 0 else 0)
    came = came.replace(second=0, microsecond=0)
    if not case.elective:
        return came
    local = came.astimezone(WARD_TIME).replace(hour=pick.randint(8, 15), minute=pick.randint(0, 59))
    if length > 0 and local > end - timedelta(hours=10):
        return local - timedelta(days=1)
    return local + timedelta(days=1) if length < 0 and local < end else local


def _person(casting: _Casting, entry: _Listed, case: Case) -> Person:
    pick = casting.pick
    sex = entry.get("sex") or case.sex or pick.choice("MF")
    age = entry.get("age") or pick.randint(*case.ages)
    born = birthday(casting.as_of.astimezone(WARD_TIME).date(), age, pick)
    drawn = draw_name(sex, born, pick, casting.taken)
    family, given, latin_family, latin_given = entry.get("name") or drawn
    height, weight = body_size(sex, age, pick)
    return Person(
        number=casting.number,
        family=family,
        given=given,
        latin_family=latin_family,
        latin_given=latin_given,
        latin=entry.get("latin", False),
        sex=sex,
        born=born,
        age=age,
        language=entry.get("language", "zh"),
        height=height,
        weight=weight,
    )


def _companions(
    entry: _Listed, case: Case, person: Person, pick: random.Random
) -> tuple[Companion, ...]:
    known = knowledge.companions()
    if "conditions" in entry:
        return tuple(known[name] for name in entry["conditions"])
    drawn = [known[name] for name, chance in case.companions if pick.random() < chance]
    return tuple(c for c in drawn if case.id not in c.not_in and c.sex in ("", person.sex))


def _allergy(case: Case, companions: tuple[Companion, ...], pick: random.Random) -> str:
    state = pick.choices(("none", "known", "unconfirmed", "unasked"), (64, 21, 4, 11))[0]
    if state != "known":
        return state
    candidates = [
        name
        for name in ("penicillin", "cephalosporin", "nsaid", "sulfonamide", "seafood")
        if not conflicts(name, chosen_drugs(case, companions, name))
    ]
    return pick.choice(candidates)


def _facts(age: int, pick: random.Random) -> dict[str, int]:
    return {
        "age": age,
        "years": min(pick.randint(3, 18), max(1, age - 8)),
        "onset": pick.randint(2, 7),
        "hours": pick.randint(3, 16),
        "months": pick.randint(2, 8),
    }


def _bedded(stays: list[Stay], entries: list[_Listed]) -> tuple[Stay, ...]:
    """Give everybody a bed; those gone or expected get one that stands empty."""
    free = {d.id: [b for b in d.beds if b not in d.closed] for d in staff.departments()}
    for entry, stay in zip(entries, stays, strict=True):
        if "bed" in entry:
            free[stay.ward].remove(stay.bed)
    spoken_for: dict[str, str] = {}
    for stay in (s for s in stays if s.state == IN_BED):
        spoken_for[stay.id] = stay.bed or free[stay.ward].pop(0)
    for stay in (s for s in stays if s.state != IN_BED):
        spoken_for[stay.id] = free[stay.ward].pop(0)
    return tuple(replace(stay, bed=spoken_for[stay.id]) for stay in stays)
