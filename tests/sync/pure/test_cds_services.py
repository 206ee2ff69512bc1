"""Who may be called, and how a token is tried."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from app.kernel.clock import RandomIds
from app.kernel.faults import AppError
from sync.cds_hooks.allowed import AllowedService, is_allowed_address, read_allow_list
from sync.cds_hooks.breaker import Breaker
from sync.cds_hooks.tokens import ServiceKey, ServiceTokens, TokenCheck
from tests.support.cache_kit import NOW, SteppedClock

GOOD = """
[[service]]
base = "https://pass.hospital.example/r4/"
id = "interactions"
name = "合理用药"
hooks = ["order-sign", "order-select"]
[value_sets]
"http://x.example/k" = ["http://loinc.org|2823-3"]
"""
HERE = "https://pass.hospital.example/r4/cds-services/interactions"


def test_a_list_is_read() -> None:
    read = read_allow_list(GOOD)

    hooks = frozenset({"order-sign", "order-select"})
    only = AllowedService("https://pass.hospital.example/r4", "interactions", "合理用药", hooks)
    assert (read.services, read.remarks) == ((only,), ())
    assert read.asked_at("order-sign") == (only,) and read.asked_at("patient-view") == ()
    assert read.named("interactions") == only and read.named("other") is None
    assert only.endpoint == HERE
    assert only.discovery == "https://pass.hospital.example/r4/cds-services"
    assert read.value_sets == {"http://x.example/k": frozenset({"http://loinc.org|2823-3"})}


@pytest.mark.parametrize(
    "line",
    [
        'base = "http://pass.hospital.example"',
        'base = ""',
        "base = 1",
        'id = "../other"',
        'id = ""',
        'id = "a\\u0007"',
        'name = ""',
        "hooks = []",
        'hooks = "order-sign"',
        'hooks = ["order sign"]',
        "hooks = [1]",
    ],
)
def test_an_entry_with_a_mistake_is_passed_over_and_told(line: str) -> None:
    key = line.split(" ", maxsplit=1)[0]
    broken = "\n".join(line if one.startswith(f"{key} =") else one for one in GOOD.splitlines())

    read = read_allow_list(
        broken + "\n" + GOOD.split("[value_sets]", maxsplit=1)[0].replace("inter", "other")
    )

    assert [one.id for one in read.services] == ["otheractions"]
    assert any(one.startswith("service 1: ") for one in read.remarks)


def test_an_id_stands_once() -> None:
    read = read_allow_list(GOOD.split("[value_sets]", maxsplit=1)[0] * 2)
    assert len(read.services) == 1 and read.remarks == ("service 2: id stands twice",)


@pytest.mark.parametrize("text", ["[", "service = 1", "other = 1", 'service = ["x"]'])
def test_what_is_no_list_allows_nobody(text: str) -> None:
    read = read_allow_list(text)
    assert read.services == ()
    assert bool(read.remarks) == (text != "service = 1")


@pytest.mark.parametrize(
    ("base", "allowed"),
    [
        ("https://a.example", True),
        ("https://a.example:8443/cds", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", False),  # a name may lead anywhere
        ("http://a.example", False),
        ("http://127.0.0.1.a.example", False),
        ("https://name:word@a.example", False),
        ("https://a.example?x=1", False),
        ("https://a.example#x", False),
        ("https://[broken", False),
        ("https://a.example:99999", False),
        ("ftp://a.example", False),
        ("https://", False),
        ("", False),
    ],
)
def test_a_service_is_reached_by_tls_or_on_this_machine(base: str, allowed: bool) -> None:  # noqa: FBT001
    assert is_allowed_address(base) is allowed


# --- tokens ------------------------------------------------------------------------------------


class Tokens:
    """A client's tokens and a server that knows its key."""

    def __init__(self, issuers: tuple[str, ...] = ()) -> None:
        self.clock = SteppedClock()
        self.kept: dict[str, bytes] = {}
        self.key = ServiceKey(self.kept.get, self.kept.__setitem__)
        self.tokens = ServiceTokens(self.key, "us", self.clock, RandomIds())
        known = KeySet.import_key_set(self.key.public())  # type: ignore[arg-type]  # a JWKS
        self.check = TokenCheck(known, self.clock, issuers)

    def made(self, **claims: object) -> str:
        now = int(NOW.timestamp())
        told = {"iss": "us", "aud": HERE, "iat": now, "exp": now + 60, "jti": "j", **claims}
        key = self.key.private()
        told = {name: value for name, value in told.items() if value is not None}
        header = {"alg": "ES384", "kid": key.thumbprint()}
        return jwt.encode(header, told, key, algorithms=["ES384"])


def test_the_key_is_made_once_and_its_private_half_stays() -> None:
    first = Tokens()
    again = ServiceKey(first.kept.get, first.kept.__setitem__)

    assert again.public() == first.key.public()
    (told,) = first.key.public()["keys"]  # type: ignore[misc]
    assert "d" not in told
    assert (told["kty"], told["crv"], told["alg"]) == ("EC", "P-384", "ES384")


def test_a_key_that_cannot_be_read_is_not_made_anew() -> None:
    with pytest.raises(AppError) as caught:
        ServiceKey(lambda _: b"rubbish", dict[str, bytes]().__setitem__).private()
    assert caught.value.fault.message.code == "cds.key-damaged"


def test_clients_are_known_by_a_key_set() -> None:
    it = Tokens()
    check = TokenCheck.of(json.dumps(it.key.public()).encode(), it.clock)

    assert check.admits(it.tokens.bearer(HERE), HERE)


@pytest.mark.parametrize("jwks", [b"rubbish", b"[]", b"{}", b"3"])
def test_what_is_no_key_set_admits_nobody(jwks: bytes) -> None:
    with pytest.raises(AppError) as caught:
        TokenCheck.of(jwks, SteppedClock())
    assert caught.value.fault.message.code == "cds.keys-unreadable"


def test_a_token_is_good_for_a_minute() -> None:
    for seconds, good in ((0, True), (60, True), (89, True), (91, False)):
        it = Tokens()
        token = it.tokens.bearer(HERE)
        it.clock.step(seconds=seconds)
        assert it.check.admits(token, HERE) is good


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example"},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"exp": "soon"},
        {"exp": int(NOW.timestamp()) - 31},
        {"iat": int(NOW.timestamp()) + 31},
        {"exp": int(NOW.timestamp()) + 3600},  # made to last
        {"iss": "them"},
        {"iss": None},
    ],
)
def test_a_token_of_another_making_is_refused(claims: dict[str, object]) -> None:
    it = Tokens(("us",))
    assert it.check.admits(it.made(), HERE)
    assert it.check.admits(it.made(jti="k", aud=["https://other.example", HERE]), HERE)
    assert not it.check.admits(it.made(**{"jti": "m", **claims}), HERE)


def test_a_token_of_another_key_or_algorithm_is_refused() -> None:
    it = Tokens()
    claims = jwt.decode(it.made(), it.key.private(), algorithms=["ES384"]).claims
    foreign = ECKey.generate_key("P-384")
    none = it.made().rsplit(".", 1)[0] + "."
    secret = OctKey.import_key("a secret that is long enough for this")

    for token in (
        jwt.encode(
            {"alg": "ES384", "kid": foreign.thumbprint()}, claims, foreign, algorithms=["ES384"]
        ),
        jwt.encode({"alg": "HS256"}, claims, secret),
        none,
        "",
        "a.b.c",
        "é",
    ):
        assert not it.check.admits(token, HERE)
    assert it.check.admits(it.made(), HERE)


def test_a_token_is_used_once_and_the_list_of_them_does_not_grow() -> None:
    it = Tokens()
    it.check._seen = {f"us {n}": NOW.timestamp() for n in range(65_536)}
    assert not it.check.admits(it.tokens.bearer(HERE), HERE)

    it.clock.step(seconds=3600)
    token = it.tokens.bearer(HERE)

    assert it.check.admits(token, HERE) and not it.check.admits(token, HERE)
    assert len(it.check._seen) == 1


# --- the breaker -------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["fails", "answers", "waits"]), max_size=40))
def test_a_breaker_lets_nobody_through_within_a_minute_of_the_third_failure(
    course: list[str],
) -> None:
    clock = SteppedClock()
    breaker = Breaker(clock)
    row, closed_until = 0, None
    for step in course:
        if step == "waits":
            clock.step(seconds=25)
            continue
        now = clock.monotonic()
        expected = closed_until is None or now >= closed_until
        assert breaker.admits() is expected
        if not expected:
            continue
        if step == "answers":
            breaker.answered()
            row, closed_until = 0, None
        else:
            breaker.failed()
            row += 1
            closed_until = now + 60 if row >= 3 else None
