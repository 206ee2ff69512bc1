"""IT gives somebody an account at a repository that came from files alone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from app.commands.command_line import run
from app.domain.people import Post, Role
from app.domain.terms import PractitionerId, WardId
from app.fhir.document import parse
from app.fhir.people import read_role
from sync.cdr.directory import StaffDirectory, User
from sync.cdr.serving import CdrSettings, EmbeddedCdr, open_directory, open_store
from tests.cdr.kit import TickingClock
from tests.support.builders import a_practitioner, a_role, a_ward

Type = Callable[[str], None]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A repository with two wards and one practitioner, who has a post of a foreign kind."""
    feed = tmp_path / "feed.ndjson"
    foreign = {**a_role(), "code": [{"text": "Hospitalist"}]}
    wards = (a_ward(), a_ward("ward-9", "骨科九病区", "Orthopaedics 9"))
    documents = (*wards, a_practitioner(english="Dr Wang"), foreign)
    feed.write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    assert run(["cdr", "load", "--file", str(tmp_path / "cdr.sqlite3"), str(feed)]) == 0
    return tmp_path / "cdr.sqlite3"


@pytest.fixture
def type_(monkeypatch: pytest.MonkeyPatch) -> Type:
    """What stands on the standard input of the next command."""
    return lambda said: monkeypatch.setattr("sys.stdin", io.StringIO(said))


@contextmanager
def _directory(database: Path) -> Iterator[StaffDirectory]:
    directory = open_directory(CdrSettings(database=database), TickingClock())
    try:
        yield directory
    finally:
        directory.close()


def _add(database: Path, *more: str) -> int:
    return run(["cdr", "user", "add", "--file", str(database), *more])


def _user(database: Path, username: str, password: str) -> User | None:
    with _directory(database) as directory:
        return directory.check_password(username, password)


def _post(database: Path, key: str) -> Post:
    store = open_store(database)
    try:
        version = store.current("PractitionerRole", key)
        assert version is not None
        return read_role(parse(version.body))
    finally:
        store.close()


def test_after_loading_it_says_which_wards_there_are_and_what_to_do_next(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["cdr", "load", "--file", str(database), str(tmp_path / "feed.ndjson")])
    said = capsys.readouterr().out
    assert "ward-9" in said
    assert f"cdr user add --file {database} NAME" in said
    assert "enrol --username NAME" in said


def test_somebody_new_gets_an_account_a_person_and_a_post(database: Path, type_: Type) -> None:
    type_("a-good-password\n")
    told = ["tanaka", "--role", "nurse", "--ward", "Orthopaedics 9", "--name", "田中"]
    assert _add(database, *told) == 0

    user = _user(database, "tanaka", "a-good-password")
    assert user is not None
    assert (user.practitioner, user.display) == ("Practitioner/staff-tanaka", "田中")
    post = _post(database, "post-tanaka")
    assert (post.role, post.wards) == (Role.NURSE, (WardId("ward-9"),))
    assert post.practitioner == PractitionerId("staff-tanaka")


def test_a_person_of_the_record_keeps_name_and_other_posts(database: Path, type_: Type) -> None:
    type_("a-good-password\n")
    told = ["wang", "--role", "attending", "--ward", "all", "--practitioner", "dr-wang"]
    assert _add(database, *told) == 0

    user = _user(database, "wang", "a-good-password")
    assert user is not None
    assert (user.practitioner, user.display, user.display_en) == (
        "Practitioner/dr-wang",
        "王医生",
        "Dr Wang",
    )
    assert _post(database, "post-wang").wards == (WardId("ward-7"), WardId("ward-9"))
    assert _post(database, "role-1").role is None


def test_adding_again_changes_password_and_wards(database: Path, type_: Type) -> None:
    for password, ward in (("the-first-one", "ward-7"), ("the-second-one", "ward-9")):
        type_(password)
        assert _add(database, "tanaka", "--role", "nurse", "--ward", ward) == 0

    assert _user(database, "tanaka", "the-first-one") is None
    assert _user(database, "tanaka", "the-second-one") is not None
    assert _post(database, "post-tanaka").wards == (WardId("ward-9"),)


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        (["tanaka", "--role", "nurse", "--ward", "nowhere"], "a-good-password"),
        (["tanaka", "--role", "nurse", "--practitioner", "nobody"], "a-good-password"),
        (["ta naka", "--role", "nurse"], "a-good-password"),
        (["tanaka", "--role", "nurse"], ""),
    ],
)
def test_what_cannot_be_done_leaves_no_account(
    database: Path, type_: Type, told: list[str], typed: str
) -> None:
    type_(typed)
    assert _add(database, *told) == 1
    with _directory(database) as directory:
        assert directory.users() == ()


def test_a_password_cannot_be_given_where_others_see_it(database: Path) -> None:
    with pytest.raises(SystemExit):
        _add(database, "tanaka", "--role", "nurse", "--password", "seen-by-everybody")


def test_a_repository_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        _add(tmp_path / "typo.sqlite3", "tanaka", "--role", "nurse")
    assert list(tmp_path.iterdir()) == []


def test_a_closed_account_signs_in_no_more_until_it_is_opened_again(
    database: Path, type_: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    type_("a-good-password")
    _add(database, "tanaka", "--role", "nurse")
    named = ["--file", str(database), "tanaka"]

    assert run(["cdr", "user", "disable", *named]) == 0
    assert _user(database, "tanaka", "a-good-password") is None
    run(["cdr", "user", "list", "--file", str(database)])
    assert "(closed)" in capsys.readouterr().out

    assert run(["cdr", "user", "enable", *named]) == 0
    assert _user(database, "tanaka", "a-good-password") is not None
    assert run(["cdr", "user", "disable", "--file", str(database), "nobody"]) == 1


def test_a_server_that_is_running_knows_a_new_account_and_its_post(
    database: Path, type_: Type
) -> None:
    with EmbeddedCdr(CdrSettings(database=database)) as cdr:
        requests.get(f"{cdr.base_url}/metadata", timeout=30).raise_for_status()
        type_("a-good-password")
        assert _add(database, "tanaka", "--role", "nurse", "--ward", "ward-9") == 0

        given = requests.post(
            f"{cdr.base_url}/auth/demo-sign-in",
            json={"username": "tanaka", "password": "a-good-password"},
            timeout=30,
        ).json()
        posts = requests.get(
            f"{cdr.base_url}/PractitionerRole?practitioner=Practitioner/staff-tanaka",
            headers={"Authorization": f"Bearer {given['access_token']}"},
            timeout=30,
        ).json()

    assert [one["resource"]["id"] for one in posts["entry"]] == ["post-tanaka"]
