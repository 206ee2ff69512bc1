"""The page of a pathway, opened for whoever works here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.domain.pathways import FactKind
from app.domain.terms import PatientId
from tests.gui.pages.pathways_driver import PathwayDriver
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import opened
from tests.support.pathways_kit import LI, PathwayRoom, a_fact, a_reason, orders_of
from ui.pathways.wiring import pathway_workspace
from ui.runtime.desk import Desk


@dataclass
class PathwayHouse:
    desk: Desk
    room: PathwayRoom
    diary: Diary = field(default_factory=Diary)

    def chart(self, focus: str = "", patient: PatientId | None = LI) -> Iterator[PathwayDriver]:
        workspace = pathway_workspace(self.desk, self.room.sources)
        visit = replace(a_visit(self.diary, self.room.session(), focus), patient=patient)
        with opened(workspace, visit, self.desk) as page:
            yield PathwayDriver(page)

    def third_day(self) -> Iterator[PathwayDriver]:
        """Pneumonia, day 3: one thing done, one explained, five orders."""
        self.room.enrol(
            None,
            a_fact("day-1", "history", days=2),
            a_fact(
                "day-1",
                "severity",
                FactKind.VARIANCE,
                reason=a_reason("physician-later"),
                text="night admission",
            ),
        )
        self.room.orders = orders_of("day-1", "routine", "level", "vitals", "cbc", "renal")
        yield from self.chart()
