"""Signing in: online, offline, again, and what every refusal says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from app.domain.people import Role, Session
from app.domain.terms import Named, PractitionerId
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.directory import Credentials, Identity, SignedIn, Tokens
from app.services.authority import NEEDS
from app.services.signing_in import Newcomer, SigningIn, offline_now
from tests.support.fake_keeping import FakeAccessAudit, FakePeople
from tests.support.fake_vault import FakeVault
from tests.unit.services.kit import NOW, ROLES, WARD, Watch, session

PASSPHRASE = "rounds-at-eight"  # noqa: S105 - of a workstation that never was


@dataclass
class Hospital:
    """`Directory` that knows one person."""

    role: Role | None = Role.ATTENDING
    trouble: AppError | None = None
    in_browser: bool = False
    username: str = "wang"
    person: str = ""

    def sign_in(self, credentials: Credentials | None, cancelled: Callable[[], bool]) -> SignedIn:
        del credentials, cancelled
        if self.trouble is not None:
            raise self.trouble
        identity = Identity(
            PractitionerId(self.person or self.username),
            self.username,
            Named("王奕"),
            self.role,
            (WARD,),
        )
        return SignedIn(identity, Tokens("a1", "r1", NOW + timedelta(minutes=5)))

    def refresh(self, tokens: Tokens) -> Tokens:
        if self.trouble is not None:
            raise self.trouble
        return replace(tokens, access="a2", refresh="r2")


@dataclass
class OpenedPlace:
    people: FakePeople = field(default_factory=FakePeople)
    audit: FakeAccessAudit = field(default_factory=FakeAccessAudit)

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Doorway:
    place: OpenedPlace = field(default_factory=OpenedPlace)
    key: bytes | None = None

    @property
    def opened(self) -> OpenedPlace | None:
        return self.place if self.key is not None else None

    def open(self, key: bytes) -> OpenedPlace:
        self.key = key
        return self.place

    def close(self) -> None:
        self.key = None


class House:
    """One workstation."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.hospital = Hospital()
        self.door = Doorway()
        self.vault = FakeVault(self.watch)
        self.signing_in = SigningIn(
            self.vault, self.hospital, self.door, ROLES, self.watch, timedelta(hours=24)
        )

    def arrive(self) -> Session | Newcomer:
        return self.signing_in.at_the_hospital(Credentials("wang", "secret"), lambda: False)

    def enrolled(self) -> Session:
        arrived = self.arrive()
        assert isinstance(arrived, Newcomer)
        return self.signing_in.enrol(arrived, PASSPHRASE)

    def restart(self) -> None:
        self.door.close()

    @property
    def actions(self) -> list[str]:
        return [entry.action for entry in reversed(self.door.place.audit.entries())]


def _code(refused: pytest.ExceptionInfo[AppError]) -> str:
    return refused.value.fault.message.code


def test_a_newcomer_enrols_and_is_signed_in_online() -> None:
    house = House()
    entered = house.enrolled()
    assert (entered.online, entered.lease_until) == (True, NOW + timedelta(hours=24))
    assert house.actions == ["sign-in", "user.enrol"]
    assert [one.username for one in house.signing_in.enrolled()] == ["wang"]


def test_the_passphrase_opens_the_cache_without_a_network() -> None:
    house = House()
    house.enrolled()
    house.restart()
    house.hospital.trouble = app_error(FaultKind.OFFLINE, "signin.hospital-unreachable")
    entered = house.signing_in.offline("wang", PASSPHRASE)
    assert not entered.online
    assert entered.may == ROLES.of(Role.ATTENDING)


def test_a_wrong_passphrase_opens_nothing_and_is_written_down_afterwards() -> None:
    house = House()
    house.enrolled()
    house.restart()
    with pytest.raises(AppError) as refused:
        house.signing_in.offline("wang", "wrong")
    assert refused.value.fault.kind is FaultKind.SIGNED_OUT
    assert house.door.opened is None

    house.signing_in.offline("wang", PASSPHRASE)
    assert "sign-in-refused" in house.actions


def test_the_lease_ends_and_an_online_sign_in_begins_another() -> None:
    house = House()
    house.enrolled()
    house.restart()
    house.watch.at = NOW + timedelta(hours=24, seconds=1)
    with pytest.raises(AppError) as refused:
        house.signing_in.offline("wang", PASSPHRASE)
    assert _code(refused) == "signin.lease-ended"

    again = house.arrive()
    assert isinstance(again, Session)
    assert again.lease_until == house.watch.at + timedelta(hours=24)


def test_a_clock_that_was_set_back_does_not_lengthen_the_lease() -> None:
    house = House()
    house.enrolled()
    house.restart()
    house.watch.at = NOW - timedelta(minutes=6)
    with pytest.raises(AppError) as refused:
        house.signing_in.offline("wang", PASSPHRASE)
    assert _code(refused) == "signin.clock-set-back"


def test_without_a_lease_on_record_nobody_works_offline() -> None:
    house = House()
    house.enrolled()
    house.door.place.people.keep_secret("lease:wang", None)
    with pytest.raises(AppError) as refused:
        house.signing_in.offline("wang", PASSPHRASE)
    assert _code(refused) == "signin.lease-ended"


@pytest.mark.parametrize("online", [False, True])
def test_a_user_whom_it_has_closed_stays_out(*, online: bool) -> None:
    house = House()
    house.enrolled()
    people = house.door.place.people
    known = people.by_username("wang")
    assert known is not None
    people.save(replace(known, active=False))
    way_in = house.arrive if online else lambda: house.signing_in.offline("wang", PASSPHRASE)
    with pytest.raises(AppError) as refused:
        way_in()
    assert _code(refused) == "signin.deactivated"


def test_a_second_person_needs_a_colleague_who_has_unlocked() -> None:
    house = House()
    house.enrolled()
    house.restart()
    house.hospital.username = "li"
    newcomer = house.arrive()
    assert isinstance(newcomer, Newcomer)
    with pytest.raises(AppError) as refused:
        house.signing_in.enrol(newcomer, PASSPHRASE)
    assert _code(refused) == "signin.colleague-first"

    house.signing_in.offline("wang", PASSPHRASE)
    assert house.signing_in.enrol(newcomer, PASSPHRASE).clinician.username == "li"


def test_an_enrolled_user_of_a_closed_cache_needs_the_passphrase_first() -> None:
    house = House()
    house.enrolled()
    house.restart()
    with pytest.raises(AppError) as refused:
        house.arrive()
    assert _code(refused) == "signin.passphrase-first"


def test_somebody_without_a_role_does_nothing_here() -> None:
    house = House()
    house.hospital.role = None
    with pytest.raises(AppError) as refused:
        house.arrive()
    assert _code(refused) == "signin.no-role"

    house.hospital.role = Role.NURSE
    newcomer = house.arrive()
    assert isinstance(newcomer, Newcomer)
    roleless = replace(newcomer.arrived, identity=replace(newcomer.arrived.identity, role=None))
    with pytest.raises(AppError) as later:
        house.signing_in.enrol(Newcomer(roleless), PASSPHRASE)
    assert _code(later) == "signin.no-role"


def test_a_lock_is_lifted_by_the_same_person_even_after_the_lease() -> None:
    house = House()
    entered = house.enrolled()
    house.signing_in.locked(entered)
    house.watch.at = NOW + timedelta(days=3)
    assert house.signing_in.unlock(entered, PASSPHRASE) is entered
    house.signing_in.sign_out(entered)
    assert house.actions[-3:] == ["lock", "unlock", "sign-out"]


def test_a_signature_is_confirmed_with_the_own_passphrase() -> None:
    house = House()
    entered = house.enrolled()

    house.signing_in.confirm(entered, PASSPHRASE)

    assert house.actions[-1] == "sign-orders"


def test_a_wrong_passphrase_confirms_nothing_and_signs_nobody_out() -> None:
    house = House()
    entered = house.enrolled()

    with pytest.raises(AppError) as refused:
        house.signing_in.confirm(entered, "guess")

    assert refused.value.fault.kind is FaultKind.REFUSED
    assert "sign-orders" not in house.actions


def test_a_renewal_extends_the_lease_and_rotates_the_tokens() -> None:
    house = House()
    entered = house.enrolled()
    house.watch.at = NOW + timedelta(hours=5)
    renewed = house.signing_in.renew(entered)
    tokens = house.signing_in.tokens(renewed)
    assert renewed.lease_until == NOW + timedelta(hours=29)
    assert tokens is not None
    assert (tokens.access, tokens.refresh) == ("a2", "r2")


def test_a_renewal_without_a_token_asks_for_the_hospital() -> None:
    house = House()
    entered = house.enrolled()
    house.door.place.people.keep_secret("tokens:wang", None)
    with pytest.raises(AppError) as refused:
        house.signing_in.renew(entered)
    assert _code(refused) == "signin.hospital-again"


@pytest.mark.parametrize(
    ("kind", "offline"), [(FaultKind.OFFLINE, True), (FaultKind.SIGNED_OUT, False)]
)
def test_only_a_missing_network_is_no_refusal(kind: FaultKind, *, offline: bool) -> None:
    assert offline_now(app_error(kind, "x")) is offline


def test_a_closed_cache_has_no_tokens() -> None:
    house = House()
    with pytest.raises(AppError) as refused:
        house.signing_in.tokens(session())
    assert _code(refused) == "signin.closed"


def test_the_lease_is_kept_as_two_instants() -> None:
    house = House()
    house.enrolled()
    kept = house.door.place.people.secret("lease:wang")
    assert kept is not None
    assert set(json.loads(kept)) == {"from", "until"}
    assert not house.signing_in.in_browser
    fget = type(house.signing_in).in_browser.fget
    assert fget is not None
    assert getattr(fget, NEEDS)


def test_a_second_person_agrees_with_their_own_passphrase_and_nobody_is_signed_out() -> None:
    house = House()
    house.enrolled()

    second = house.signing_in.second_person("wang", PASSPHRASE)

    assert second.clinician.username == "wang"
    assert second.may == ROLES.of(Role.ATTENDING)
    assert "witness" in house.actions


@pytest.mark.parametrize("reason", ["wrong", "closed", "lease"])
def test_a_second_person_who_cannot_be_proved_is_refused(reason: str) -> None:
    house = House()
    house.enrolled()
    people = house.door.place.people
    if reason == "closed":
        known = people.by_username("wang")
        assert known is not None
        people.save(replace(known, active=False))
    elif reason == "lease":
        house.watch.at = NOW + timedelta(hours=25)

    with pytest.raises(AppError) as refused:
        house.signing_in.second_person("wang", "guess" if reason == "wrong" else PASSPHRASE)

    assert refused.value.fault.kind is FaultKind.REFUSED
    assert "witness" not in house.actions


def test_a_user_name_that_means_another_person_now_is_refused_and_opens_nothing() -> None:
    house = House()
    house.enrolled()
    before = house.door.place.people.enrolled()
    house.hospital.person = "dr-other"

    with pytest.raises(AppError) as refused:
        house.arrive()

    assert (refused.value.fault.kind, _code(refused)) == (
        FaultKind.REFUSED,
        "signin.other-person",
    )
    assert house.door.place.people.enrolled() == before


def test_a_person_who_comes_under_another_user_name_is_refused() -> None:
    house = House()
    house.enrolled()
    house.hospital.username, house.hospital.person = "wang2", "wang"

    newcomer = house.arrive()
    assert isinstance(newcomer, Newcomer)
    with pytest.raises(AppError) as refused:
        house.signing_in.enrol(newcomer, PASSPHRASE)

    assert _code(refused) == "signin.other-person"
    assert [one.username for one in house.door.place.people.enrolled()] == ["wang"]
    assert [one.username for one in house.signing_in.enrolled()] == ["wang"]  # no key for them


def test_a_person_whose_old_user_name_was_closed_may_come_under_a_new_one() -> None:
    house = House()
    before = house.enrolled().clinician
    house.door.place.people.save(replace(before, active=False))
    house.hospital.username, house.hospital.person = "wang2", "wang"

    newcomer = house.arrive()
    assert isinstance(newcomer, Newcomer)
    entered = house.signing_in.enrol(newcomer, PASSPHRASE)

    assert (entered.clinician.id, entered.clinician.username) == (before.id, "wang2")
