"""A patient's long-term sheet on a small form, printed and printed again, without a service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.domain.order_sheets import Hands, SheetKind, Unit, units
from app.domain.orders import OrderLine
from app.domain.sheet_paper import Paper, paper_of
from app.domain.sheet_plans import CONTINUE, Hand, Plan, Stock, Wish
from app.domain.sheet_runs import Run, RunId
from app.domain.sheet_scene import SheetProfile
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId
from app.services.sheet_profile import sheet_profile
from tests.support.sheet_builders import MORNING, a_writer

LONG = SheetKind.LONG_TERM
PAGE = 4
FORM = replace(sheet_profile(), lines=PAGE)
PATIENT, STAY = PatientId("li-ming"), EncounterId("stay-1")


def of(*lines: OrderLine, signs: int = 20, **hands: Hands) -> tuple[Unit, ...]:
    by = {OrderId(key): value for key, value in hands.items()}
    return units(LONG, lines, by, a_writer(signs))


def a_stock(some: Sequence[Unit], runs: Iterable[Run] = (), profile: SheetProfile = FORM) -> Stock:
    paper = paper_of(runs, profile.form_mark(LONG), profile.lines)
    return Stock(LONG, tuple(some), paper, profile, "李明", PATIENT, STAY)


def a_run(stock: Stock, key: str, minutes: int, wish: Wish = CONTINUE, station: str = "a") -> Run:
    """The run that `wish` comes to, begun so many minutes after nine."""
    hand = Hand(PractitionerId("sun"), "孙莉", MORNING + timedelta(minutes=minutes), station, "")
    return stock.run(stock.plan(wish), RunId(key), STAY, hand)


@dataclass
class Desk:
    """One workstation: what it knows of the paper, and what it prints.

    Attributes:
        runs: Those it knows of.
    """

    name: str = "a"
    runs: list[Run] = field(default_factory=list)
    made: int = 0

    def stock(self, some: Sequence[Unit]) -> Stock:
        return a_stock(some, self.runs)

    def paper(self) -> Paper:
        return paper_of(self.runs, FORM.form_mark(LONG), PAGE)

    def print_out(
        self,
        some: Sequence[Unit],
        wish: Wish = CONTINUE,
        out: Iterable[int] | None = None,
    ) -> tuple[Plan, Run] | None:
        """Print and confirm `out`, all pages if None; None when there is nothing to print."""
        stock = self.stock(some)
        plan = stock.plan(wish)
        if plan.refusal is not None:
            return None
        self.made += 1
        run = a_run(stock, f"{self.name}{self.made:03}", 60 + self.made, wish, self.name)
        came = run.printed if out is None else tuple(n for n in run.printed if n in set(out))
        if came:
            self.runs.append(run.came_out(came))
        return plan, run

    def hear(self, *others: Desk) -> None:
        """A round of the synchronisation: everybody's runs become known here."""
        known = {run.id for run in self.runs}
        for other in others:
            self.runs += [run for run in other.runs if run.id not in known]


def at(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)
