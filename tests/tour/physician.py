"""The physician's pass: the ward, finding somebody, the chart, writing without a network."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from app.commands.demo import PASSPHRASE
from app.domain.sending import Connection
from app.domain.terms import PatientId, Ref
from resources.styles.tokens import Tone
from tests.gui.pages.cards_driver import CardsDriver
from tests.gui.pages.disputes_driver import DisputesDriver
from tests.gui.pages.finding_driver import FindingDriver
from tests.gui.pages.inbox_driver import InboxDriver
from tests.gui.pages.notes_driver import NotesDriver
from tests.gui.pages.orders_driver import OrdersDriver
from tests.gui.pages.pathways_driver import PathwayDriver, WardPathwaysDriver
from tests.gui.pages.results_driver import ResultsDriver
from tests.gui.pages.settings_driver import SettingsDriver
from tests.gui.pages.ward_driver import WardDriver
from tests.tour.hospital import Hospital
from tests.tour.station import Station
from tests.tour.waiting import until

NOTE = "查房：患者一般情况可，补钾后复查电解质，继续当前治疗。"
MESSAGE = "主任，患者低钾，已拟静脉补钾，请今日下午复核一下。"
REASON = "心内科会诊请求，需提前了解用药与过敏情况"
STOPPED = "心率低于50次/分，暂不再用"
WARNED = "依那普利 5mg po bid"
DRUG, DOSE = "lhj", {"unit": "g", "route": "po", "frequency": "tid"}


@dataclass
class Done:
    """What the second workstation has to find.

    Attributes:
        acknowledged: Id of the result that was acknowledged.
        ordered: The order as it read before it was signed.
    """

    patient: PatientId
    note: str = NOTE
    message: str = MESSAGE
    ordered: str = ""
    acknowledged: str = ""


def needed(results: ResultsDriver) -> str:
    """The first row that is critical."""
    return next(row.key for row in results.table.rows if row.tone is Tone.DANGER)


class Physician:
    """Works as wang.yi on the cardiology ward."""

    def __init__(self, station: Station, hospital: Hospital, colleague: str) -> None:
        self._at = station
        self._hospital = hospital
        self._colleague = colleague
        self.done = Done(PatientId(""))

    def work(self) -> Done:
        """The whole pass."""
        self._see_the_ward()
        self._find()
        self._read_the_chart()
        self._hospital.pull_the_cable()
        try:
            self._write_offline()
        finally:
            self._hospital.plug_in()
        self._decide()
        self._at.send()
        self._at.draw("everything-sent")
        self._change_settings()
        return self.done

    def _see_the_ward(self) -> None:
        at = self._at
        at.window.open_place("ward")
        ward = WardDriver(at.page("ward"))
        until(lambda: ward.state == "content", "the ward board")
        at.draw("ward-cards")
        ward.lay_out("table")
        until(lambda: bool(ward.table.rows), "the table of the ward")
        at.draw("ward-table")
        at.pictures.scaled(at.desktop.dressing, "ward-table-text", at.window)
        ward.lay_out("cards")
        ward.tick("critical")
        critical = [card.key for card in ward.cards]
        assert critical, "nobody on the ward is critical"
        ward.tick("critical")
        pending = {
            row.patient.id: row.pending.critical_results
            for row in at.services.wards.board(
                at.window.session, at.window.session.clinician.wards[0]
            ).rows
            if row.patient is not None
        }
        self.done.patient = next(PatientId(key) for key in critical if pending[PatientId(key)])

    def _find(self) -> None:
        """By pinyin initials, then by the admission number and Enter."""
        at = self._at
        at.window.open_place("finding")
        finding = FindingDriver(at.page("finding"))
        at.draw("finding-empty")
        finding.type_text("wxy")
        until(lambda: finding.state == "content" and bool(finding.table.rows), "namesakes")
        at.draw("finding-namesakes")
        row = finding.row(self.done.patient)
        number = next(cell for cell in row if cell.isdecimal() and len(cell) == 10)
        finding.field.clear()
        finding.type_text(number)
        finding.press(Qt.Key.Key_Return)
        until(lambda: at.window.shows(self.done.patient), "the chart of whom was looked for")

    def _read_the_chart(self) -> None:
        at, patient = self._at, self.done.patient
        for page in ("overview", "orders", "results", "notes"):
            at.window.open_patient(patient, page)
            until(lambda page=page: at.window.shows(patient, page), f"the page {page}")
            if page == "results":
                results = ResultsDriver(at.page("results"))
                until(lambda results=results: bool(results.table.rows), "results")
                results.go_to(needed(results))
            at.draw(page)
        at.window.open_patient(patient, "results")
        at.pictures.scaled(at.desktop.dressing, "results-text", at.window)
        at.shell.window.toggle_allergies()
        at.draw("allergies-open")
        at.shell.window.toggle_allergies()
        self._enrol()

    def _enrol(self) -> None:
        """Into the pathway of the ward's own disease; the ward then counts one more."""
        at, patient = self._at, self.done.patient
        at.window.open_patient(patient, "pathway")
        hands = PathwayDriver(at.page("pathway"))
        until(lambda: bool(hands.offer().rows), "pathways to choose from")
        at.draw("pathway-offer")
        hands.offer().go_to("stemi-pci")
        hands.click("enrol").answer()
        until(hands.grid.isVisible, "the grid of the pathway")
        at.draw("pathway")
        at.window.open_place("pathways")
        ward = WardPathwaysDriver(at.page("pathways"))
        until(lambda: bool(ward.rows("patients")), "the patient among those on a pathway")
        at.draw("pathways")

    def _write_offline(self) -> None:
        at, patient = self._at, self.done.patient
        at.desktop.synchronise()
        until(lambda: at.status.connection is Connection.OFFLINE, "the loss of the network")
        at.window.open_patient(patient, "results")
        results = ResultsDriver(at.page("results"))
        results.list_part("needs")
        until(lambda: bool(results.table.rows), "results that need somebody")
        self.done.acknowledged = results.table.current
        results.acknowledge()
        until(lambda: bool(results.notice), "the acknowledgement to be saved")
        at.draw("acknowledged-offline")
        self._order()
        self._note()
        self._letter()
        self._stop_what_a_colleague_holds()
        until(lambda: at.status.waiting >= 5, "five acts to wait")
        at.window.open_place("queue")
        at.draw("queue-offline")

    def _order(self) -> None:
        at = self._at
        at.window.open_patient(self.done.patient, "orders")
        orders = OrdersDriver(at.page("orders"))
        orders.begin()
        orders.look_for(DRUG)
        until(lambda: orders.found.isVisible() and orders.found.count() > 0, "the formulary")
        orders.take_first()
        orders.write("1", **DOSE)
        self.done.ordered = orders.preview
        at.draw("order-being-written")
        orders.put()
        until(lambda: bool(orders.basket), "the order to be in the basket")
        self._take_warned(orders)
        at.draw("order-being-signed")
        orders.give(PASSPHRASE)
        until(lambda: at.status.waiting >= 2, "the order to be saved")

    def _take_warned(self, orders: OrdersDriver) -> None:
        """Beside it what must not go with a running drug: one key takes it out again."""
        at, cards = self._at, CardsDriver(orders.page)
        until(lambda: not orders.writing, "the form to be put away")
        orders.begin()
        until(lambda: orders.writing, "a new form")
        orders.type_line(WARNED)
        until(lambda: WARNED[:4] in orders.preview, "the line to be read")
        orders.put()
        until(lambda: len(orders.basket) == 2, "both in the basket")
        orders.open_sheet()
        until(lambda: cards.window is not None, "the warning")
        at.draw("order-warned")
        cards.press(Qt.Key.Key_F2)
        at.draw("order-warned-rule")
        cards.press(Qt.Key.Key_Escape, Qt.Key.Key_Return)
        until(lambda: cards.asks_for_signature, "the sheet, without what was warned of")

    def _note(self) -> None:
        at = self._at
        at.window.open_patient(self.done.patient, "notes")
        notes = NotesDriver(at.page("notes"))
        notes.begin()
        notes.write(NOTE)
        at.draw("note-being-written")
        notes.sign()
        until(lambda: at.status.waiting >= 3, "the note to be saved")
        at.draw("note-waiting")

    def _letter(self) -> None:
        at = self._at
        at.window.open_place("inbox")
        inbox = InboxDriver(at.page("inbox"))
        until(lambda: inbox.state == "content", "the inbox")
        at.draw("inbox")
        inbox.click("inbox.write")
        inbox.address(self._colleague)
        inbox.type_text(MESSAGE)
        at.draw("inbox-letter")
        inbox.press_ctrl_enter()

    def _stop_what_a_colleague_holds(self) -> None:
        """Both change one order, and neither can know of the other."""
        at = self._at
        at.window.open_patient(self.done.patient, "orders")
        orders = OrdersDriver(at.page("orders"))
        cache = at.desktop.station.door.opened
        assert cache is not None
        known = (cache.documents.held(Ref(f"MedicationRequest/{key}")) for key in orders.current)
        held = next(one for one in known if one is not None and one.version)
        theirs = {**held.document, "status": "on-hold"}
        self._hospital.change_behind_the_cable(theirs, at.scratch)
        orders.go_to(held.ref.partition("/")[2])
        orders.stop(STOPPED)

    def _decide(self) -> None:
        """The conflict is put before the physician, and so is what was signed in front of it."""
        at = self._at
        at.desktop.synchronise()
        until(lambda: at.status.conflicts == 1 and at.status.held > 0, "the conflict to be found")
        at.window.open_place("disputes")
        disputes = DisputesDriver(at.page("disputes"))
        until(lambda: len(disputes.keys) > at.status.held, "everything that is to be decided")
        for key in disputes.keys:
            disputes.go_to(key)
            until(lambda: bool(disputes.versions), "the versions of the order")
            if disputes.can("keep"):
                at.draw("disputes")
                disputes.press("keep")
                at.draw("disputes-reason-asked")
                disputes.type_reason(STOPPED).go()
            else:
                disputes.press("send").confirm()
            until(lambda key=key: key not in disputes.keys, "the decision to be kept")

    def _change_settings(self) -> None:
        at = self._at
        at.window.open_place("settings")
        settings = SettingsDriver(at.page("settings"))
        settings.write("poll_seconds", "20")
        settings.press("save")
        until(lambda: bool(settings.notice), "the settings to be saved")
        at.draw("settings-saved")
        at.window.open_place("ward")
        at.window.show_keys()
        at.draw("keys")
        sheet = at.shell.sheet
        assert sheet is not None
        sheet.close_sheet()
        at.shell.find("王")
        at.draw("palette")
        at.shell.key(Qt.Key.Key_Escape)


def open_for_a_reason(at: Station, patient: PatientId) -> None:
    """A consultant of another ward opens a chart of this one, on the record."""
    at.window.open_patient(patient)
    until(lambda: at.shell.sheet is not None, "the question for a reason")
    at.draw("reason-asked")
    at.shell.give_reason(REASON)
    at.shell.answer("open")
    until(lambda: at.window.shows(patient), "the chart of another ward")
    at.draw("opened-for-a-reason")
    at.window.close_chart()
