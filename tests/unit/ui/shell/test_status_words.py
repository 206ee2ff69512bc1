from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.sending import Connection, SendingStatus
from app.kernel.faults import Message
from resources.styles.tokens import Tone
from tests.support.desk_kit import NOW
from ui.runtime.language import Languages
from ui.shell.status_words import StatusPart, status_parts

CLEAN = SendingStatus(
    Connection.ONLINE,
    last_contact=NOW,
    last_sent=NOW,
    data_as_of=NOW,
    last_pass_complete=True,
)


def said(status: SendingStatus | None, language: str = "en") -> dict[str, StatusPart]:
    return {part.key: part for part in status_parts(status, Languages(language), NOW)}


@pytest.mark.parametrize(
    ("connection", "counts", "complete"),
    list(itertools.product(Connection, itertools.product((0, 1), repeat=4), (True, False))),
)
def test_all_sent_is_said_when_it_is_true_and_never_otherwise(
    connection: Connection,
    counts: tuple[int, int, int, int],
    complete: bool,  # noqa: FBT001 - a case
) -> None:
    waiting, conflicts, rejected, held = counts
    status = replace(
        CLEAN,
        connection=connection,
        waiting=waiting,
        conflicts=conflicts,
        rejected=rejected,
        held=held,
        last_pass_complete=complete,
    )

    for language, words in (("en", "All sent"), ("zh_CN", "已全部发送")):
        parts = said(status, language)
        claimed = any(words in part.text for part in parts.values())
        assert claimed is status.all_sent
        assert ("waiting" in parts, "conflict" in parts) == (bool(waiting), bool(conflicts))
        assert ("rejected" in parts, "held" in parts) == (bool(rejected), bool(held))
        assert all("⟦" not in part.text and part.text for part in parts.values())


def test_every_connection_has_a_word_and_an_icon_of_its_own() -> None:
    shown = {
        (p.text, p.icon)
        for c in Connection
        for p in [said(replace(CLEAN, connection=c))["connection"]]
    }

    assert len(shown) == len(Connection)
    assert all(icon for _, icon in shown)


def test_the_oldest_that_waits_has_its_moment_on_hover() -> None:
    status = replace(CLEAN, waiting=3, oldest_waiting=NOW - timedelta(minutes=4))

    waiting = said(status)["waiting"]

    assert waiting.text == "3 waiting (oldest 4 min)"
    assert waiting.hover == "Oldest from 24-Nov-2026 13:58:40"
    assert waiting.tone is Tone.LOCAL


def test_conflicts_are_counted() -> None:
    assert said(replace(CLEAN, conflicts=1))["conflict"].text == "1 in conflict"
    assert said(replace(CLEAN, conflicts=2))["conflict"].text == "2 in conflict"


def test_what_was_sent_yesterday_carries_its_date() -> None:
    status = replace(CLEAN, waiting=1, last_sent=NOW - timedelta(days=1))

    assert said(status)["sent"].text == "Sent 23-Nov-2026 14:02:40"


def test_nothing_heard_yet_is_no_state_of_the_line() -> None:
    assert [part.text for part in said(None).values()] == ["Starting"]


def test_data_that_never_came_is_said() -> None:
    assert said(replace(CLEAN, data_as_of=None))["data"].text == "No data from the hospital yet"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (59, None),
        (-120, "This PC's clock is 2 min off"),
        (300, "This PC's clock is 5 min off"),
        (301, "Clock 5 min off: signing stopped"),
    ],
)
def test_a_clock_that_is_off_is_said(seconds: int, words: str | None) -> None:
    part = said(replace(CLEAN, clock_skew_seconds=seconds)).get("clock")

    assert (part.text if part else None) == words


def test_progress_is_said_with_and_without_a_total() -> None:
    going = replace(CLEAN, connection=Connection.SYNCING, progress_done=1200)

    assert said(going)["progress"].text == "1,200 fetched"
    assert said(replace(going, progress_total=100_000))["progress"].text == (
        "1,200 of 100,000 fetched"
    )
    assert "progress" not in said(replace(going, connection=Connection.ONLINE))


def test_trouble_is_a_sentence_with_its_detail_on_hover() -> None:
    status = replace(CLEAN, trouble=Message.of("sync.verdict.throttled"), trouble_detail="429")

    part = said(status)["trouble"]

    assert part.text == "The server is busy. Sending continues in a moment."
    assert part.hover.endswith("\n429")
