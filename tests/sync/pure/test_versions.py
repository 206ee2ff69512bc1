"""Which version is the newer, and when a server has lost history."""

from __future__ import annotations

import pytest

from sync.versions import (
    Order,
    Regression,
    Version,
    compare,
    if_match,
    regression,
    version_of_etag,
    version_of_location,
)
from tests.sync.pure.cases import at

UUID_1, UUID_2 = "0d9f3c1e-aaaa", "9c1b77d0-bbbb"


@pytest.mark.parametrize(
    ("new", "held", "order"),
    [
        (Version("10"), Version("9"), Order.NEWER),
        (Version("9"), Version("10"), Order.OLDER),
        (Version("9"), Version("9"), Order.SAME),
        (Version("9", at(0)), Version("10", at(60)), Order.OLDER),
        (Version("10", at(0)), Version("9", at(60)), Order.NEWER),
        (Version(UUID_1, at(60)), Version(UUID_2, at(0)), Order.NEWER),
        (Version(UUID_2, at(0)), Version(UUID_1, at(60)), Order.OLDER),
        (Version(UUID_1, at(0)), Version(UUID_2, at(0)), Order.UNKNOWN),
        (Version(UUID_1), Version(UUID_2, at(0)), Order.UNKNOWN),
        (Version(UUID_1, at(0)), Version(UUID_2), Order.UNKNOWN),
        (Version("10", at(60)), Version(UUID_2, at(0)), Order.NEWER),
        (Version("٣", at(60)), Version("4", at(0)), Order.NEWER),
        (Version("", at(0)), Version("4", at(60)), Order.OLDER),
    ],
)
def test_numbers_compare_as_numbers_and_other_ids_by_time_only(
    new: Version, held: Version, order: Order
) -> None:
    assert compare(new, held) is order


def test_a_version_that_goes_back_is_an_alarm_and_one_that_goes_on_is_not() -> None:
    assert regression(Version("6"), Version("7")) is Regression.WENT_BACK
    assert regression(Version("8"), Version("7")) is None
    assert regression(Version(UUID_1, at(0)), Version(UUID_2, at(1))) is Regression.WENT_BACK
    assert regression(Version(UUID_1, at(1)), Version(UUID_2, at(0))) is None
    assert regression(Version(UUID_1), Version(UUID_2)) is None


def test_one_version_with_two_contents_is_an_alarm() -> None:
    held = Version("7", None, "hash-1")

    changed = regression(Version("7", None, "hash-2"), held)

    assert changed is Regression.SAME_VERSION_OTHER_CONTENT
    assert regression(Version("7", None, "hash-1"), held) is None
    assert regression(Version("7"), held) is None


def test_etags_are_written_weak_and_read_either_way() -> None:
    assert if_match("7") == 'W/"7"'
    assert version_of_etag(' W/"7" ') == version_of_etag('"7"') == "7"
    assert version_of_etag("7") == version_of_etag("") == version_of_etag('"') == ""


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("Task/1/_history/7", ("Task/1", "7")),
        ("https://cdr.example/fhir/Task/1/_history/7", ("Task/1", "7")),
        ("Task/1", None),
        ("Task/1/_history/", None),
        ("a/Task/1/7", None),
        ("", None),
    ],
)
def test_locations_give_reference_and_version(location: str, found: tuple[str, str] | None) -> None:
    assert version_of_location(location) == found
