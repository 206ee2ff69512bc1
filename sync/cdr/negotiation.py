"""Content types and preferences in the headers of a request."""

from __future__ import annotations

from collections.abc import Mapping

from sync.cdr.outcome import Refusal
from sync.cdr.values import Request, Response

JSON = "application/fhir+json; charset=utf-8"
_JSON_KINDS = ("application/fhir+json", "application/json", "text/json", "json", "*/*")
_PATCH_KINDS = ("application/json-patch+json",)


def json_response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """A response whose body is FHIR JSON, or empty."""
    kind = {"Content-Type": JSON} if body else {}
    return Response(status, body, {**kind, **(headers or {})})


def prefers(request: Request, name: str) -> str:
    """The value of one preference (`Prefer: return=minimal, handling=strict`)."""
    for part in request.header("prefer").replace(";", ",").split(","):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value.strip('"')
    return ""


def check_wanted_kind(request: Request) -> None:
    """This server speaks JSON.

    Raises:
        Refusal: 406.
    """
    asked = dict(request.query).get("_format") or request.header("accept")
    kinds = [part.split(";")[0].strip().lower() for part in asked.split(",") if part.strip()]
    if kinds and not any(_is_json(kind) for kind in kinds):
        raise Refusal(406, "not-supported", "cdr.wrong-kind")


def check_body_kind(request: Request) -> None:
    """The body is said to be what it must be; saying nothing counts as JSON.

    Raises:
        Refusal: 415.
    """
    kind = request.header("content-type").split(";")[0].strip().lower()
    if not kind or request.method == "DELETE":
        return
    if kind not in (_PATCH_KINDS if request.method == "PATCH" else _JSON_KINDS):
        raise Refusal(415, "not-supported", "cdr.wrong-kind")


def _is_json(kind: str) -> bool:
    return kind in _JSON_KINDS or kind in ("application/*", "text/*", "application/fhir json")
