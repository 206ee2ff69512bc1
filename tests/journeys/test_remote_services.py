"""A hospital with a service of its own: asked beside the local engine, and missed by nobody."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.config import load
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.remote_cards import Urgency
from app.domain.terms import OrderId, Term
from app.kernel.clock import RandomIds, SystemClock
from app.ports.remote_checks import Asked, Came
from app.remote_checking import make_answering, service_key
from localdb.opening import OpenCache
from sync.cds_hooks.serving import HookDoor, HookServer
from sync.cds_hooks.tokens import TokenCheck
from sync.store_lane import at_once
from tests.journeys.stations import Station, Stations
from tests.support.hook_house import A_CARD, HookHouse, Says, cards, services

pytestmark = pytest.mark.soak  # a whole workstation each

CLARITHROMYCIN, SIMVASTATIN = Term("克拉霉素"), Term("辛伐他汀")
CALL = "/cds-services/pass"


def opened(stations: Stations, tmp_path: Path, base: str, key: str = "pass") -> Station:
    folder = tmp_path / "wang.yi"
    folder.mkdir(mode=0o700)
    listed = tmp_path / "services.toml"
    listed.write_text(
        f'[[service]]\nbase = "{base}"\nid = "{key}"\nname = "合理用药"\nhooks = ["order-sign"]\n',
        encoding="utf-8",
    )
    told = f'cds_services = "{listed}"\ncds_wait_ms = 1000\nlanguage = "en"\n'
    (folder / "settings.toml").write_text(told, encoding="utf-8")
    station = stations.open("wang.yi")
    station.round()
    return station


def drafts(station: Station) -> dict[str, OrderDraft]:
    patient, stay = station.first_patient()
    dosage = Dosage(Decimal(100), "mg", "mg", text="100 mg")
    kinds = (OrderClass.MEDICATION, OrderKind.LONG_TERM)
    return {
        "d1": OrderDraft(patient, stay, *kinds, CLARITHROMYCIN, dosage),
        "d2": OrderDraft(patient, stay, *kinds, SIMVASTATIN, dosage),
    }


def ask(station: Station) -> Asked:
    """Ask until it came in time: a machine that is busy with other tests may be late."""
    patient, stay = station.first_patient()
    for _ in range(20):
        asked = station.services.remote_asking.ask(station.session, patient, stay, drafts(station))
        if not asked.late:
            return asked
    raise AssertionError("it was always late")


def test_a_card_of_the_hospitals_service_comes_from_the_charts_own_data(
    stations: Stations, tmp_path: Path
) -> None:
    with HookHouse() as house:
        prefetch = {
            "patient": "Patient/{{context.patientId}}",
            "running": "MedicationRequest?patient={{context.patientId}}&status=active",
            "all": "Binary?patient={{context.patientId}}",
        }
        house.answers = {
            "/cds-services": services("order-sign", prefetch=prefetch),
            CALL: cards(A_CARD),
        }
        station = opened(stations, tmp_path, house.base)
        patient, _ = station.first_patient()

        asked = ask(station)

        (answer,) = asked.answers
        call = house.of(CALL)[-1]
        assert [card.summary for card in answer.cards] == ["Look at the potassium."]
        sent = call.body["prefetch"]
        assert isinstance(sent, dict) and set(sent) == {"patient", "running"}
        assert sent["patient"]["id"] == patient  # type: ignore[index,call-overload]

        house.answers[CALL] = Says(500)
        again = ask(station)
        assert again.unchecked and again.answers[0].came is Came.FAILED
        station.services.remote_asking.accepted(station.session, answer, answer.cards[0])
        station.services.remote_asking.signed(station.session, asked, {"d1": OrderId("o-1")})
        assert station.services.remote_asking.late(station.session, OrderId("o-1")) == ()
        station.close()  # while the house is still there: nothing hangs


def test_the_engine_of_one_workstation_answers_another(stations: Stations, tmp_path: Path) -> None:
    """The key of the one is all the other knows of it."""
    clock = SystemClock()
    plain = load({"language": "en"}, environment={}, policy_folders=[], folder=tmp_path)
    answering = make_answering(plain, clock, RandomIds())
    with HookHouse() as nobody:
        gone = nobody.base
    station = opened(stations, tmp_path, gone, "wardone-order-sign")
    patient, _ = station.first_patient()
    asked = ask(station)
    assert asked.answers[0].came is Came.OFFLINE

    cache = station.work.door.opened
    assert isinstance(cache, OpenCache)
    port = int(gone.rpartition(":")[2])
    keys = service_key(cache, at_once).public()
    door = HookDoor.of_this_start(TokenCheck.of(json.dumps(keys).encode(), clock))
    with HookServer(answering, door, port):
        asked = ask(station)
        local = station.services.deciding.checking.check(station.session, patient, drafts(station))

    (answer,) = asked.answers
    assert answer.came is Came.ANSWERED, answer.why
    loud = [card for card in answer.cards if card.urgency is Urgency.CRITICAL]
    assert len(loud) == len(local.interrupting) > 0
