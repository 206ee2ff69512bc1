"""The part of the composition root that introduces the order sets to the chart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from app.config import Settings
from app.domain.order_sets import SetBook
from app.kernel.clock import Clock, Ids
from app.services.chart_reading import ChartReading
from app.services.order_set_pack import read_sets
from app.services.order_sets import OrderSets
from resources.reading import path


def make_order_sets(settings: Settings, charts: ChartReading, clock: Clock, ids: Ids) -> OrderSets:
    """The sets that ship, under those of the hospital where it has any."""
    told = settings.string("hospital_packs")
    overlay = Path(told) / "order_sets" if told else None

    def book(today: date) -> SetBook:
        return read_sets(path("packs/order_sets"), overlay, today)

    return OrderSets(book, charts, clock, ids)
