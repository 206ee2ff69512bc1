"""The patient of a case: what is said is taken, what is not said is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal

from app.commands.order_cases.json_values import (
    Keys,
    UnreadError,
    date_in,
    elements,
    instant,
    measured,
    members,
    number,
    truth,
    words,
)
from app.commands.order_cases.patient_words import (
    AGES,
    CHILD_PUGH,
    ICD,
    LABS,
    NOT_A_NAME,
    RESULT,
    RESULTS,
    SEXES,
    SPELLED,
    STATUSES,
    UNITS,
)
from app.decision.knowledge.allergies import AllergyBook
from app.decision.knowledge.names import Allergen
from app.decision.order_text.characters import normalised
from app.decision.situation import (
    Allergy,
    AllergyStatus,
    Problem,
    Reading,
    SkinTest,
    Subject,
    Tolerated,
    Truth,
)
from app.decision.substances import Drug
from app.domain.quantities import Quantity, converted
from app.domain.terms import Named
from resources.reading import rows


@dataclass(frozen=True, slots=True)
class PatientReader:
    """Reads patients over the names and words that are known.

    Attributes:
        named: The drug of a name.
        allergen: What a name means in a list of allergies.
        grades: Words of prescribers, in lower case, and the code of their grade.
    """

    named: Callable[[str], Drug | None]
    allergen: Callable[[str], Allergen]
    allergies: AllergyBook
    grades: Mapping[str, str]

    def read(self, keys: Keys, now: datetime, unread: list[str]) -> Subject:
        """The patient of a case; names of what was not understood go to `unread`.

        What has no time of its own is how it is now.

        Raises:
            UnreadError: A value is none of its kind: an age in words, a weight below nothing.
        """
        recorded, status = self._allergies(keys, unread)
        return Subject(
            age=_age(*keys.take("age")),
            sex=_sex(*keys.take("sex", "gender")),
            readings=_readings(keys, unread),
            pregnant=truth(*keys.take("pregnant")),
            lactating=truth(*keys.take("lactating", "breastfeeding")),
            child_pugh=_child_pugh(*keys.take("child_pugh")),
            problems=_problems(*keys.take("problems", "diagnoses")),
            allergies=recorded,
            allergy_status=status,
            tolerated=tuple(self._tolerated(*keys.take("tolerated"), unread)),
            skin_tests=tuple(
                replace(one, at=_by(one.at, now))
                for one in self._skin_tests(*keys.take("skin_tests", "skin_test"), unread)
            ),
            prescriber_grade=self._grade(*keys.take("prescriber_grade"), unread),
            emergency=truth(*keys.take("emergency")) is Truth.YES,
        )

    def _allergies(
        self, keys: Keys, unread: list[str]
    ) -> tuple[tuple[Allergy, ...], AllergyStatus]:
        told, where = keys.take("allergies")
        status = _status(*keys.take("allergies_status", "allergy_status"), unread)
        entries = list(elements(told))
        texts = [_allergy(one, where) for one in entries]
        denied = [self.allergies.says_none(text) for text, _ in texts]
        found = tuple(
            allergy
            for (text, reaction), none in zip(texts, denied, strict=True)
            if text and not none
            for allergy in self.allergies.recorded(Named(text), reaction, self.allergen)
        )
        if found:
            return found, AllergyStatus.RECORDED
        if any(denied) and status is AllergyStatus.UNKNOWN:
            return (), AllergyStatus.NONE_KNOWN
        # "There are some", and none is named: what they are is not known.
        return (), AllergyStatus.UNKNOWN if status is AllergyStatus.RECORDED else status

    def _tolerated(self, told: object, where: str, unread: list[str]) -> Iterator[Tolerated]:
        for place, one in enumerate(elements(told)):
            name, at = _named_at(one, where)
            drug = self.named(name)
            if drug is None:
                unread.append(f"{where}[{place}]")
                continue
            for substance in drug.substances:
                yield Tolerated(substance.code, at)

    def _skin_tests(self, told: object, where: str, unread: list[str]) -> Iterator[SkinTest]:
        for place, one in enumerate(elements(told)):
            name, result, at = _skin_test(one, where)
            drug = self.named(name)
            if drug is None:
                unread.append(f"{where}[{place}]")
                continue
            yield SkinTest(drug, result, at)

    def _grade(self, told: object, where: str, unread: list[str]) -> str:
        text = words(told, where).casefold()
        found = self.grades.get(text, "")
        if text and not found:
            unread.append(where)
        return found


def _by(at: datetime | None, now: datetime) -> datetime:
    """The latest that may be meant: of a day alone its end, of nothing the present moment."""
    if at is None:
        return now
    if at.time() != time():
        return at
    end = at + timedelta(days=1, microseconds=-1)
    return max(at, min(end, now))


def _age(told: object, where: str) -> Decimal | None:
    if told is None or told == "":
        return None
    value, unit = measured(told, where)
    if unit not in AGES:
        raise UnreadError(f"{where}: {unit} is not expected")
    return value / AGES[unit]


def _sex(told: object, where: str) -> str:
    text = words(told, where).casefold()
    if text not in SEXES:
        raise UnreadError(f"{where}: expected M or F")
    return SEXES[text]


def _child_pugh(told: object, where: str) -> str:
    text = normalised(words(told, where))
    if not text:
        return ""
    found = CHILD_PUGH.fullmatch(text)
    if found is None:
        raise UnreadError(f"{where}: expected A, B or C")
    return found[1].upper()


def _status(told: object, where: str, unread: list[str]) -> AllergyStatus:
    text = words(told, where).casefold()
    found = STATUSES.get(text)
    if found is None:
        unread.append(where)
        return AllergyStatus.UNKNOWN
    return found


def _allergy(told: object, where: str) -> tuple[str, str]:
    """What, and the reaction: `amoxicillin:anaphylaxis`, or an object."""
    if isinstance(told, Mapping):
        keys = Keys(told, where)
        text = words(*keys.take("substance", "drug", "allergen", "name", "text"))
        reaction = words(*keys.take("reaction", "manifestation"))
        return text, f"{reaction} {words(*keys.take('severity'))}".strip()
    text, _, reaction = words(told, where).replace("：", ":").partition(":")
    return text.strip(), reaction.strip()


def _named_at(told: object, where: str) -> tuple[str, datetime | None]:
    """`amoxicillin 2026-10-02`, or an object."""
    if isinstance(told, Mapping):
        keys = Keys(told, where)
        name = words(*keys.take("drug", "substance", "name"))
        return name, instant(*keys.take("date", "at", "when"))
    name, at = date_in(words(told, where), where)
    return name.strip(" :：,，;"), at


def _skin_test(told: object, where: str) -> tuple[str, Truth, datetime | None]:
    """`penicillin negative 2026-11-20`, `青霉素皮试阴性`, or an object."""
    if isinstance(told, Mapping):
        keys = Keys(told, where)
        name = words(*keys.take("drug", "test", "substance", "name"))
        at = instant(*keys.take("date", "at", "when"))
        result, place = keys.take("result", "negative")
        if isinstance(result, bool):
            return name, Truth.of(result if place.endswith("negative") else not result), at
        text = normalised(words(result, where))
        return NOT_A_NAME.sub(" ", name).strip(), RESULTS.get(text, Truth.UNKNOWN), at
    name, at = date_in(words(told, where), where)
    found = RESULT.search(normalised(name))
    if found is None:
        return NOT_A_NAME.sub(" ", name).strip(" :：,，"), Truth.UNKNOWN, at
    said = next(one for one in found.groups() if one).replace(" ", "")
    name = NOT_A_NAME.sub(" ", f"{name[: found.start()]} {name[found.end() :]}")
    return name.strip(" :：,，"), RESULTS.get(said, Truth.UNKNOWN), at


def _problems(told: object, where: str) -> tuple[Problem, ...] | None:
    """None where nobody said; [] is that there are none."""
    if told is None:
        return None
    listed = elements(told)
    if isinstance(told, str):
        listed = [one for one in re.split(r"[;；\n]", told) if one.strip()]
    return tuple(_problem(one, where) for one in listed)


def _problem(told: object, where: str) -> Problem:
    if isinstance(told, Mapping):
        keys = Keys(told, where)
        return Problem(words(*keys.take("text", "name")), words(*keys.take("code", "icd10")))
    text = words(told, where)
    found = ICD.search(text)
    return Problem(text, found[1] if found is not None else "")


def _readings(keys: Keys, unread: list[str]) -> Mapping[str, tuple[Reading, ...]]:
    found: dict[str, list[Reading]] = {}
    for code, names, units in (
        ("weight", ("weight",), ("kg", "公斤", "千克")),
        ("height", ("height",), ("cm", "厘米")),
        ("egfr", ("egfr",), ("ml/min/1.73m2", "ml/min/1.73m²", "ml/min/1.73 m²", "ml/min")),
        ("crcl", ("crcl",), ("ml/min",)),
        ("crea", ("creatinine", "crea"), ("umol/l", "μmol/l")),
    ):
        figure = number(*keys.take(*names), units)
        if figure is not None:
            found[code] = [Reading(Quantity(figure, _unit(code)))]
    told, where = keys.take("labs")
    for name, value in members(told if told is not None else {}, where).items():
        place = f"{where}.{name}"
        lab = _lab(name)
        for one in elements(value) if lab else ():
            reading = _reading(one, place, lab)
            if reading is not None:
                found.setdefault(lab, []).append(reading)
            elif one is not None:
                unread.append(place)
        if not lab and value is not None:
            unread.append(place)
    return {code: tuple(sorted(several, key=_newest)) for code, several in found.items()}


def _newest(reading: Reading) -> float:
    """What has no time is how it is now."""
    return -reading.at.timestamp() if reading.at is not None else float("-inf")


def _reading(told: object, where: str, lab: str) -> Reading | None:
    """A number in the usual unit, a text with its own, or an object; None for another unit."""
    at, unit = None, ""
    value: object = told
    if isinstance(told, Mapping):
        keys = Keys(told, where)
        value = keys.take("value", "result")[0]
        unit = words(*keys.take("unit"))
        at = instant(*keys.take("at", "time", "date", "when"))
    if value is None:
        return None
    figure, behind = measured(value, where)
    said = normalised(unit).strip() or behind
    usual = _unit(lab)
    if not said:
        return Reading(Quantity(figure, usual), at)
    known = Quantity(figure, SPELLED.get(said, said))
    told_as = converted(known, usual)
    return Reading(told_as, at) if told_as is not None else None


def _unit(code: str) -> str:
    return UNITS.get(code) or next(
        row["ucum"] for row in rows("laboratory", "analytes") if row["key"] == code
    )


def _lab(name: str) -> str:
    """Code of an analyte by any of its names; "" for one that is not known."""
    told = normalised(name).strip()
    if told in LABS:
        return LABS[told]
    for row in rows("laboratory", "analytes"):
        names = (row["key"], row["short"], row["name_en"], row["name_zh"], row["loinc"])
        if told in (normalised(one) for one in names):
            return row["key"]
    return ""
