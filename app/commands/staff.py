"""Who may sign in at an embedded repository: accounts, and the posts behind them."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.domain.census import Place, PlaceKind
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId, WardId
from app.fhir.document import Document, parse, reference_to, to_bytes
from app.fhir.people import read_practitioner, write_practitioner, write_role
from app.fhir.places import read_location
from sync.cdr.directory import hash_password
from sync.cdr.serving import CdrSettings, EmbeddedCdr
from sync.cdr.store import Store
from sync.cdr.values import Request

EVERY_WARD = "all"
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account as it is asked for.

    Attributes:
        wards: Ids or names of wards; `all` for every ward there is.
        name: As it is shown; "" for that of the practitioner, or the username.
        practitioner: Who this is in the record; "" creates somebody.
    """

    username: str
    role: Role
    wards: tuple[str, ...] = ()
    name: str = ""
    practitioner: str = ""


class _StaffError(Exception):
    """What is asked for cannot be done; the text is for whoever typed it."""


def add(database: Path, wanted: Wanted) -> int:
    """Give somebody an account, with a post on their wards; replaces an account of that name.

    The password is asked for, or is the first line of the standard input where nobody is asked.
    """
    with _repository(database) as cdr:
        try:
            practitioner, name, wards = _examined(cdr.store, wanted)
            password = _password()
            _give_post(cdr, wanted, practitioner, name, wards)
        except _StaffError as refused:
            print(refused, file=sys.stderr)
            return 1
        cdr.directory.put_user(
            wanted.username,
            hash_password(password),
            f"Practitioner/{practitioner}",
            name.name,
            wanted.role.value,
            name.english,
        )
    where = ", ".join(wards) or "no ward; patients they take part in treating come all the same"
    print(f"{wanted.username}: {wanted.role.value}, Practitioner/{practitioner}, {where}")
    return 0


def list_all(database: Path) -> int:
    """Print every account, and the wards there are."""
    with _repository(database) as cdr:
        for user in cdr.directory.users():
            state = "  (closed)" if user.disabled else ""
            print(f"{user.username:<24}{user.role:<16}{user.practitioner}  {user.display}{state}")
        print("\n".join(said_wards(cdr.store)))
    return 0


def set_open(database: Path, username: str, *, is_open: bool) -> int:
    """Withdraw an account with every token of it, or let it in again."""
    with _repository(database) as cdr:
        if cdr.directory.user(username) is None:
            print(f"no such user: {username}", file=sys.stderr)
            return 1
        if is_open:
            cdr.directory.restore(username)
        else:
            cdr.directory.revoke(username)
    print(f"{username}: {'may sign in again' if is_open else 'can no longer sign in'}")
    return 0


def said_wards(store: Store) -> Iterator[str]:
    """The wards of a repository, for whoever chooses among them."""
    wards = _wards(store)
    yield f"wards: {len(wards)}"
    for ward, name in sorted(wards.items()):
        yield f"  {ward:<40}{name.name} {name.english}".rstrip()


@contextmanager
def _repository(database: Path) -> Iterator[EmbeddedCdr]:
    """Opened beside a server that may be serving it."""
    if not database.exists():
        raise SystemExit(f"no such repository: {database}")
    cdr = EmbeddedCdr(CdrSettings(database=database))
    try:
        yield cdr
    finally:
        cdr.stop()


def _examined(store: Store, wanted: Wanted) -> tuple[PractitionerId, Named, tuple[WardId, ...]]:
    if not _USERNAME.fullmatch(wanted.username):
        raise _StaffError("a username has 1 to 40 letters, digits, dots and hyphens")
    wards = tuple(_ward(one, _wards(store)) for one in wanted.wards if one != EVERY_WARD)
    if EVERY_WARD in wanted.wards:
        wards = tuple(sorted(_wards(store)))
    if not wanted.practitioner:
        name = Named(wanted.name or wanted.username)
        return PractitionerId(f"staff-{wanted.username}"), name, wards
    found = _document(store, "Practitioner", wanted.practitioner)
    if not found:
        raise _StaffError(f"no such practitioner: {wanted.practitioner}")
    recorded = read_practitioner(found).name
    name = Named(wanted.name) if wanted.name else recorded
    return PractitionerId(wanted.practitioner), name, wards


def _give_post(
    cdr: EmbeddedCdr,
    wanted: Wanted,
    practitioner: PractitionerId,
    name: Named,
    wards: Iterable[WardId],
) -> None:
    if not wanted.practitioner:
        _put(cdr, write_practitioner(practitioner, name))
    post = f"post-{wanted.username}"
    onto = _document(cdr.store, "PractitionerRole", post)
    _put(cdr, write_role(post, practitioner, wanted.role, wards, onto))


def _put(cdr: EmbeddedCdr, document: Document) -> None:
    headers = {"content-type": "application/fhir+json"}
    ref = reference_to(document)
    answer = cdr.model.handle(Request("PUT", ref, headers=headers, body=to_bytes(document)))
    if answer.status not in (200, 201):
        raise _StaffError(f"the repository does not take {ref}: {answer.status}")


def _wards(store: Store) -> dict[WardId, Named]:
    places = (read_location(parse(one.body)) for one in store.load(store.search("Location", ())))
    return {_ward_id(one): one.name for one in places if one.kind is PlaceKind.WARD}


def _ward_id(place: Place) -> WardId:
    return WardId(place.ref.partition("/")[2])


def _ward(asked: str, wards: dict[WardId, Named]) -> WardId:
    found = [ward for ward, name in wards.items() if asked in (ward, name.name, name.english)]
    if len(found) != 1:
        why = "more than one ward is called" if found else "no ward is called"
        raise _StaffError(f"{why} {asked!r}: `cdr user list` shows them")
    return found[0]


def _document(store: Store, kind: str, key: str) -> Document:
    version = store.current(kind, key)
    return parse(version.body) if version is not None and not version.deleted else {}


def _password() -> str:
    """Never an argument: those are seen by everybody on the machine, and kept in histories."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("password: ")
        if getpass.getpass("once more: ") != password:
            raise _StaffError("typed twice, differently")
    if not password:
        raise _StaffError("a password is needed, typed or on the standard input")
    return password
