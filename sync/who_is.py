"""Who signed in: the person and the posts, read from the repository with their own token."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.domain.people import Post, Role
from app.domain.terms import PractitionerId
from app.fhir.people import read_practitioner, read_role
from app.kernel.faults import FaultKind, app_error
from app.ports.directory import Identity
from sync.exchange import Exchanged, exchange
from sync.transport import HttpRemote, Request
from sync.verdicts import Attempt

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")  # R4 datatype `id`
_NO_CACHE = {"Cache-Control": "no-cache"}


class RepositoryIdentity:
    """`WhoIs` over FHIR: `Practitioner` and `PractitionerRole` of the `fhirUser`."""

    def __init__(self, base_url: str, *, timeout: float = 30.0, ca_bundle: str = "") -> None:
        self._base = base_url
        self._timeout = timeout
        self._ca = ca_bundle

    def __call__(self, user: str, claims: Mapping[str, object], access: str) -> Identity:
        """Read who `user` (`Practitioner/id`, relative or absolute) is.

        Raises:
            AppError: `REFUSED` when the hospital's user is no Practitioner of this repository,
                otherwise as the exchange failed.
        """
        practitioner = _practitioner(user, self._base)
        remote = HttpRemote(self._base, lambda: access, timeout=self._timeout, ca_bundle=self._ca)
        try:
            seen = self._asked(remote, f"Practitioner/{practitioner}")
            posts = self._posts(remote, practitioner)
        finally:
            remote.close()
        if seen.document is None:
            raise app_error(FaultKind.REFUSED, "signin.no-fhir-user", seen.verdict.detail)
        record = read_practitioner(seen.document)
        return Identity(
            practitioner,
            str(claims.get("preferred_username") or claims.get("sub") or record.staff_number),
            record.name,
            _role(posts, claims),
            tuple(dict.fromkeys(ward for post in posts for ward in post.wards)),
        )

    def _posts(self, remote: HttpRemote, practitioner: PractitionerId) -> tuple[Post, ...]:
        query = f"PractitionerRole?practitioner=Practitioner/{practitioner}&_count=50"
        seen = self._asked(remote, query, Attempt.SEARCH)
        entries = seen.bundle.entries if seen.bundle is not None else ()
        found = (read_role(entry.resource) for entry in entries if entry.resource is not None)
        return tuple(
            post for post in found if post.practitioner == practitioner and post.active is not False
        )

    def _asked(self, remote: HttpRemote, path: str, attempt: Attempt = Attempt.READ) -> Exchanged:
        seen = exchange(remote, Request("GET", path, _NO_CACHE), attempt)
        if seen.status != 200 or seen.document is None:
            fault = seen.verdict.fault_kind or FaultKind.REFUSED
            code = "signin.no-fhir-user" if seen.status in (404, 410) else seen.verdict.message.code
            raise app_error(fault, code, seen.verdict.detail)
        return seen


def _practitioner(user: str, base_url: str) -> PractitionerId:
    """The id in a `fhirUser`; a person of another repository may have the same one there."""
    below = f"{base_url.rstrip('/')}/"
    if "://" in user and not user.startswith(below):
        raise app_error(FaultKind.REFUSED, "signin.no-fhir-user", "fhirUser is of another server")
    kind, _, found = user.removeprefix(below).partition("/")
    if kind != "Practitioner" or not _ID.fullmatch(found):
        raise app_error(FaultKind.REFUSED, "signin.no-fhir-user", "fhirUser is no Practitioner")
    return PractitionerId(found)


def _role(posts: tuple[Post, ...], claims: Mapping[str, object]) -> Role | None:
    """The role of a post; failing that the directory's claim; never one made up."""
    for post in posts:
        if post.role is not None:
            return post.role
    try:
        return Role(str(claims.get("role", "")))
    except ValueError:
        return None
