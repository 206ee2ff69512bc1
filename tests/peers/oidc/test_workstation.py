"""A whole workstation at a hospital whose sign-in and tokens are oidc-provider's."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.commands.demo import enrol_workstation
from app.config import load
from app.domain.notes import NoteDraft
from app.domain.people import Session
from app.domain.sending import Connection, SendingStatus
from app.domain.terms import EncounterId, PatientId
from app.kernel.faults import AppError, FaultKind
from app.kernel.tasks import CancelToken
from app.main import Services, Workstation, synchronise
from app.services.signing_in import Newcomer
from sync.cdr.serving import EmbeddedCdr
from tests.peers.oidc.provider import Provider
from tests.support.browser import Browser

pytestmark = pytest.mark.peers

PASSPHRASE = "reads-every-single-chart"  # noqa: S105 - of a workstation made for a test
PATIENT, STAY = PatientId("li-ming"), EncounterId("stay-1")


def never() -> bool:
    return False


@pytest.fixture
def system_browser(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """The browser that Python finds on this system is ours, for one test."""
    monkeypatch.setattr(webbrowser, "open", browser.open)
    return browser


@pytest.fixture
def work(provider: Provider, system_browser: Browser, folder: Path) -> Iterator[Workstation]:
    """A workstation as IT sets it up: the hospital's address, and nothing else."""
    del system_browser
    with closing(workstation(provider, folder)) as found:
        yield found


def workstation(provider: Provider, folder: Path) -> Workstation:
    told = {"server": provider.base_url}
    return Workstation(load(told, environment={}, policy_folders=[], folder=folder))


def arrive(work: Workstation) -> Session:
    """Sign in at the hospital; the first time, choose a passphrase and enrol the workstation."""
    arrived = work.signing_in.at_the_hospital(None, never)
    if isinstance(arrived, Newcomer):
        arrived = work.signing_in.enrol(arrived, PASSPHRASE)
        enrol_workstation(work, arrived)
    return arrived


@pytest.fixture
def serve(work: Workstation) -> Iterator[Callable[[Session], Services]]:
    made: list[Services] = []

    def serve(session: Session) -> Services:
        services = work.services()
        services.tokens.attend(session)
        services.engine.follow(session.clinician.wards, session.clinician.id)
        made.append(services)
        return services

    yield serve
    for services in made:
        services.close()


def a_round(services: Services, session: Session) -> SendingStatus:
    synchronise(services, session, CancelToken())
    return services.engine.status()


def sign_a_note(services: Services, session: Session, text: str) -> None:
    seen = services.charts.seen(session, PATIENT)
    services.notes.sign(session, NoteDraft(PATIENT, STAY, title="查房", text=text), seen)


def notes_at(repository: EmbeddedCdr) -> int:
    return repository.store.counts().get("DocumentReference", 0)


Serve = Callable[[Session], Services]


def test_a_ward_round_with_tokens_of_a_foreign_provider(
    work: Workstation, serve: Serve, repository: EmbeddedCdr, provider: Provider
) -> None:
    """They live for less than a minute, so that every round of it renews them."""
    before, refreshed = notes_at(repository), provider.refreshes
    session = arrive(work)
    services = serve(session)

    a_round(services, session)
    sign_a_note(services, session, "患者一般情况可。")
    status = a_round(services, session)

    assert status.connection is Connection.ONLINE
    assert status.waiting == 0
    assert notes_at(repository) == before + 1
    assert provider.refreshes > refreshed


def test_rotated_tokens_are_kept_in_the_cache_and_serve_after_a_restart(
    work: Workstation, serve: Serve, provider: Provider, folder: Path, system_browser: Browser
) -> None:
    session = arrive(work)
    first = work.signing_in.tokens(session)
    services = serve(session)
    assert services.tokens() is not None
    second = work.signing_in.tokens(session)
    assert first is not None
    assert second is not None
    assert first.refresh != second.refresh
    services.close()
    work.close()

    with closing(workstation(provider, folder)) as again:
        reopened = again.signing_in.offline("wang", PASSPHRASE)
        assert again.signing_in.tokens(reopened) == second
        assert again.signing_in.renew(reopened).online
    assert len(system_browser.opened) == 1


def test_a_closed_account_holds_what_was_signed_until_somebody_signs_in(
    work: Workstation, serve: Serve, repository: EmbeddedCdr, provider: Provider
) -> None:
    session = arrive(work)
    services = serve(session)
    a_round(services, session)
    before = notes_at(repository)
    sign_a_note(services, session, "已与家属沟通。")
    provider.close_account("wang")

    held = a_round(services, session)

    assert held.connection is Connection.SIGNED_OUT
    assert held.waiting == 1
    assert notes_at(repository) == before
    with pytest.raises(AppError) as caught:
        work.signing_in.renew(session)
    assert caught.value.fault.kind is FaultKind.SIGNED_OUT

    provider.reset()
    session = arrive(work)
    services.tokens.attend(session)
    sent = a_round(services, session)

    assert sent.connection is Connection.ONLINE
    assert sent.waiting == 0
    assert notes_at(repository) == before + 1


def test_with_the_hospital_down_one_unlocks_and_writes_and_it_waits(
    repository: EmbeddedCdr, folder: Path, tmp_path: Path, system_browser: Browser
) -> None:
    hospital = Provider(repository.base_url, tmp_path / "log.txt")
    with closing(workstation(hospital, folder)) as work:
        session = arrive(work)
        services = work.services()
        services.tokens.attend(session)
        services.engine.follow(session.clinician.wards, session.clinician.id)
        a_round(services, session)
        hospital.stop()

        with pytest.raises(AppError) as caught:
            work.signing_in.at_the_hospital(None, never)
        unlocked = work.signing_in.offline("wang", PASSPHRASE)
        sign_a_note(services, unlocked, "夜间巡视，生命体征平稳。")
        status = a_round(services, unlocked)
        waiting = [item.act for item in services.queue.items(unlocked)]
        services.close()

    assert caught.value.fault.kind is FaultKind.OFFLINE
    assert caught.value.fault.message.code == "signin.hospital-unreachable"
    assert not unlocked.online
    assert status.connection is Connection.OFFLINE
    assert waiting.count("note.sign") == 1
    assert len(system_browser.opened) == 1
