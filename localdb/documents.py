"""Documents of the cache as forms open them."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.terms import Ref
from app.ports.acts import Held, ReadSet
from localdb.bodies import opened, stamp
from localdb.engine import Cache
from localdb.schema import resource
from localdb.shelf import chunks, fetch_one


class SqlDocuments:
    """`Documents` over the encrypted cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def held(self, ref: Ref) -> Held | None:
        with self._cache.read() as connection:
            row = fetch_one(connection, ref)
        if row is None:
            return None
        document = opened(row.body)
        return Held(ref, document, stamp(document), row.version, row.state)

    def versions(self, refs: tuple[Ref, ...]) -> ReadSet:
        found: dict[Ref, str] = {}
        with self._cache.read() as connection:
            for some in chunks(refs):
                rows = connection.execute(
                    select(resource.c.ref, resource.c.server_version).where(
                        resource.c.ref.in_(some)
                    )
                )
                found.update((ref, version) for ref, version in rows)
        return tuple((ref, found[ref]) for ref in dict.fromkeys(refs) if ref in found)
