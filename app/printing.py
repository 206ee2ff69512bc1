"""The part of the composition root that introduces what printing needs to each other."""

from __future__ import annotations

from datetime import tzinfo

from app.domain.terms import PractitionerId
from app.dosing import Doing
from app.kernel.clock import Clock
from app.reports.order_sheet import PdfPress
from app.services.chart_reading import ChartReading
from app.services.order_printing import OrderPrinting, SheetSources
from app.services.sheet_profile import sheet_profile
from localdb.files import replace_whole
from localdb.reads.doses import SqlDoseReads
from localdb.reads.snapshots import Snapshots, names_of, practitioner_ref
from localdb.reads.verifications import SqlVerificationReads


def make_printing(
    seen: Snapshots, doing: Doing, charts: ChartReading, clock: Clock, zone: tzinfo
) -> OrderPrinting:
    """Wire the order sheets; `seen` are the snapshots while they may be looked at."""

    def name_of(who: PractitionerId) -> str:
        ref = practitioner_ref(who)
        with seen.read() as connection:
            return names_of(connection, (ref,)).get(ref, "")

    return OrderPrinting(
        SheetSources(
            charts=charts,
            verifications=SqlVerificationReads(seen),
            given=SqlDoseReads(seen).given,
            name_of=name_of,
            press=PdfPress(),
            profile=sheet_profile(),
            policy=doing.policy,
            clock=clock,
            zone=zone,
            write=replace_whole,
        )
    )
