"""Lists what was received and not understood: for IT, by kind and reason, then one by one."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Iterator

from app.config import Settings
from app.kernel.faults import Message
from app.main import Workstation
from app.ports.reading import Oddity
from resources.catalogue import Catalogue

_MOST = 200


def list_unread(settings: Settings, username: str) -> int:
    """Unlock as `username` and print the list; the exit code is 1 when there is something on it.

    Raises:
        AppError: As unlocking; `REFUSED` for a role that does not look after workstations.
    """
    station = Workstation(settings)
    try:
        session = station.signing_in.offline(username, getpass.getpass("passphrase: "))
        services = station.services()
        try:
            found = services.input_watching.not_understood(session)
        finally:
            services.close()
    finally:
        station.close()
    for line in lines(found, Catalogue.load(settings.string("language"))):
        print(line)
    return 1 if found else 0


def lines(found: tuple[Oddity, ...], catalogue: Catalogue) -> Iterator[str]:
    """The counts first. Only references are named: they lead to the document at the server."""
    for shown, title in ((False, "on no page"), (True, "shown in part")):
        some = [one for one in found if one.shown == shown]
        yield f"{title}: {len({one.ref for one in some}):,} documents"
        counts = Counter((one.ref.partition("/")[0], one.reason) for one in some)
        for (kind, reason), count in counts.most_common():
            yield f"  {count:>7,}  {kind:<26} {_said(reason, catalogue)}"
        yield from (f"      {one.ref}  [{one.reason}]" for one in some[:_MOST])
        if len(some) > _MOST:
            yield f"      … {len(some) - _MOST:,} more"


def _said(reason: str, catalogue: Catalogue) -> str:
    code, _, _ = reason.partition(" ")
    return catalogue.render(Message(code))
