"""The part of the composition root that introduces what printing needs to each other."""

from __future__ import annotations

from datetime import tzinfo

from app.domain.terms import PractitionerId
from app.dosing import Doing
from app.kernel.changes import ChangeFeed
from app.reports.order_sheet import PdfPress
from app.services.chart_reading import ChartReading
from app.services.order_printing import OrderPrinting, PressRoom
from app.services.publishing import PublishedPrintRuns
from app.services.sheet_profile import sheet_profile
from app.services.sheet_reading import SheetReading, SheetSources
from localdb.files import replace_whole
from localdb.opening import OpenCache
from localdb.reads.doses import SqlDoseReads
from localdb.reads.sheet_prints import SqlPrintedPaper
from localdb.reads.snapshots import Snapshots, names_of, practitioner_ref
from localdb.reads.verifications import SqlVerificationReads


def make_printing(
    cache: OpenCache,
    seen: Snapshots,
    doing: Doing,
    charts: ChartReading,
    feed: ChangeFeed,
    zone: tzinfo,
) -> OrderPrinting:
    """Wire the order sheets; `seen` are the snapshots while they may be looked at."""

    def name_of(who: PractitionerId) -> str:
        ref = practitioner_ref(who)
        with seen.read() as connection:
            return names_of(connection, (ref,)).get(ref, "")

    def station() -> str:
        enrolment = cache.sync_store.enrolment()
        return enrolment.workstation if enrolment is not None else ""

    press = PdfPress()
    reading = SheetReading(
        SheetSources(
            charts=charts,
            verifications=SqlVerificationReads(seen),
            given=SqlDoseReads(seen).given,
            name_of=name_of,
            paper=SqlPrintedPaper(seen),
            press=press,
            profile=sheet_profile(),
            clock=doing.maker.clock,
            zone=zone,
        )
    )
    room = PressRoom(
        runs=PublishedPrintRuns(cache.prints, feed),
        maker=doing.maker,
        policy=doing.policy,
        press=press,
        station=station,
        write=replace_whole,
    )
    return OrderPrinting(reading, room)
