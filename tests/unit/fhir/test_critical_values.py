"""The read-back of a critical value as a Communication."""

from __future__ import annotations

from app.fhir.critical_values import READ_BACK, is_read_back, read_about, read_read_back
from app.fhir.document import Document
from app.fhir.loop_documents import read_mark
from app.fhir.valuesets import STEP

SAID: Document = {
    "resourceType": "Communication",
    "id": "c",
    "status": "completed",
    "category": [{"coding": [{"system": STEP, "code": READ_BACK}]}],
    "about": [{"reference": "Observation/k"}],
    "received": "2026-11-25T08:03:00Z",
    "recipient": [{"reference": "Practitioner/li", "display": "李护士"}],
    "sender": {"display": "检验科 张"},
    "payload": [{"contentString": "6.9 mmol/L"}],
}


def test_it_is_the_step_of_the_closed_loop() -> None:
    mark = read_mark(SAID)

    assert mark is not None
    assert (mark.steps, mark.status) == (("READBACK",), "completed")
    assert mark.at is not None
    assert is_read_back(SAID)
    assert read_about(SAID) == "Observation/k"


def test_a_message_is_none() -> None:
    message = {key: value for key, value in SAID.items() if key != "category"}

    assert not is_read_back(message)
    assert read_read_back(message) is None


def test_one_that_nobody_dated_says_nothing() -> None:
    undated = {key: value for key, value in SAID.items() if key != "received"}

    assert is_read_back(undated)
    assert read_read_back(undated) is None
    assert read_read_back(SAID) is not None
