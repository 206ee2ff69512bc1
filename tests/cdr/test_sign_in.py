"""The sign-in of the demo hospital, as a desktop client goes through it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from sync.cdr.directory import StaffDirectory, hash_password
from sync.cdr.serving import CdrSettings, EmbeddedCdr, World
from tests.cdr.kit import TickingClock

VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-43"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
REDIRECT = "http://127.0.0.1:49152/callback"
SESAME = "open sesame"
HASH = hash_password(SESAME)


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def cdr(clock: TickingClock) -> Iterator[EmbeddedCdr]:
    with EmbeddedCdr(CdrSettings(admin_secret="test-only"), World(clock=clock)) as started:  # noqa: S106 - a test
        started.directory.put_user("wang", HASH, "Practitioner/wang", "王芳", "nurse", "WANG Fang")
        yield started


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def query(cdr: EmbeddedCdr, **changed: str | None) -> dict[str, str]:
    asked: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "wardone",
        "redirect_uri": REDIRECT,
        "scope": "openid fhirUser offline_access user/*.cruds",
        "state": "st-1",
        "nonce": "no-1",
        "aud": cdr.base_url,
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (asked | changed).items() if value is not None}


def log_in(
    cdr: EmbeddedCdr, http: requests.Session, password: str = SESAME, **changed: str | None
) -> requests.Response:
    """Open the page and send its form, as a browser does."""
    page = http.get(f"{cdr.origin}/auth/authorize", params=query(cdr, **changed))
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket is not None, page.text
    form = {"ticket": ticket[1], "username": "wang", "password": password}
    return http.post(f"{cdr.origin}/auth/authorize", data=form, allow_redirects=False)


def code_of(answer: requests.Response) -> str:
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchange(cdr: EmbeddedCdr, http: requests.Session, **form: str) -> requests.Response:
    return http.post(f"{cdr.origin}/auth/token", data=form)


def tokens(cdr: EmbeddedCdr, http: requests.Session, **changed: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code_of(log_in(cdr, http)),
        "redirect_uri": REDIRECT,
        "client_id": "wardone",
        "code_verifier": VERIFIER,
    }
    return exchange(cdr, http, **(form | changed))


def read(cdr: EmbeddedCdr, http: requests.Session, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return http.get(f"{cdr.base_url}/Patient", headers=bearer).status_code


def test_the_whole_way_from_discovery_to_a_read(cdr: EmbeddedCdr, http: requests.Session) -> None:
    found = http.get(f"{cdr.base_url}/.well-known/smart-configuration").json()
    sent_back = log_in(cdr, http)
    given = tokens(cdr, http).json()
    keys = KeySet.import_key_set(http.get(found["jwks_uri"]).json())
    claims = jwt.decode(given["id_token"], keys, algorithms=["RS256"]).claims

    answer = parse_qs(urlsplit(sent_back.headers["Location"]).query)
    assert sent_back.headers["Location"].startswith(REDIRECT)
    assert (answer["state"], answer["iss"]) == (["st-1"], [found["issuer"]])
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (found["issuer"], "wardone", "no-1")
    assert claims["fhirUser"] == f"{cdr.base_url}/Practitioner/wang"
    assert (claims["name"], claims["role"]) == ("王芳", "nurse")
    assert read(cdr, http, given["access_token"]) == 200


def test_discovery_is_the_same_for_openid(cdr: EmbeddedCdr, http: requests.Session) -> None:
    smart = http.get(f"{cdr.base_url}/.well-known/smart-configuration").json()
    openid = http.get(f"{smart['issuer']}/.well-known/openid-configuration").json()
    statement = http.get(f"{cdr.base_url}/metadata").json()

    assert openid == smart
    uris = statement["rest"][0]["security"]["extension"][0]["extension"]
    assert {u["url"]: u["valueUri"] for u in uris}["token"] == smart["token_endpoint"]


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic d2FuZzp4"])
def test_without_a_good_token_there_is_a_challenge(
    cdr: EmbeddedCdr, http: requests.Session, token: str
) -> None:
    headers = {"Authorization": token} if token else {}

    answer = http.get(f"{cdr.base_url}/Patient", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.headers["Date"]
    assert http.get(f"{cdr.base_url}/metadata").status_code == 200


def test_an_access_token_ends_and_a_refresh_token_brings_the_next(
    cdr: EmbeddedCdr, http: requests.Session, clock: TickingClock
) -> None:
    first = tokens(cdr, http).json()
    clock.move(seconds=first["expires_in"] + 1)
    assert read(cdr, http, first["access_token"]) == 401

    form = {"grant_type": "refresh_token", "client_id": "wardone"}
    second = exchange(cdr, http, refresh_token=first["refresh_token"], **form).json()

    assert read(cdr, http, second["access_token"]) == 200
    assert second["refresh_token"] != first["refresh_token"]


def test_a_spent_refresh_token_ends_the_whole_family(
    cdr: EmbeddedCdr, http: requests.Session
) -> None:
    first = tokens(cdr, http).json()
    form = {"grant_type": "refresh_token", "client_id": "wardone"}
    second = exchange(cdr, http, refresh_token=first["refresh_token"], **form).json()

    replay = exchange(cdr, http, refresh_token=first["refresh_token"], **form)

    assert (replay.status_code, replay.json()) == (400, {"error": "invalid_grant"})
    assert read(cdr, http, second["access_token"]) == 401
    assert exchange(cdr, http, refresh_token=second["refresh_token"], **form).status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": VERIFIER + "x"},
        {"code": "guessed"},
        {"redirect_uri": "http://127.0.0.1:1/callback"},
        {"client_id": "other"},
        {"grant_type": "password"},
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_code_is_given_to_nobody_else(
    cdr: EmbeddedCdr, http: requests.Session, changed: dict[str, str]
) -> None:
    assert tokens(cdr, http, **changed).status_code == 400
    assert tokens(cdr, http).status_code == 200


def test_a_code_serves_once_and_not_for_long(
    cdr: EmbeddedCdr, http: requests.Session, clock: TickingClock
) -> None:
    used, late = code_of(log_in(cdr, http)), code_of(log_in(cdr, http))

    assert tokens(cdr, http, code=used).status_code == 200
    assert tokens(cdr, http, code=used).status_code == 400
    clock.move(minutes=3)
    assert tokens(cdr, http, code=late).status_code == 400


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"aud": "https://other.example/fhir"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_request_out_of_order_is_sent_back(
    cdr: EmbeddedCdr, http: requests.Session, changed: dict[str, str | None], error: str
) -> None:
    answer = http.get(
        f"{cdr.origin}/auth/authorize", params=query(cdr, **changed), allow_redirects=False
    )

    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == [error]


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "unknown"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1:1@evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1.evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1:1/other"},
        {"redirect_uri": "http://127.0.0.1:1/callback?next=x"},
        {"redirect_uri": "http://127.0.0.1:99999/callback"},
        {"redirect_uri": "myapp:/callback"},
    ],
)
def test_a_stranger_is_never_redirected_to(
    cdr: EmbeddedCdr, http: requests.Session, changed: dict[str, str]
) -> None:
    answer = http.get(
        f"{cdr.origin}/auth/authorize", params=query(cdr, **changed), allow_redirects=False
    )

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "<form" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:1", "127.0.0.1:65535", "127.0.0.1", "[::1]:8"])
def test_any_loopback_port_is_good(cdr: EmbeddedCdr, http: requests.Session, host: str) -> None:
    answer = log_in(cdr, http, redirect_uri=f"http://{host}/callback")

    assert answer.headers["Location"].startswith(f"http://{host}/callback?code=")


def test_a_wrong_password_shows_the_form_again_and_the_right_one_still_works(
    cdr: EmbeddedCdr, http: requests.Session
) -> None:
    wrong = log_in(cdr, http, password=SESAME[::-1])

    assert wrong.status_code == 403
    assert "<form" in wrong.text
    assert SESAME[::-1] not in wrong.text
    assert log_in(cdr, http).status_code == 303


def test_a_login_form_serves_once(cdr: EmbeddedCdr, http: requests.Session) -> None:
    form = {"ticket": "made-up", "username": "wang", "password": "open sesame"}

    answer = http.post(f"{cdr.origin}/auth/authorize", data=form, allow_redirects=False)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("languages", "word"),
    [("zh-CN,zh;q=0.9", "用户名"), ("en-GB", "User name"), ("fr", "User name"), ("", "User name")],
)
def test_the_page_speaks_the_language_of_the_browser(
    cdr: EmbeddedCdr, http: requests.Session, languages: str, word: str
) -> None:
    answer = http.get(
        f"{cdr.origin}/auth/authorize", params=query(cdr), headers={"Accept-Language": languages}
    )

    assert word in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("prefix", ["/auth", "/fhir/auth"])
def test_the_demo_takes_name_and_password_itself(
    cdr: EmbeddedCdr, http: requests.Session, prefix: str
) -> None:
    address = f"{cdr.origin}{prefix}/demo-sign-in"

    good = http.post(address, json={"username": "wang", "password": "open sesame"})
    bad = http.post(address, json={"username": "wang", "password": "x"})
    nobody = http.post(address, json={"username": "nobody", "password": "x"})
    again = exchange(
        cdr, http, grant_type="refresh_token", refresh_token=good.json()["refresh_token"]
    )

    assert read(cdr, http, good.json()["access_token"]) == 200
    assert good.json()["fhirUser"].endswith("/Practitioner/wang")
    assert (bad.status_code, nobody.status_code) == (401, 401)
    assert again.status_code == 200
    assert http.post(address, data=b"[]").status_code == 400
    assert http.post(address, data=b"{").status_code == 400


def test_the_demo_and_admin_places_can_be_away(http: requests.Session) -> None:
    with EmbeddedCdr(CdrSettings(demo_sign_in=False)) as cdr:
        demo = http.post(f"{cdr.origin}/auth/demo-sign-in", json={})
        admin = http.post(f"{cdr.origin}/auth/admin/revoke-user", data={"username": "wang"})

    assert (demo.status_code, admin.status_code) == (404, 404)


def test_a_withdrawn_account_is_out_at_once(cdr: EmbeddedCdr, http: requests.Session) -> None:
    given = tokens(cdr, http).json()

    cdr.directory.revoke("wang")

    form = {"grant_type": "refresh_token", "client_id": "wardone"}
    assert read(cdr, http, given["access_token"]) == 401
    assert exchange(cdr, http, refresh_token=given["refresh_token"], **form).status_code == 400
    assert log_in(cdr, http).status_code == 403
    cdr.directory.restore("wang")
    assert log_in(cdr, http).status_code == 303


def test_tokens_can_be_ended_for_a_test(cdr: EmbeddedCdr, http: requests.Session) -> None:
    given = tokens(cdr, http).json()
    form = {"grant_type": "refresh_token", "client_id": "wardone"}

    cdr.directory.expire_access("wang")

    assert read(cdr, http, given["access_token"]) == 401
    renewed = exchange(cdr, http, refresh_token=given["refresh_token"], **form).json()
    assert read(cdr, http, renewed["access_token"]) == 200
    cdr.directory.expire_refresh()
    assert exchange(cdr, http, refresh_token=renewed["refresh_token"], **form).status_code == 400


def test_other_processes_can_do_the_same_with_the_secret(
    cdr: EmbeddedCdr, http: requests.Session
) -> None:
    given = tokens(cdr, http).json()
    address = f"{cdr.origin}/auth/admin/expire-access"

    refused = http.post(address, headers={"Authorization": "Bearer guess"})
    assert (refused.status_code, read(cdr, http, given["access_token"])) == (403, 200)
    done = http.post(address, headers={"Authorization": "Bearer test-only"})

    assert (done.status_code, read(cdr, http, given["access_token"])) == (204, 401)


def test_a_revoked_token_ends(cdr: EmbeddedCdr, http: requests.Session) -> None:
    given = tokens(cdr, http).json()

    http.post(f"{cdr.origin}/auth/revoke", data={"token": given["refresh_token"]})

    assert read(cdr, http, given["access_token"]) == 401


def test_userinfo_says_who_it_is(cdr: EmbeddedCdr, http: requests.Session) -> None:
    given = tokens(cdr, http).json()
    bearer = {"Authorization": f"Bearer {given['access_token']}"}

    assert http.get(f"{cdr.origin}/auth/userinfo", headers=bearer).json()["sub"] == "wang"
    assert http.get(f"{cdr.origin}/auth/userinfo").status_code == 401


def test_users_tokens_and_the_key_survive_a_restart(tmp_path: Path, clock: TickingClock) -> None:
    path = tmp_path / "cdr.staff"
    first = StaffDirectory(path, clock)
    first.put_user("wang", HASH, "Practitioner/wang", "王芳", "nurse")
    user = first.check_password("wang", "open sesame")
    assert user is not None
    granted = first.grant(user, "wardone", "openid")
    key = first.signing_key().as_dict(private=False)
    first.close()

    again = StaffDirectory(path, clock)

    assert again.bearer(granted.access) == user
    assert again.signing_key().as_dict(private=False) == key
    again.close()
    stored = path.read_bytes()
    assert b"open sesame" not in stored
    assert granted.access.encode() not in stored
    assert granted.refresh.encode() not in stored
