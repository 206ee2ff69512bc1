from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cdr.outcome import Refusal
from sync.cdr.patching import patched, read_patch
from tests.cdr.kit import Wire, a_patient

BEFORE = {"resourceType": "Patient", "a": [1, 2, 3], "b": {"c": "d"}, "x/y": "z", "m~n": "o"}


@pytest.mark.parametrize(
    ("operation", "path", "after"),
    [
        ({"op": "add", "path": "/e", "value": 1}, "e", 1),
        ({"op": "add", "path": "/a/1", "value": 9}, "a", [1, 9, 2, 3]),
        ({"op": "add", "path": "/a/3", "value": 9}, "a", [1, 2, 3, 9]),
        ({"op": "add", "path": "/a/-", "value": 9}, "a", [1, 2, 3, 9]),
        ({"op": "remove", "path": "/a/0"}, "a", [2, 3]),
        ({"op": "remove", "path": "/b/c"}, "b", {}),
        ({"op": "replace", "path": "/a/2", "value": 9}, "a", [1, 2, 9]),
        ({"op": "replace", "path": "/x~1y", "value": 9}, "x/y", 9),
        ({"op": "replace", "path": "/m~0n", "value": 9}, "m~n", 9),
        ({"op": "move", "from": "/a/0", "path": "/a/2"}, "a", [2, 3, 1]),
        ({"op": "copy", "from": "/b", "path": "/e"}, "e", {"c": "d"}),
        ({"op": "test", "path": "/b/c", "value": "d"}, "b", {"c": "d"}),
    ],
)
def test_operations(operation: dict, path: str, after: object) -> None:
    assert patched(BEFORE, [operation])[path] == after


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"op": "remove", "path": "/never"}, 422),
        ({"op": "replace", "path": "/never", "value": 1}, 422),
        ({"op": "add", "path": "/a/4", "value": 1}, 422),
        ({"op": "add", "path": "/a/x", "value": 1}, 422),
        ({"op": "add", "path": "/a/-1", "value": 1}, 422),
        ({"op": "add", "path": "/never/e", "value": 1}, 422),
        ({"op": "add", "path": "/e"}, 422),
        ({"op": "test", "path": "/b/c", "value": "e"}, 422),
        ({"op": "move", "from": "/never", "path": "/e"}, 422),
        ({"op": "remove", "path": ""}, 422),
        ({"op": "add", "path": "e", "value": 1}, 422),
        ({"op": "turn", "path": "/a"}, 400),
        ({"op": "add"}, 400),
        ("add", 400),
    ],
)
def test_what_does_not_fit_is_refused(operation: dict | str, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        patched(BEFORE, [operation])

    assert refused.value.status == status


@given(st.lists(st.sampled_from(["/a/0", "/a/1", "/b/c", "/never", "/a/-"]), max_size=5))
def test_the_document_itself_is_never_changed(paths: list[str]) -> None:
    before = {"a": [1, 2], "b": {"c": [1]}}
    with contextlib.suppress(Refusal):
        patched(before, [{"op": "add", "path": path, "value": {}} for path in paths])

    assert before == {"a": [1, 2], "b": {"c": [1]}}


def test_decimals_of_a_patch_keep_their_digits() -> None:
    (operation,) = read_patch(b'[{"op":"add","path":"/e","value":72.50}]')

    assert str(patched({}, [operation])["e"]) == str(Decimal("72.50"))


def test_a_patch_over_the_wire(wire: Wire) -> None:
    wire.put(a_patient())
    kind = "application/json-patch+json"
    patch = [{"op": "add", "path": "/gender", "value": "male"}]

    stale = wire.ask("PATCH", "Patient/p-one", patch, content_type=kind, if_match='W/"9"')
    done = wire.ask("PATCH", "Patient/p-one", patch, content_type=kind, if_match='W/"1"')
    invalid = wire.ask(
        "PATCH",
        "Patient/p-one",
        [{"op": "add", "path": "/gender", "value": "x"}],
        content_type=kind,
    )
    other = wire.ask(
        "PATCH",
        "Patient/p-one",
        [{"op": "replace", "path": "/id", "value": "q"}],
        content_type=kind,
    )

    assert [a.status for a in (stale, done, invalid, other)] == [412, 200, 422, 422]
    assert wire.get("Patient/p-one").version == "2"
    assert wire.ask("PATCH", "Patient/never", patch, content_type=kind).status == 404
    assert wire.ask("PATCH", "Patient/p-one", b"{}", content_type=kind).status == 400
    assert wire.ask("PATCH", "Patient/p-one", patch, content_type="text/plain").status == 415
