from __future__ import annotations

import pytest

from app.domain.order_reasons import DEEDS, MOST_REASONS, OrderReason
from app.fhir.valuesets import STATUS_REASON
from app.kernel.faults import AppError, FaultKind
from app.services.order_reasons import order_reasons, reason_in


def a_reason(deed: str, code: str) -> OrderReason:
    return next(one for one in order_reasons(deed) if one.code == code)


@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_has_reasons_for_its_keys_and_one_that_is_open(deed: str) -> None:
    found = order_reasons(deed)

    assert 0 < len(found) <= MOST_REASONS
    assert any(one.needs_text for one in found)
    assert {one.name.system for one in found} == {STATUS_REASON}


def test_what_asks_for_no_reason_has_none() -> None:
    assert order_reasons("resume") == ()


def test_a_reason_is_recorded_in_the_language_of_who_gives_it() -> None:
    improved = a_reason("stop", "improved")

    assert improved.said("", "en") == "improved, no longer needed"
    assert improved.said(" 体温正常三天 ", "zh_CN") == "病情好转，不再需要 — 体温正常三天"


def test_an_open_reason_needs_words() -> None:
    other = a_reason("stop", "other")

    with pytest.raises(AppError) as refused:
        other.said("  ", "en")

    assert refused.value.fault.kind is FaultKind.REFUSED
    assert refused.value.fault.message.code == "order.reason-needs-words"
    assert other.said("asked for by the family", "en") == "other — asked for by the family"


@pytest.mark.parametrize(
    ("recorded", "language", "read"),
    [
        ("不良反应 — 皮疹", "en", "adverse reaction — 皮疹"),
        ("adverse reaction — rash", "zh_CN", "不良反应 — rash"),
        ("疑似不良反应 — 皮疹", "en", "suspected adverse reaction — 皮疹"),
        ("不良反应", "en", "adverse reaction"),
        ("皮疹明显", "en", "皮疹明显"),
    ],
)
def test_a_recorded_reason_is_read_in_the_language_of_the_reader(
    recorded: str, language: str, read: str
) -> None:
    assert reason_in(language, "adverse-reaction", recorded) == read


def test_a_reason_of_another_pack_stays_as_it_was_recorded() -> None:
    assert reason_in("en", "of-another-pack", "缺货") == "缺货"
    assert reason_in("en", "", "缺货") == "缺货"
