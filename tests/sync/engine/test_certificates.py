"""A server that does not prove who it is gets nothing, and IT is told why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.sending import Connection
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same
from tests.sync.engine.tls import Authority, Front


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def front(hospital: Hospital, authority: Authority) -> Iterator[Front]:
    with Front(hospital.base_url, authority.certificate()).serving() as front:
        yield front


@pytest.fixture
def desk(open_desk: Open, front: Front, authority: Authority) -> Desk:
    desk = open_desk(base_url=front.base_url, ca_bundle=str(authority.bundle))
    desk.enrol()
    assert desk.round().trouble is None
    desk.disconnect()  # the next round begins with a new connection, as after a night
    return desk


def bad(kind: str, authority: Authority, folder: Path) -> tuple[Path, str]:
    """A certificate that must not be believed, and what of it IT is told."""
    if kind == "expired":
        return authority.certificate(ended=True), "expired"
    if kind == "of another host":
        return authority.certificate("other.invalid"), "mismatch"
    stranger = folder / "stranger"
    stranger.mkdir()
    return Authority(stranger).certificate(), "unable to get local issuer"


@pytest.mark.parametrize("kind", ["expired", "of another host", "of a stranger"])
def test_nothing_is_sent_to_a_server_whose_certificate_is(
    desk: Desk, front: Front, authority: Authority, tmp_path: Path, kind: str
) -> None:
    desk.sign_note("n")
    shown, said = bad(kind, authority, tmp_path)
    front.show(shown)
    before = front.passed

    told = desk.later()

    assert told.trouble is not None
    assert told.trouble.code == "sync.verdict.certificate"
    assert (told.connection, told.waiting) == (Connection.OFFLINE, 1)
    assert said in told.trouble_detail
    assert front.passed == before
    front.show(authority.certificate())
    assert desk.later().all_sent
    assert_nothing_waits(desk)
    desk.later()
    assert_same(desk)


def test_a_variable_of_the_environment_does_not_replace_the_hospitals_authority(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Authority(other).bundle))

    assert desk.later().trouble is None
