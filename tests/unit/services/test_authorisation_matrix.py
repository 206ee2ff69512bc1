"""Every public method of every service asks for a privilege, or says why it asks for none."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

import app.services
from app.domain.people import Clinician, Privilege, Role, Session
from app.domain.terms import Named, PractitionerId
from app.kernel.faults import AppError, FaultKind
from app.services.authority import NEEDS, needs
from app.services.roles import read_roles
from resources.reading import path

PACK = read_roles(path("packs/roles/privileges.tsv"))
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
_NO_DOORS = {
    "AccessPolicy",
    "ActMaker",
    "Answers",
    "Asked",
    "Asking",
    "CardWriting",
    "DecisionRules",
    "Desk",
    "DoseAtHand",
    "DoseLeases",
    "EngineAnswering",
    "EveryRecheck",
    "GuardedActs",
    "Item",
    "Judged",
    "JudgedBasket",
    "JudgedOrders",
    "Judging",
    "KnownRow",
    "NameIndex",
    "Names",
    "OrderDesk",
    "OrderJudging",
    "PackFolders",
    "PackShelf",
    "PathwayStanding",
    "PublishedActs",
    "PublishedDisputes",
    "PublishedDrafts",
    "PublishedDuplicates",
    "PublishedPrintRuns",
    "RolePack",
    "Seal",
    "SentChart",
    "SheetReading",
    "SheetView",
    "Signing",
    "SigningRechecks",
    "SigningRules",
    "SituationBuilding",
    "SlotPlanning",
}
"""Parts of services: only services hold them, no page does."""


def _services() -> Iterator[tuple[str, type]]:
    for module in pkgutil.iter_modules(app.services.__path__, "app.services."):
        loaded = importlib.import_module(module.name)
        for name, kind in inspect.getmembers(loaded, inspect.isclass):
            if (
                kind.__module__ == module.name
                and not name.startswith("_")
                and name not in _NO_DOORS
            ):
                yield name, kind


def _methods() -> Iterator[tuple[str, Callable[..., object]]]:
    for name, kind in _services():
        for attribute, value in vars(kind).items():
            method = value.fget if isinstance(value, property) else value
            if not attribute.startswith("_") and inspect.isfunction(method):
                yield f"{name}.{attribute}", method


METHODS = dict(_methods())
GUARDED = {n: m for n, m in METHODS.items() if isinstance(getattr(m, NEEDS, None), Privilege)}


def _session(role: Role) -> Session:
    clinician = Clinician(PractitionerId("p"), "p", Named("某人"), role)
    return Session(clinician, NOW, True, NOW + timedelta(hours=1), PACK.of(role))


def test_there_are_services_to_look_at() -> None:
    assert len(GUARDED) > 20


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_public_method_has_a_door(name: str) -> None:
    assert getattr(METHODS[name], NEEDS, ""), f"{name} asks for no privilege and gives no reason"


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
@pytest.mark.parametrize("name", sorted(GUARDED))
def test_a_method_opens_for_the_roles_of_the_pack_and_for_no_other(name: str, role: Role) -> None:
    method, session = GUARDED[name], _session(role)
    privilege: Privilege = getattr(method, NEEDS)

    if privilege in PACK.of(role):
        # Past the door the call fails for want of arguments: the door itself let it through.
        with pytest.raises((TypeError, AttributeError)):
            method(object(), session)
    else:
        with pytest.raises(AppError) as refused:
            method(object(), session)
        assert refused.value.fault.message.code == "authority.not-allowed"
        assert refused.value.fault.kind is FaultKind.REFUSED


def test_a_guarded_method_passes_its_arguments_on() -> None:
    class Greeting:
        @needs(Privilege.SEE_WARD)
        def greet(self, session: Session, name: str) -> str:
            return f"{session.clinician.username} greets {name}"

    assert Greeting().greet(_session(Role.NURSE), "bed 3") == "p greets bed 3"


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_every_role_of_the_house_is_in_the_pack(role: Role) -> None:
    assert PACK.of(role)


def test_no_role_but_it_manages_users() -> None:
    assert [r for r in Role if Privilege.MANAGE_USERS in PACK.of(r)] == [Role.IT]


def test_it_opens_no_chart() -> None:
    assert Privilege.OPEN_CHART not in PACK.of(Role.IT)
    assert Privilege.OPEN_CHART in PACK.of(Role.NURSE)
