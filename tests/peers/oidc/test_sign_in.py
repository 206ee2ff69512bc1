"""The sign-in adapter against oidc-provider: what it takes, and everything it must not take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from app.domain.people import Role
from app.kernel.clock import SystemClock
from app.kernel.faults import AppError, FaultKind
from app.ports.directory import Tokens
from sync.cdr.serving import EmbeddedCdr
from sync.oidc import OidcDirectory
from sync.who_is import RepositoryIdentity
from tests.peers.oidc.provider import Provider
from tests.support.browser import Browser, Person

pytestmark = pytest.mark.peers

Make = Callable[..., OidcDirectory]


@pytest.fixture
def make(provider: Provider, browser: Browser) -> Iterator[Make]:
    """Directories as the workstation builds them, with our browser in place of the system's."""
    made: list[OidcDirectory] = []

    def make(
        base: str = provider.base_url, client: str = "wardone", **more: float
    ) -> OidcDirectory:
        who_is = RepositoryIdentity(base, timeout=10)
        made.append(
            OidcDirectory(
                base, client, browser.open, who_is, SystemClock(), **({"patience": 20.0} | more)
            )
        )  # type: ignore[arg-type]  # seconds
        return made[-1]

    yield make
    for directory in made:
        directory.close()


def never() -> bool:
    return False


def refused(directory: OidcDirectory, cancelled: Callable[[], bool] = never) -> tuple[str, str]:
    """Kind and words of the fault that signing in ends in."""
    with pytest.raises(AppError) as caught:
        directory.sign_in(None, cancelled)
    return caught.value.fault.kind.name, caught.value.fault.message.code


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


# --- what it takes ----------------------------------------------------------------------------


def test_a_clinician_signs_in_and_is_who_the_repository_says(make: Make, browser: Browser) -> None:
    arrived = make().sign_in(None, never)

    assert arrived.identity.practitioner == "dr-wang"
    assert arrived.identity.username == "wang"
    assert arrived.identity.name.name == "王医生"
    assert arrived.identity.role is Role.ATTENDING
    assert arrived.identity.wards == ("ward-7",)
    assert arrived.tokens.access
    assert arrived.tokens.refresh
    assert "Sign in" in browser.pages[0]


def test_the_request_carries_what_the_standards_ask_for(
    make: Make, browser: Browser, provider: Provider
) -> None:
    make().sign_in(None, never)

    asked = query(browser.opened[0])
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["aud"] == provider.base_url
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback", asked["redirect_uri"])
    assert {"openid", "fhirUser", "offline_access"} < set(asked["scope"].split())


def test_who_it_is_may_stand_in_userinfo_alone(make: Make, provider: Provider) -> None:
    provider.mode(userinfoOnly=True)

    assert make().sign_in(None, never).identity.practitioner == "dr-wang"


def test_a_wrong_password_stays_in_the_browser_and_a_right_one_follows(
    make: Make, browser: Browser
) -> None:
    browser.person = Person(tries=("wrong", "rounds-at-eight"))

    assert make().sign_in(None, never).identity.username == "wang"
    assert "Wrong name or password" in browser.pages[1]


def test_the_next_clinician_at_the_same_browser_is_asked_who_they_are(
    make: Make, browser: Browser, provider: Provider
) -> None:
    """A ward PC is shared, and its browser still knows the colleague."""
    make().sign_in(None, never)
    before = provider.logins
    browser.person = Person(name="li")

    arrived = make().sign_in(None, never)

    assert provider.logins == before + 1
    assert arrived.identity.practitioner == "nurse-li"
    assert arrived.identity.role is Role.NURSE


# --- what it does not take --------------------------------------------------------------------


def test_a_password_that_stays_wrong_ends_when_the_patience_does(
    make: Make, browser: Browser
) -> None:
    browser.person = Person(tries=("wrong", "wrong again"))

    assert refused(make(patience=1.0)) == ("REFUSED", "signin.browser-timeout")
    assert "Wrong name or password" in browser.pages[-1]


def test_a_browser_that_is_closed_ends_when_the_patience_does(make: Make, browser: Browser) -> None:
    browser.closes = True

    assert refused(make(patience=0.4)) == ("REFUSED", "signin.browser-timeout")
    assert browser.returned == []


def test_the_user_gives_up_at_the_workstation(make: Make, browser: Browser) -> None:
    browser.closes = True

    assert refused(make(), lambda: True) == ("REFUSED", "fault.cancelled")


def test_the_user_gives_up_in_the_browser(make: Make, browser: Browser) -> None:
    browser.person = Person(presses=("Cancel",))

    assert refused(make()) == ("SIGNED_OUT", "signin.declined")


def test_an_answer_with_another_state_is_not_ours(make: Make, browser: Browser) -> None:
    browser.tampers = lambda answer: answer | {"state": "of-somebody-else"}

    assert refused(make()) == ("SIGNED_OUT", "signin.answer-not-ours")


def test_an_answer_of_another_issuer_is_not_ours(
    make: Make, browser: Browser, provider: Provider
) -> None:
    browser.tampers = lambda answer: answer | {"iss": "https://somebody.else.example"}

    assert refused(make()) == ("SIGNED_OUT", "signin.answer-not-ours")
    assert query(browser.returned[0])["iss"] == provider.issuer


def test_a_code_of_another_sign_in_does_not_fit_our_verifier(make: Make, browser: Browser) -> None:
    """RFC 7636: a stolen code is worth nothing without the verifier it was asked for with."""
    browser.tampers = lambda answer: answer | {"state": "kept-back"}
    refused(make())
    stolen = query(browser.returned[0])["code"]
    browser.tampers = lambda answer: answer | {"code": stolen}

    assert refused(make()) == ("SIGNED_OUT", "signin.hospital-refused")
    assert query(browser.returned[1])["code"] != stolen


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:9/elsewhere"},
        {"redirect_uri": "http://192.0.2.1/callback"},
        {"code_challenge_method": "plain"},
        {"aud": "https://another.repository.example/fhir"},
    ],
    ids=lambda changed: next(iter(changed)) + "=" + next(iter(changed.values())),
)
def test_the_provider_sends_nobody_back_for_a_request_that_is_not_ours(
    make: Make, browser: Browser, changed: dict[str, str]
) -> None:
    """Its strictness is what the tests above lean on."""
    make().sign_in(None, never)
    address, _, asked = browser.opened[0].partition("?")
    with requests.Session() as http:
        wrong = {**{n: v[0] for n, v in parse_qs(asked).items()}, **changed}
        answer = http.get(f"{address}?{urlencode(wrong)}", allow_redirects=False, timeout=10)

    assert "code=" not in answer.headers.get("Location", "")
    assert answer.status_code >= 300
    assert "/interaction/" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "defect",
    ["issuer", "audience", "party", "expired", "nonce", "key", "payload", "unsigned"],
)
def test_an_id_token_with_one_thing_wrong_is_not_trusted(
    make: Make, provider: Provider, defect: str
) -> None:
    provider.mode(defect=defect)

    assert refused(make()) == ("SIGNED_OUT", "signin.token-not-trusted")


@pytest.mark.parametrize("name", ["patient", "elsewhere", "clerk"])
def test_somebody_who_is_no_clinician_of_this_repository_is_refused(
    make: Make, browser: Browser, name: str
) -> None:
    browser.person = Person(name=name)

    assert refused(make()) == ("REFUSED", "signin.no-fhir-user")


def test_a_program_that_the_hospital_does_not_know_is_told_so(make: Make, browser: Browser) -> None:
    """The provider shows a page and sends nobody back; the workstation waits in vain."""
    assert refused(make(client="another", patience=1.0)) == ("REFUSED", "signin.browser-timeout")
    assert "invalid_client" in browser.pages[0]


def test_a_server_without_such_a_sign_in_says_so(make: Make, repository: EmbeddedCdr) -> None:
    assert refused(make(f"{repository.base_url}/nowhere")) == ("REFUSED", "signin.not-offered")


# --- afterwards -------------------------------------------------------------------------------


def test_the_refresh_token_is_rotated_and_the_new_ones_are_good(
    make: Make, provider: Provider
) -> None:
    directory = make()
    first = directory.sign_in(None, never).tokens

    second = directory.refresh(first)
    third = directory.refresh(second)

    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert len({first.access, second.access, third.access}) == 3
    again = RepositoryIdentity(provider.base_url)("Practitioner/dr-wang", {}, third.access)
    assert again.practitioner == "dr-wang"


def test_an_old_refresh_token_ends_the_whole_sign_in(make: Make) -> None:
    """Somebody has a copy: neither of the two is let in any more (RFC 9700 §4.14.2)."""
    directory = make()
    first = directory.sign_in(None, never).tokens
    second = directory.refresh(first)

    assert not_refreshed(directory, first) == (FaultKind.SIGNED_OUT, "signin.hospital-again")
    assert not_refreshed(directory, second) == (FaultKind.SIGNED_OUT, "signin.hospital-again")


def test_a_closed_account_is_signed_out(make: Make, provider: Provider) -> None:
    directory = make()
    tokens = directory.sign_in(None, never).tokens
    provider.close_account("wang")

    assert not_refreshed(directory, tokens) == (FaultKind.SIGNED_OUT, "signin.hospital-again")


def test_without_a_refresh_token_the_hospital_is_asked_again(make: Make) -> None:
    directory = make()
    tokens = replace(directory.sign_in(None, never).tokens, refresh="")

    assert not_refreshed(directory, tokens) == (FaultKind.SIGNED_OUT, "signin.hospital-again")


def test_a_provider_that_is_down_is_offline_and_nothing_is_lost(
    make: Make, repository: EmbeddedCdr, tmp_path: Path, browser: Browser
) -> None:
    other = Provider(repository.base_url, tmp_path / "log.txt")
    directory = make(other.base_url)
    tokens = directory.sign_in(None, never).tokens
    other.stop()

    assert refused(directory) == ("OFFLINE", "signin.hospital-unreachable")
    assert not_refreshed(directory, tokens) == (FaultKind.OFFLINE, "signin.hospital-unreachable")
    assert len(browser.opened) == 1


def not_refreshed(directory: OidcDirectory, tokens: Tokens) -> tuple[FaultKind, str]:
    with pytest.raises(AppError) as caught:
        directory.refresh(tokens)
    return caught.value.fault.kind, caught.value.fault.message.code
