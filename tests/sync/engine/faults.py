"""What can go wrong on the way to the server and back, and where in a round it can."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.sending import Connection
from sync.cdr.misbehaviour import Change, Fault, Rule, Test
from sync.cdr.negotiation import json_response
from sync.cdr.values import Request, Response

ALWAYS = 1_000_000
OTHER_HOST = "http://portal.invalid/login"

# --- where


def greets(request: Request) -> bool:
    return request.method == "GET" and request.path.endswith("-outbox")


def asks_census(request: Request) -> bool:
    return request.path == "Encounter/_search" and b"location=" in request.body


def asks_cohort(request: Request) -> bool:
    return request.path == "MedicationRequest/_search" and b"patient=" in request.body


def follows_link(request: Request) -> bool:
    return request.method == "GET" and request.path == ""


def asks_by_id(request: Request) -> bool:
    return request.path == "DocumentReference/_search" and request.body.startswith(b"_id=")


def asks_read_set(request: Request) -> bool:
    return request.path == "AllergyIntolerance/_search" and request.body.startswith(b"_id=")


def sends(request: Request) -> bool:
    return request.method == "POST" and request.path == ""


def asks_history(request: Request) -> bool:
    return request.method == "GET" and request.path.endswith("/_history")


READING: dict[str, Test] = {
    "greet": greets,
    "census": asks_census,
    "cohort": asks_cohort,
    "next-link": follows_link,
    "by-id": asks_by_id,
    "read-set": asks_read_set,
}
"""Stages that only read; a fault there leaves everything on the server as it was."""

# --- what


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a clinician is told of a fault.

    Attributes:
        code: Ends `sync.verdict.…`.
    """

    code: str
    connection: Connection


PORTAL = Trouble("captive-portal", Connection.OFFLINE)
FOREIGN = Trouble("wrong-content", Connection.OFFLINE)
SILENT = Trouble("silence", Connection.OFFLINE)
OVERLONG = Trouble("overlong", Connection.OFFLINE)
CIRCLES = Trouble("circles", Connection.OFFLINE)
SIGN_IN = Trouble("sign-in-needed", Connection.SIGNED_OUT)
BUSY = Trouble("throttled", Connection.OFFLINE)
BROKEN = Trouble("server-broken", Connection.OFFLINE)
REFUSED = Trouble("rejected", Connection.ATTENTION)
UNCLEAR = Trouble("ambiguous", Connection.OFFLINE)
EXPIRED = Trouble("expired-page", Connection.ATTENTION)


def changed(change: Change) -> Rule:
    return Rule(Fault.CHANGED, change=change)


def bundle(change: Callable[[dict[str, object]], None]) -> Change:
    """Change a Bundle in the answer, and leave anything else as it is."""

    def apply(answer: Response) -> Response:
        try:
            body = json.loads(answer.body)
        except ValueError:
            return answer
        change(body)
        return replace(answer, body=json.dumps(body).encode())

    return apply


def bomb(_: Response) -> Response:
    """Fifty megabytes in fifty kilobytes."""
    packed = gzip.compress(b" " * 50_000_000, 1)
    answer = json_response(200, packed)
    return replace(answer, headers={**answer.headers, "Content-Encoding": "gzip"})


def no_bundle(_: Response) -> Response:
    return json_response(200, b'{"resourceType":"Basic","id":"something-else"}')


def redirect(_: Response) -> Response:
    return Response(302, b"", {"Location": OTHER_HOST})


def says(status: int, code: str) -> Change:
    """A refusal in the server's own words."""
    issue = {"severity": "error", "code": code, "diagnostics": "no"}
    body = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()
    return lambda _: json_response(status, body)


def _loops(body: dict[str, object]) -> None:
    links = body.get("link")
    own = next((one["url"] for one in links if one["relation"] == "self"), "") if links else ""  # type: ignore[attr-defined]  # JSON as it came
    body["link"] = [{"relation": "self", "url": own}, {"relation": "next", "url": own}]


def _drops_one(body: dict[str, object]) -> None:
    body["entry"] = body["entry"][:-1]  # type: ignore[index]  # JSON as it came


def _reverses(body: dict[str, object]) -> None:
    body["entry"] = body["entry"][::-1]  # type: ignore[index]  # JSON as it came


def _renames(body: dict[str, object]) -> None:
    for entry in body["entry"]:  # type: ignore[attr-defined]  # JSON as it came
        location = entry["response"].get("location", "")
        entry["response"]["location"] = location.replace("DocumentReference/", "Task/")


ANY: dict[str, tuple[Callable[[], Rule], Trouble]] = {
    "captive portal": (lambda: Rule(Fault.HTML), PORTAL),
    "redirect to another host": (lambda: changed(redirect), PORTAL),
    "JSON that is no FHIR": (lambda: Rule(Fault.WRONG_JSON), FOREIGN),
    "FHIR that was not asked for": (lambda: changed(no_bundle), FOREIGN),
    "half a body": (lambda: Rule(Fault.BROKEN_JSON), FOREIGN),
    "wrong content type": (lambda: Rule(Fault.WRONG_TYPE), FOREIGN),
    "connection cut in the body": (lambda: Rule(Fault.CUT_BODY), SILENT),
    "connection cut": (lambda: Rule(Fault.DROP), SILENT),
    "silence": (lambda: Rule(Fault.SILENCE), SILENT),
    "drip": (lambda: Rule(Fault.DRIP), SILENT),
    "endless body": (lambda: Rule(Fault.ENDLESS), OVERLONG),
    "gzip bomb": (lambda: changed(bomb), OVERLONG),
    "401": (lambda: Rule(Fault.STATUS, status=401), SIGN_IN),
    "429": (lambda: Rule(Fault.STATUS, status=429, headers={"Retry-After": "120"}), BUSY),
    "500": (lambda: Rule(Fault.STATUS, status=500), BROKEN),
    "503": (lambda: Rule(Fault.STATUS, status=503, headers={"Retry-After": "120"}), BROKEN),
}
"""Faults of every stage, with what is told of them where nothing goes on without an answer."""

ALONE = frozenset({"census", "cohort", "next-link", "by-id"})
"""Stages of which one question may fail while the others are answered."""
_ONE_QUESTION = frozenset({"500", "endless body", "gzip bomb", "a link to itself"})


def told_while_reading(stage: str, name: str) -> Trouble:
    """What a clinician is told of a fault at a stage that only reads."""
    if stage == "next-link" and name in ("400", "404", "410"):
        return EXPIRED
    trouble = (ANY | LISTS)[name][1]
    if stage in ALONE and name in _ONE_QUESTION:
        return replace(trouble, connection=Connection.ATTENTION)
    return trouble


_EMPTY_OR_NO_LIST = frozenset(
    {"JSON that is no FHIR", "FHIR that was not asked for", "half a body", "wrong content type"}
)


def told_while_sending(name: str) -> Trouble:
    """What a clinician is told when a transaction gets such an answer and was not applied."""
    return UNCLEAR if name in _EMPTY_OR_NO_LIST else ANY[name][1]


LISTS: dict[str, tuple[Callable[[], Rule], Trouble]] = {
    "a link to itself": (lambda: changed(bundle(_loops)), CIRCLES),
    "403": (lambda: changed(says(403, "forbidden")), REFUSED),
    "400": (lambda: changed(says(400, "invalid")), REFUSED),
    "404": (lambda: changed(says(404, "not-found")), REFUSED),
    "410": (lambda: changed(says(410, "deleted")), REFUSED),
}
"""Faults of a search."""

ANSWERS: dict[str, Callable[[], Rule]] = {
    "an entry too few": lambda: changed(bundle(_drops_one)),
    "entries in another order": lambda: changed(bundle(_reverses)),
    "ids of something else": lambda: changed(bundle(_renames)),
    "500 after commit": lambda: Rule(Fault.STATUS_AFTER, status=500),
    "connection cut after commit": lambda: Rule(Fault.DROP_AFTER),
}
"""Faults of an answer to a transaction that was applied."""
