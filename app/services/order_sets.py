"""Order sets for one patient: what is known of them, what a set offers, the drafts of a choice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Protocol

from app.domain.order_set_conditions import Facts
from app.domain.order_sets import Chosen, Offer, OrderSet, Placing, SetBook, drafts, found_by, offer
from app.domain.order_sets import objections_to as _objections_to
from app.domain.orders import OrderDraft
from app.domain.patients import Banner, Measured, PatientRecord
from app.domain.people import Privilege, Session
from app.domain.results import Observed, Series
from app.domain.terms import PatientId
from app.kernel.clock import Clock, Ids
from app.kernel.faults import FaultKind, app_error
from app.services.authority import needs, open_door

EGFR = "98979-8"
"""LOINC: glomerular filtration rate by the CKD-EPI formula of 2021, as laboratories send it."""

_FINAL = frozenset({"final", "amended", "corrected"})


class _Charts(Protocol):
    """What is read of a chart; raises unless the session may."""

    def banner(self, session: Session, patient: PatientId) -> Banner: ...

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None: ...


class OrderSets:
    """Offers the sets of the pack. It drafts; signing goes the way of every order."""

    def __init__(
        self, book: Callable[[date], SetBook], charts: _Charts, clock: Clock, ids: Ids
    ) -> None:
        """Offer from `book`, which is read once for each day it is asked on."""
        self._book_of = lru_cache(maxsize=1)(book)
        self._charts = charts
        self._clock = clock
        self._ids = ids

    @open_door("the sets that ship with the program: no patient, nothing to protect")
    def book(self) -> SetBook:
        """Every set with its words.

        Raises:
            AppError: `STORAGE` when the pack cannot be read.
        """
        return self._today()

    @open_door("the sets that ship with the program: no patient, nothing to protect")
    def find(self, query: str) -> tuple[OrderSet, ...]:
        """Sets by name or pinyin initials; all of them for nothing typed.

        Raises:
            AppError: `STORAGE` when the pack cannot be read.
        """
        return found_by(self._today().sets, query)

    @needs(Privilege.OPEN_CHART)
    def facts(self, session: Session, patient: PatientId) -> Facts:
        """What conditions look at; what the chart does not say is not known.

        Raises:
            AppError: `REFUSED` when the session may not see the chart.
        """
        banner = self._charts.banner(session, patient)
        now = self._clock.now()
        return Facts(
            now=now,
            allergy_state=banner.allergy_state,
            allergies=banner.allergies,
            weight=banner.weight,
            age_years=_whole_years(banner.patient, self._clock),
            sex=banner.patient.sex,
            egfr=_newest(self._charts.series(session, patient, EGFR)),
        )

    @needs(Privilege.OPEN_CHART)
    def offer(self, session: Session, patient: PatientId, code: str) -> Offer:
        """The set `code` for the patient.

        Raises:
            AppError: `REFUSED` when there is no such set, or the session may not see the chart;
                `STORAGE` when the pack cannot be read.
        """
        found = self._today().by_code(code)
        if found is None:
            raise app_error(FaultKind.REFUSED, "order_sets.no-such-set", code)
        return offer(self._today(), found, self.facts(session, patient))

    @needs(Privilege.OPEN_CHART)
    def drafts(
        self, session: Session, patient: PatientId, offered: Offer, chosen: Chosen, language: str
    ) -> tuple[OrderDraft, ...]:
        """The chosen lines for the basket, in the words of `language`; signing asks who may.

        Raises:
            AppError: `REFUSED` while something stands against them, or when the session may not
                see the chart.
        """
        if wrong := _objections_to(offered, chosen):
            raise app_error(FaultKind.REFUSED, wrong[0].message.code, wrong[0].field)
        stay = self._charts.banner(session, patient).stay
        placing = Placing(
            patient=patient,
            encounter=stay.id if stay is not None else None,
            now=self._clock.now(),
            language=language,
            marker=self._ids.new(),
        )
        return drafts(offered, chosen, placing)

    def _today(self) -> SetBook:
        return self._book_of(self._clock.now().date())


def _whole_years(patient: PatientRecord, clock: Clock) -> int | None:
    """Completed years; None where the day of birth is not known whole, or lies ahead."""
    born, today = patient.birth_date, clock.now().date()
    if born is None or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _newest(series: Series | None) -> Measured | None:
    """The newest value that is a number without a comparator and not taken back."""
    points = series.points if series is not None else ()
    found = [one for one in (_measured(point) for point in points) if one is not None]
    return max(found, key=lambda one: one.at, default=None)


def _measured(point: Observed) -> Measured | None:
    value = point.value
    if value.number is None or value.comparator or point.at is None or point.status not in _FINAL:
        return None
    return Measured(value.number, value.unit_code, point.at)
