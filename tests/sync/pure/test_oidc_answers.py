"""What a sign-in answers is taken only where everything in it is as it must be."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from app.kernel.faults import AppError
from sync.oidc_answers import (
    Asked,
    Discovered,
    authorize_url,
    challenge,
    checked_claims,
    checked_code,
    checked_json,
    checked_provider,
    fhir_user,
    read_endpoints,
    read_tokens,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BASE = "https://cdr.hospital.example/fhir"
ISSUER = "https://sign-in.hospital.example"
FOUND = Discovered(ISSUER, f"{ISSUER}/auth", f"{ISSUER}/token", f"{ISSUER}/jwks")
ASKED = Asked("wardone", BASE, "http://127.0.0.1:49152/callback", "st-1", "no-1", "v" * 43)
DESCRIBED: dict[str, object] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "code_challenge_methods_supported": ["S256"],
}
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "aud": "wardone",
    "sub": "wang",
    "iat": int(NOW.timestamp()),
    "exp": int((NOW + timedelta(minutes=5)).timestamp()),
    "nonce": "no-1",
    "fhirUser": "Practitioner/dr-wang",
}


@functools.cache
def rsa(name: str = "a") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@functools.cache
def elliptic() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "e"})


def keys(*found: object) -> dict[str, object]:
    return {"keys": list(found)}


def public(key: RSAKey | ECKey, **more: str) -> dict[str, object]:
    return {**key.as_dict(private=False), **more}


def token(key: RSAKey | ECKey | OctKey | None = None, alg: str = "RS256", **more: object) -> str:
    claims = {n: v for n, v in {**CLAIMS, **more}.items() if v is not None}
    return jwt.encode({"alg": alg}, claims, key or rsa(), algorithms=[alg])


def fault(error: pytest.ExceptionInfo[AppError]) -> tuple[str, str]:
    return error.value.fault.kind.name, error.value.fault.message.code


# --- endpoints --------------------------------------------------------------------------------


def test_the_endpoints_are_read() -> None:
    assert read_endpoints(DESCRIBED, BASE) == FOUND


def test_a_server_that_says_nothing_of_challenges_is_taken() -> None:
    silent = {n: v for n, v in DESCRIBED.items() if n != "code_challenge_methods_supported"}

    assert read_endpoints(silent, BASE) == FOUND


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": ""},
        {"jwks_uri": None},
        {"token_endpoint": 7},
        {"token_endpoint": "http://sign-in.hospital.example/token"},
        {"authorization_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "https:"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_endpoints_that_are_missing_or_less_protected_are_refused(
    changed: dict[str, object],
) -> None:
    with pytest.raises(AppError) as error:
        read_endpoints(DESCRIBED | changed, BASE)

    assert fault(error) == ("REFUSED", "signin.not-offered")


def test_where_the_repository_has_no_tls_the_sign_in_need_not() -> None:
    plain = DESCRIBED | {"token_endpoint": "http://127.0.0.1:8000/token"}

    assert read_endpoints(plain, "http://127.0.0.1:8571/fhir").token == plain["token_endpoint"]


def test_an_issuer_describes_itself_and_nobody_else() -> None:
    assert checked_provider(DESCRIBED, ISSUER) == DESCRIBED
    with pytest.raises(AppError) as error:
        checked_provider(DESCRIBED, f"{ISSUER}/tenant")

    assert fault(error) == ("REFUSED", "signin.not-offered")


# --- the way to the browser and back ----------------------------------------------------------


def test_the_challenge_is_the_one_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_browser_is_sent_with_everything_and_never_with_the_verifier() -> None:
    address = authorize_url(FOUND, ASKED)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{ISSUER}/auth?response_type=code&")
    assert asked["state"] == "st-1"
    assert asked["nonce"] == "no-1"
    assert asked["aud"] == BASE
    assert asked["code_challenge"] == challenge(ASKED.verifier)
    assert asked["prompt"] == "login consent"
    assert ASKED.verifier not in address


def test_a_query_that_the_endpoint_has_is_kept() -> None:
    policy = Discovered(ISSUER, f"{ISSUER}/auth?policy=ward", FOUND.token, FOUND.jwks)

    assert authorize_url(policy, ASKED).startswith(f"{ISSUER}/auth?policy=ward&response_type=code&")


def test_a_code_is_taken_with_or_without_the_name_of_the_issuer() -> None:
    answer = {"state": ["st-1"], "code": ["c-1"]}

    assert checked_code(answer, "st-1", ISSUER) == "c-1"
    assert checked_code(answer | {"iss": [ISSUER]}, "st-1", ISSUER) == "c-1"


@pytest.mark.parametrize(
    ("changed", "kind", "code"),
    [
        ({"state": ["st-2"]}, "SIGNED_OUT", "signin.answer-not-ours"),
        ({"state": ["státe"]}, "SIGNED_OUT", "signin.answer-not-ours"),
        ({"iss": ["https://somebody.else.example"]}, "SIGNED_OUT", "signin.answer-not-ours"),
        ({"code": [""]}, "SIGNED_OUT", "signin.answer-not-ours"),
        ({"error": ["access_denied"]}, "SIGNED_OUT", "signin.declined"),
        ({"error": ["invalid_scope"]}, "SIGNED_OUT", "signin.not-registered"),
        ({"error": ["login_required"]}, "SIGNED_OUT", "signin.hospital-refused"),
        ({"error": ["server_error"]}, "OFFLINE", "signin.hospital-in-trouble"),
    ],
)
def test_an_answer_that_is_no_yes(changed: dict[str, list[str]], kind: str, code: str) -> None:
    with pytest.raises(AppError) as error:
        checked_code({"state": ["st-1"], "code": ["c-1"]} | changed, "st-1", ISSUER)

    assert fault(error) == (kind, code)


def test_an_error_with_a_foreign_state_says_nothing_to_us() -> None:
    with pytest.raises(AppError) as error:
        checked_code({"error": ["access_denied"]}, "st-1", ISSUER)

    assert fault(error) == ("SIGNED_OUT", "signin.answer-not-ours")


# --- answers of the token endpoint ------------------------------------------------------------


def test_a_json_object_is_read() -> None:
    assert checked_json(200, b'{"access_token": "a"}') == {"access_token": "a"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, b'{"error": "invalid_grant"}', "SIGNED_OUT", "signin.hospital-refused"),
        (401, b'{"error": "invalid_client"}', "SIGNED_OUT", "signin.not-registered"),
        (400, b'{"error": "temporarily_unavailable"}', "OFFLINE", "signin.hospital-in-trouble"),
        (400, b'{"error": 7}', "REFUSED", "signin.not-offered"),
        (403, b"<html>blocked</html>", "REFUSED", "signin.not-offered"),
        (429, b"", "OFFLINE", "signin.hospital-in-trouble"),
        (503, b"{}", "OFFLINE", "signin.hospital-in-trouble"),
        (404, b"{}", "REFUSED", "signin.not-offered"),
        (302, b"{}", "REFUSED", "signin.not-offered"),
        (200, b"<html>a portal</html>", "REFUSED", "signin.not-offered"),
        (200, b"\xff\xfe\xfd", "REFUSED", "signin.not-offered"),
        (200, b"[]", "REFUSED", "signin.not-offered"),
    ],
)
def test_an_answer_that_is_none(status: int, body: bytes, kind: str, code: str) -> None:
    with pytest.raises(AppError) as error:
        checked_json(status, body)

    assert fault(error) == (kind, code)


@given(st.integers(100, 599), st.binary(max_size=80))
def test_any_answer_is_an_object_or_a_fault(status: int, body: bytes) -> None:
    try:
        found = checked_json(status, body)
    except AppError:
        return
    assert status == 200
    assert found == json.loads(body)


def test_tokens_are_read_and_a_refresh_token_that_was_not_rotated_is_kept() -> None:
    fields: dict[str, object] = {"access_token": "a", "token_type": "bearer", "expires_in": 60}

    kept = read_tokens(fields, "old", NOW)
    rotated = read_tokens(fields | {"refresh_token": "new"}, "old", NOW)

    assert (kept.access, kept.refresh) == ("a", "old")
    assert kept.expires_at == NOW + timedelta(seconds=60)
    assert rotated.refresh == "new"
    assert read_tokens(fields | {"refresh_token": None}, "old", NOW).refresh == "old"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), (None, 300), ("soon", 300), (1.5, 300), (-7, 0), (10**30, 86400)],
)
def test_a_lifetime_is_a_sane_number_of_seconds(said: object, seconds: int) -> None:
    found = read_tokens({"access_token": "a", "expires_in": said}, "", NOW)

    assert found.expires_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "fields", [{}, {"access_token": ""}, {"access_token": "a", "token_type": "mac"},
               {"access_token": "a", "token_type": 1}]
)  # fmt: skip
def test_an_answer_without_a_bearer_token_is_not_trusted(fields: dict[str, object]) -> None:
    with pytest.raises(AppError) as error:
        read_tokens(fields, "", NOW)

    assert fault(error) == ("SIGNED_OUT", "signin.token-not-trusted")


# --- the id_token -----------------------------------------------------------------------------


def claims_of(id_token: str, found: dict[str, object] | None = None) -> dict[str, object]:
    return checked_claims(id_token, found or keys(public(rsa())), ISSUER, ASKED, NOW)


@pytest.mark.parametrize("audience", ["wardone", ["wardone"]])
def test_a_good_token_gives_its_claims(audience: object) -> None:
    assert claims_of(token(aud=audience))["fhirUser"] == "Practitioner/dr-wang"


def test_a_token_for_several_programs_names_the_one_it_was_made_for() -> None:
    good = token(aud=["wardone", "another"], azp="wardone")

    assert claims_of(good)["azp"] == "wardone"


def test_every_kind_of_key_that_providers_use() -> None:
    assert claims_of(token(alg="RS384"))["sub"] == "wang"
    assert claims_of(token(elliptic(), "ES256"), keys(public(elliptic())))["sub"] == "wang"


def test_the_key_is_found_among_others_of_which_some_are_strange() -> None:
    """A key that we cannot read belongs to something else of the provider's."""
    strange = [{"kty": "FUTURE"}, {"kty": "RSA"}, "no key", public(elliptic())]

    assert claims_of(token(), keys(*strange, public(rsa("b")), public(rsa())))["sub"] == "wang"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://somebody.else.example"},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["wardone", "another"]},
        {"aud": ["wardone", "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "no-2"},
        {"exp": int((NOW - timedelta(minutes=6)).timestamp())},
        {"exp": "tomorrow"},
        {"iat": int((NOW + timedelta(minutes=6)).timestamp())},
        {"nbf": int((NOW + timedelta(minutes=6)).timestamp())},
        {"sub": 7},
        {"iss": None},
        {"aud": None},
        {"nonce": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_with_one_claim_wrong_is_not_trusted(changed: dict[str, object]) -> None:
    with pytest.raises(AppError) as error:
        claims_of(token(**changed))

    assert fault(error) == ("SIGNED_OUT", "signin.token-not-trusted")


def test_five_minutes_of_a_clock_that_is_off_are_forgiven() -> None:
    late = token(exp=int((NOW - timedelta(minutes=4)).timestamp()))

    assert claims_of(late)["sub"] == "wang"


@pytest.mark.parametrize(
    "found",
    [
        keys(public(rsa("b"))),
        keys(public(elliptic())),
        keys(public(rsa(), use="enc")),
        keys(),
        {"keys": "none"},
        {"error": "none"},
    ],
    ids=["another", "another kind", "for secrecy", "none", "no list", "no keys"],
)
def test_a_signature_by_no_key_of_the_issuer_is_not_trusted(found: dict[str, object]) -> None:
    with pytest.raises(AppError) as error:
        claims_of(token(), found)

    assert fault(error) == ("SIGNED_OUT", "signin.token-not-trusted")


def test_a_shared_secret_signs_nothing() -> None:
    """Whoever reads a secret in the published keys could sign with it (RFC 8725 §3.1)."""
    secret = OctKey.import_key({"kty": "oct", "k": "a2tr" * 12, "kid": "a"})

    with pytest.raises(AppError) as error:
        claims_of(token(secret, "HS256"), keys(secret.as_dict(private=True)))

    assert fault(error) == ("SIGNED_OUT", "signin.token-not-trusted")


@given(st.text(max_size=60))
def test_any_text_in_the_place_of_a_token_is_not_trusted(text: str) -> None:
    with pytest.raises(AppError) as error:
        claims_of(text)

    assert fault(error) == ("SIGNED_OUT", "signin.token-not-trusted")


# --- who it is --------------------------------------------------------------------------------


def test_the_id_token_says_who_it_is_or_userinfo_does() -> None:
    silent = {"sub": "wang"}

    assert fhir_user(CLAIMS, {}) == "Practitioner/dr-wang"
    assert fhir_user(silent, {"sub": "wang", "fhirUser": "Practitioner/1"}) == "Practitioner/1"


def test_userinfo_of_another_person_is_not_trusted() -> None:
    with pytest.raises(AppError) as error:
        fhir_user({"sub": "wang"}, {"sub": "li", "fhirUser": "Practitioner/nurse-li"})

    assert fault(error) == ("SIGNED_OUT", "signin.token-not-trusted")


@pytest.mark.parametrize("told", [{}, {"sub": "wang"}, {"sub": "wang", "fhirUser": 7}])
def test_nobody_is_guessed(told: dict[str, object]) -> None:
    with pytest.raises(AppError) as error:
        fhir_user({"sub": "wang"}, told)

    assert fault(error) == ("REFUSED", "signin.no-fhir-user")
