"""Who works in the hospital in which role, as far as it is known at this workstation."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.people import Post, Role
from app.domain.terms import Named, PractitionerId
from app.domain.verbal_orders import Colleague
from app.fhir.people import read_role
from app.ports.keeping import People
from localdb.bodies import opened
from localdb.reads.snapshots import Snapshots, persons
from localdb.schema import resource

_POSTS = select(resource.c.body).where(resource.c.rtype == "PractitionerRole")


class SqlStaff:
    """The posts of the record, and whoever is enrolled here."""

    def __init__(self, cache: Snapshots, people: People) -> None:
        self._cache = cache
        self._people = people

    def holding(self, roles: frozenset[Role]) -> tuple[Colleague, ...]:
        """Everybody with one of `roles` who still works here, each once, by name.

        Whoever has no name in the record is left out: nobody can choose them.
        """
        found: dict[PractitionerId, Colleague] = {}
        with self._cache.read() as connection:
            posts = [read_role(opened(body)) for body in connection.scalars(_POSTS)]
            held = [(post.practitioner, post.role) for post in posts if _counts(post, roles)]
            names = persons(connection, (who for who, _ in held))
        for who, role in held:
            if who is not None and role is not None and who in names:
                found[who] = Colleague(who, names[who], role)
        for one in self._people.enrolled():
            if one.active and one.role in roles:
                found[one.id] = Colleague(one.id, one.name, one.role)
        return tuple(sorted(found.values(), key=_spelled))


def _counts(post: Post, roles: frozenset[Role]) -> bool:
    return post.active is not False and post.role in roles


def _spelled(one: Colleague) -> tuple[str, str]:
    return _key(one.name), one.id


def _key(name: Named) -> str:
    return name.name or name.english
