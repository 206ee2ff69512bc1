"""The services a hospital allows, each with its hooks: a TOML file of IT. Nobody else is called."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_HOOK_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz-")


@dataclass(frozen=True, slots=True)
class AllowedService:
    """One service.

    Attributes:
        base: Its base address, below which `/cds-services` lies.
        id: As in its discovery document.
        name: As clinicians know it.
        hooks: When it is asked.
    """

    base: str
    id: str
    name: str
    hooks: frozenset[str]

    @property
    def discovery(self) -> str:
        return f"{self.base}/cds-services"

    @property
    def endpoint(self) -> str:
        return f"{self.base}/cds-services/{self.id}"


@dataclass(frozen=True, slots=True)
class AllowList:
    """What IT wrote down.

    Attributes:
        value_sets: Canonical address → its codes as `system|code`, for queries with `:in`.
        remarks: What was passed over, and why; for the doctor and the log.
    """

    services: tuple[AllowedService, ...] = ()
    value_sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def asked_at(self, hook: str) -> tuple[AllowedService, ...]:
        return tuple(one for one in self.services if hook in one.hooks)

    def named(self, service: str) -> AllowedService | None:
        """The service of an id; ids are unique within the list."""
        return next((one for one in self.services if one.id == service), None)


def read_allow_list(text: str) -> AllowList:
    """Read the file; an entry with a mistake is passed over with a remark, the others hold."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return AllowList(remarks=(f"not TOML: {error}",))
    remarks: list[str] = [
        f"{key}: is not understood" for key in told if key not in ("service", "value_sets")
    ]
    services: dict[str, AllowedService] = {}
    for place, one in enumerate(_tables(told.get("service")), 1):
        wrong = tuple(_mistakes(one, services))
        remarks += [f"service {place}: {why}" for why in wrong]
        if not wrong:
            service = _service(one)
            services[service.id] = service
    sets = told.get("value_sets")
    return AllowList(
        tuple(services.values()),
        {
            address: frozenset(code for code in codes if isinstance(code, str))
            for address, codes in (sets.items() if isinstance(sets, dict) else ())
            if isinstance(codes, list)
        },
        tuple(remarks),
    )


def is_allowed_address(base: str) -> bool:
    """Whether a service may be called there: by TLS, or on this machine."""
    try:
        parts = urlsplit(base)
        host = parts.hostname or ""
        port_is_fine = parts.port != 0
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc) and base.isascii()
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return plain and secure and bool(host) and port_is_fine


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its number: a name may lead anywhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _tables(value: object) -> Iterator[Mapping[str, object]]:
    for one in value if isinstance(value, list) else ():
        yield one if isinstance(one, dict) else {}


def _mistakes(one: Mapping[str, object], services: Mapping[str, AllowedService]) -> Iterator[str]:
    for key in ("base", "id", "name"):
        if not isinstance(one.get(key), str) or not one[key]:
            yield f"{key} is missing"
    if not is_allowed_address(str(one.get("base", ""))):
        yield "base must begin with https:// (http:// for 127.0.0.1 only)"
    if "/" in str(one.get("id", "")) or not str(one.get("id", "")).isprintable():
        yield "id is not a part of an address"
    if one.get("id") in services:
        yield "id stands twice"
    hooks = one.get("hooks")
    if not isinstance(hooks, list) or not hooks or not all(map(_is_hook, hooks)):
        yield "hooks must name at least one hook"


def _is_hook(name: object) -> bool:
    return isinstance(name, str) and bool(name) and _HOOK_SIGNS.issuperset(name)


def _service(one: Mapping[str, object]) -> AllowedService:
    hooks = one["hooks"]
    return AllowedService(
        base=str(one["base"]).rstrip("/"),
        id=str(one["id"]),
        name=str(one["name"]),
        hooks=frozenset(map(str, hooks if isinstance(hooks, list) else ())),
    )
