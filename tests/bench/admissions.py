"""Synthetic admissions: who comes, what runs, and what is ordered from day to day.

Ordinary prescribing as a ward knows it, from a fixed seed: every admission begins with the drugs
its illness brings, and gets a few more on the days after. One order in fifty is a slip (ten times
the dose, a second anticoagulant, a drug the patient is allergic to), because a ward has those, too.
The chart is as incomplete as charts are: weight and creatinine are missing now and then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from tests.bench.illnesses import ILLNESSES, Illness

BEGINS = datetime(2026, 11, 2, 8, tzinfo=UTC)
SLIPS = 50
"""One order in so many is a slip."""

Order = dict[str, str]
Json = object


_SLIPS = (
    "enoxaparin 6000 IU SC q12h",
    "rivaroxaban 20 mg PO qd",
    "simvastatin 40 mg PO qn",
    "clarithromycin 0.5 g PO bid",
    "potassium chloride 1.5 g IV st",
    "ibuprofen 300 mg PO tid",
    "metformin 1 g PO tid",
    "methotrexate 10 mg PO qd",
    "amoxicillin 0.5 g PO tid",
    "colchicine 2 mg PO tid",
)
_ALLERGIES = ("penicillin:rash", "amoxicillin:anaphylaxis", "sulfonamides:rash", "aspirin:asthma")


@dataclass
class Admission:
    """Somebody's stay: the baskets of one doctor, day by day.

    Attributes:
        patient: As `evaluate orders` is told a patient, without what runs.
        baskets: Per day, what is signed together.
    """

    number: int
    doctor: int
    patient: dict[str, Json]
    home: list[str]
    baskets: list[list[Order]] = field(default_factory=list)

    def cases(self) -> Iterator[tuple[int, dict[str, Json]]]:
        """Each basket with its day, and everything signed before running beside it."""
        running = list(self.home)
        for day, basket in enumerate(self.baskets):
            now = BEGINS + timedelta(days=self.number % 90 + day)
            yield (
                self.number % 90 + day,
                {
                    "id": f"{self.number}-{day}",
                    "now": now.isoformat(),
                    "patient": self.patient | {"active": list(running)},
                    "orders": basket,
                },
            )
            running += [
                " ".join((one["drug"], one["dose"], one["route"], one["freq"]))
                for one in basket
                if one["freq"] not in ("st", "once")
            ]


def admissions(count: int, seed: int = 20_261_125) -> Iterator[Admission]:
    """So many stays, the same ones for the same seed."""
    chance = Random(seed)  # noqa: S311 - a simulation
    for number in range(count):
        yield _admission(number, chance.choice(ILLNESSES), chance)


def _admission(number: int, illness: Illness, chance: Random) -> Admission:
    home = _some(illness.home, chance)
    stay = Admission(number, number % 40, _patient(illness, chance), home)
    there = {_drug(one) for one in home}
    first = [one for one in _some(illness.first, chance) if _drug(one) not in there]
    stay.baskets.append([_order(one, chance) for one in first or [next(iter(illness.first))]])
    there |= {_drug(one) for one in first}
    for _ in range(chance.randint(2, 5)):
        wanted = [o for o in _some(illness.later, chance) if _drug(o) not in there][:3]
        there |= {_drug(one) for one in wanted}
        if chance.randrange(SLIPS // 2) == 0:
            wanted.append(chance.choice(_SLIPS))
        if wanted:
            stay.baskets.append([_order(one, chance) for one in wanted])
    return stay


def _patient(illness: Illness, chance: Random) -> dict[str, Json]:
    low, high = illness.kidneys
    egfr = chance.randint(low, high)
    told: dict[str, Json] = {
        "age": chance.randint(*illness.ages),
        "sex": chance.choice(["M", "F"]),
        "problems": list(illness.problems),
        "allergies": [],
        "allergies_status": "none",
        "prescriber_grade": "attending",
        "pregnant": False,
        "lactating": False,
        "labs": {
            "K": round(chance.gauss(4.1, 0.45), 1),
            "Na": round(chance.gauss(139, 3)),
            "INR": round(chance.uniform(0.9, 1.3), 1),
            "PLT": round(chance.gauss(210, 60)),
            "GLU": round(chance.uniform(4.6, 11), 1),
        },
    }
    if chance.random() < 0.9:
        told["weight"] = round(chance.gauss(63, 11), 1)
    if chance.random() < 0.92:
        told |= {"egfr": egfr, "crcl": max(6, egfr - chance.randint(0, 12))}
    if chance.random() < 0.1:
        told |= {"allergies": [chance.choice(_ALLERGIES)], "allergies_status": "recorded"}
    elif chance.random() < 0.15:
        told["allergies_status"] = "not asked"
    return told


def _some(of: Mapping[str, int], chance: Random) -> list[str]:
    return [one for one, percent in of.items() if chance.randrange(100) < percent]


def _drug(line: str) -> str:
    return " ".join(_parts(line)[0])


def _order(line: str, chance: Random) -> Order:
    drug, dose, route, freq = _parts(line)
    amount, *unit = dose
    if chance.randrange(SLIPS) == 0:
        amount = f"{float(amount) * 10:g}"
    return {"drug": " ".join(drug), "dose": " ".join((amount, *unit)), "route": route, "freq": freq}


def _parts(line: str) -> tuple[Sequence[str], Sequence[str], str, str]:
    """Drug, dose, route and frequency: the first number begins the dose, which has one unit."""
    words = line.split()
    at = next(n for n, word in enumerate(words) if word[0].isdigit())
    return words[:at], words[at : at + 2], words[at + 2], " ".join(words[at + 3 :])
