"""A code is not for the eye: a task without words of its own is named by its kind."""

from __future__ import annotations

import pytest

from app.domain.chart import WorkItem
from app.domain.terms import TaskId
from app.fhir.alerts import DOSE_AFTER_STOP
from tests.support.desk_kit import a_desk
from ui.inbox.words import InboxWords


def an_item(kind: str = "task", title: str = DOSE_AFTER_STOP, body: str = "") -> WorkItem:
    code = DOSE_AFTER_STOP if kind == "task" else ""
    return WorkItem(TaskId("t"), kind, code, title, "requested", None, body=body)


@pytest.mark.parametrize(
    ("item", "title"),
    [
        (an_item(), "A dose was given after the order was stopped"),
        (an_item(body="氯化钾"), "氯化钾"),
        (an_item(title="请处理"), "请处理"),
        (an_item("message", title="", body=""), "(no title)"),
    ],
)
def test_a_task_is_titled_in_words(item: WorkItem, title: str) -> None:
    words = InboxWords(a_desk())

    expected = words.text("inbox.no_title") if title == "(no title)" else title
    assert words.title(item) == expected


def test_what_kind_of_task_it_is_stands_beside_its_title() -> None:
    said = InboxWords(a_desk()).kind(an_item(body="氯化钾"))

    assert said == "A dose was given after the order was stopped"
