"""Signing in: at the hospital, offline, again after a lock; and what each refusal means."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.domain.people import Clinician, Session
from app.domain.terms import PractitionerId
from app.kernel.clock import Clock
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.directory import Credentials, Directory, Identity, SignedIn, Tokens
from app.ports.keeping import AuditEntry, People
from app.ports.opening import CacheDoor, OpenedCache
from app.ports.vault import Vault
from app.services.authority import open_door
from app.services.roles import RolePack

_BEFORE = "signing in comes before any privilege"
_CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Signed in at the hospital and not yet enrolled on this workstation."""

    arrived: SignedIn


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A user the sign-in page can offer."""

    username: str
    locked_until: datetime | None


class SigningIn:
    """Opens the cache for a clinician and gives out their session.

    The hospital password never reaches the vault, the passphrase never reaches the hospital
    (architecture.md, Security).
    """

    def __init__(
        self,
        vault: Vault,
        directory: Directory,
        door: CacheDoor,
        roles: RolePack,
        clock: Clock,
        lease: timedelta,
    ) -> None:
        self._vault = vault
        self._directory = directory
        self._door = door
        self._roles = roles
        self._clock = clock
        self._lease = lease

    @property
    @open_door(_BEFORE)
    def in_browser(self) -> bool:
        """Whether the hospital's sign-in opens in the system browser."""
        return self._directory.in_browser

    @open_door(_BEFORE)
    def enrolled(self) -> tuple[Enrolled, ...]:
        """Who may unlock here, from the vault alone."""
        return tuple(Enrolled(w.username, w.locked_until) for w in self._vault.wraps())

    @open_door(_BEFORE)
    def at_the_hospital(
        self, credentials: Credentials | None, cancelled: Callable[[], bool]
    ) -> Session | Newcomer:
        """Sign in online. A newcomer still has to choose a passphrase (`enrol`).

        Raises:
            AppError: as `Directory.sign_in`; `REFUSED` when the hospital names no role, or when
                the user is enrolled here and the cache is closed: then the passphrase opens it.
        """
        arrived = self._directory.sign_in(credentials, cancelled)
        if arrived.identity.role is None:
            raise app_error(FaultKind.REFUSED, "signin.no-role", "directory gave no known role")
        if not self._has_wrap(arrived.identity.username):
            return Newcomer(arrived)
        cache = self._door.opened
        if cache is None:
            raise app_error(FaultKind.REFUSED, "signin.passphrase-first", "cache is closed")
        return self._welcome(cache, arrived)

    @open_door(_BEFORE)
    def enrol(self, newcomer: Newcomer, passphrase: str) -> Session:
        """Give a newcomer a wrap of the key (the first one makes the key) and a session.

        Raises:
            AppError: `REFUSED` for a weak passphrase, or when the cache belongs to others and
                nobody of them has unlocked it since the program was started.
        """
        username = newcomer.arrived.identity.username
        if not self._vault.exists:
            key = self._vault.create(username, passphrase)
        elif self._door.key is not None:
            key = self._door.key
            _check_same_person(self._opened().people.enrolled(), newcomer.arrived.identity)
            self._vault.add(key, username, passphrase)
        else:
            raise app_error(FaultKind.REFUSED, "signin.colleague-first", "vault exists, locked")
        session = self._welcome(self._door.open(key), newcomer.arrived)
        self._write_down(session.clinician, "user.enrol")
        return session

    @open_door(_BEFORE)
    def offline(self, username: str, passphrase: str) -> Session:
        """Open the cache with the workstation passphrase; needs no network.

        Raises:
            AppError: `SIGNED_OUT` for a wrong passphrase, a locked or deactivated user, an ended
                lease or a clock that was set back; `STORAGE` when the cache cannot be opened.
        """
        before = {wrap.username: wrap.failed_attempts for wrap in self._vault.wraps()}
        key = self._vault.unlock(username, passphrase)
        cache = self._door.open(key)
        clinician = self._active(username)
        if before.get(username, 0):
            self._write_down(clinician, "sign-in-refused", f"{before[username]} before this one")
        until = self._lease_of(cache.people, clinician.id)
        session = self._session(clinician, until, online=False)
        self._write_down(clinician, "sign-in", "offline")
        return session

    @open_door(_BEFORE)
    def unlock(self, session: Session, passphrase: str) -> Session:
        """Lift the lock for the person who is signed in; drafts were on screen all the time.

        A lease that ended meanwhile does not keep anybody out of what they were writing: the
        session comes back as it was and signing asks for the lease by itself.

        Raises:
            AppError: `SIGNED_OUT` for a wrong passphrase.
        """
        self._vault.unlock(session.clinician.username, passphrase)
        self._write_down(session.clinician, "unlock")
        return session

    @open_door(_BEFORE)
    def confirm(self, session: Session, passphrase: str) -> None:
        """The person who is signed in says again who they are, to sign a basket of orders.

        Raises:
            AppError: `REFUSED` for a wrong passphrase or a locked user; nobody is signed out.
        """
        try:
            self._vault.unlock(session.clinician.username, passphrase)
        except AppError as error:
            raise AppError(replace(error.fault, kind=FaultKind.REFUSED)) from error
        self._write_down(session.clinician, "sign-orders")

    @open_door(_BEFORE)
    def second_person(self, username: str, passphrase: str) -> Session:
        """Somebody enrolled here who stands beside the user and agrees, with their passphrase.

        Raises:
            AppError: `REFUSED` for a wrong passphrase, a locked or deactivated user, or an ended
                lease; whoever is signed in stays so.
        """
        try:
            self._vault.unlock(username, passphrase)
            clinician = self._active(username)
            until = self._lease_of(self._opened().people, clinician.id)
        except AppError as error:
            raise AppError(replace(error.fault, kind=FaultKind.REFUSED)) from error
        self._write_down(clinician, "witness")
        return self._session(clinician, until, online=False)

    @open_door(_BEFORE)
    def renew(self, session: Session) -> Session:
        """Ask the hospital whether the account still holds, and extend the lease.

        Raises:
            AppError: `OFFLINE` (nothing changes), or `SIGNED_OUT` when the hospital withdrew it.
        """
        cache = self._opened()
        tokens = self.tokens(session)
        if tokens is None:
            raise app_error(FaultKind.SIGNED_OUT, "signin.hospital-again", "no token kept")
        fresh = self._directory.refresh(tokens)
        self._keep_tokens(cache.people, session.clinician.id, fresh)
        return replace(session, online=True, lease_until=self._extend(session.clinician.id))

    @open_door(_BEFORE)
    def tokens(self, session: Session) -> Tokens | None:
        """The tokens kept inside the encrypted database, or None."""
        kept = self._opened().people.secret(f"tokens:{session.clinician.id}")
        if kept is None:
            return None
        fields = json.loads(kept)
        expires = datetime.fromisoformat(fields["expires_at"])
        return Tokens(fields["access"], fields["refresh"], expires)

    @open_door(_BEFORE)
    def sign_out(self, session: Session) -> None:
        """Leave; the cache stays open for enrolling colleagues until the program ends."""
        self._write_down(session.clinician, "sign-out")

    @open_door(_BEFORE)
    def locked(self, session: Session) -> None:
        """Note that the screen was locked."""
        self._write_down(session.clinician, "lock")

    def _has_wrap(self, username: str) -> bool:
        return any(wrap.username == username for wrap in self._vault.wraps())

    def _opened(self) -> OpenedCache:
        cache = self._door.opened
        if cache is None:
            raise app_error(FaultKind.SIGNED_OUT, "signin.closed", "cache is closed")
        return cache

    def _active(self, username: str) -> Clinician:
        clinician = self._opened().people.by_username(username)
        if clinician is None or not clinician.active:
            raise app_error(FaultKind.SIGNED_OUT, "signin.deactivated", "no active clinician")
        return clinician

    def _welcome(self, cache: OpenedCache, arrived: SignedIn) -> Session:
        identity = arrived.identity
        if identity.role is None:
            raise app_error(FaultKind.REFUSED, "signin.no-role", "directory gave no known role")
        known = cache.people.by_username(identity.username)
        if known is not None and not known.active:
            raise app_error(FaultKind.SIGNED_OUT, "signin.deactivated", "deactivated here")
        _check_same_person(cache.people.enrolled(), identity)
        clinician = Clinician(
            id=identity.practitioner,
            username=identity.username,
            name=identity.name,
            role=identity.role,
            wards=identity.wards,
            enrolled_at=known.enrolled_at if known else self._clock.now(),
        )
        cache.people.save(clinician)
        self._keep_tokens(cache.people, clinician.id, arrived.tokens)
        session = self._session(clinician, self._extend(clinician.id), online=True)
        self._write_down(clinician, "sign-in", "online")
        return session

    def _session(self, clinician: Clinician, until: datetime, *, online: bool) -> Session:
        may = self._roles.of(clinician.role)
        return Session(clinician, self._clock.now(), online, until, may)

    def _extend(self, clinician: PractitionerId) -> datetime:
        now = self._clock.now()
        until = now + self._lease
        kept = json.dumps({"from": now.isoformat(), "until": until.isoformat()})
        self._opened().people.keep_secret(f"lease:{clinician}", kept.encode())
        return until

    def _lease_of(self, people: People, clinician: PractitionerId) -> datetime:
        kept = people.secret(f"lease:{clinician}")
        if kept is None:
            raise app_error(FaultKind.SIGNED_OUT, "signin.lease-ended", "no lease kept")
        fields = json.loads(kept)
        began = datetime.fromisoformat(fields["from"])
        until = datetime.fromisoformat(fields["until"])
        now = self._clock.now()
        if now < began - _CLOCK_TOLERANCE:
            raise app_error(FaultKind.SIGNED_OUT, "signin.clock-set-back", "clock before lease")
        if now > until:
            raise app_error(FaultKind.SIGNED_OUT, "signin.lease-ended", "offline lease ended")
        return until

    def _keep_tokens(self, people: People, clinician: PractitionerId, tokens: Tokens) -> None:
        fields = {
            "access": tokens.access,
            "refresh": tokens.refresh,
            "expires_at": tokens.expires_at.astimezone(UTC).isoformat(),
        }
        people.keep_secret(f"tokens:{clinician}", json.dumps(fields).encode())

    def _write_down(self, clinician: Clinician, action: str, detail: str = "") -> None:
        self._opened().audit.record(
            AuditEntry(
                at=self._clock.now(),
                actor=clinician.id,
                actor_name=clinician.name.name,
                action=action,
                detail=detail,
            )
        )


def _check_same_person(enrolled: tuple[Clinician, ...], identity: Identity) -> None:
    """One user name is one person of the record, and the other way round, from enrolment on.

    A directory that names another Practitioner than it did would have somebody sign in their name.
    Whoever was closed here may come back under another user name.
    """
    for one in enrolled:
        differs = (one.username == identity.username) != (one.id == identity.practitioner)
        if one.active and differs:
            raise app_error(FaultKind.REFUSED, "signin.other-person", "user and person differ")


def offline_now(error: AppError) -> bool:
    """Whether a failed renewal only means that the network is out."""
    return error.fault.kind is FaultKind.OFFLINE
