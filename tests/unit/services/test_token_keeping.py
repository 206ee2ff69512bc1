"""Which token goes out, and when none may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.people import Session
from app.kernel.faults import FaultKind, app_error
from app.ports.directory import Withheld
from app.services.token_keeping import TokenKeeper
from tests.unit.services.kit import Watch
from tests.unit.services.test_signing_in import House

SILENT = app_error(FaultKind.OFFLINE, "signin.hospital-unreachable", "ConnectionError")


class Seconds(Watch):
    """Its monotonic seconds go with its time."""

    def monotonic(self) -> float:
        return self.at.timestamp()


class Kept(House):
    """One workstation with somebody signed in, whose token ends after five minutes."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = self.enrolled()
        self.clock = Seconds()
        self.keeper = TokenKeeper(self.signing_in, self.clock)
        self.keeper.attend(self.entered)

    def later(self, **by: float) -> None:
        self.clock.at += timedelta(**by)
        self.watch.at = self.clock.at


def test_a_token_that_holds_goes_out_as_it_is() -> None:
    kept = Kept()
    kept.later(minutes=3)
    assert kept.keeper() == "a1"


def test_a_token_near_its_end_is_renewed_and_somebody_hears_of_it() -> None:
    kept = Kept()
    heard: list[Session] = []
    kept.keeper.renewed = heard.append
    kept.later(minutes=4, seconds=30)

    assert kept.keeper() == "a2"
    assert [one.clinician for one in heard] == [kept.entered.clinician]


def test_nobody_signed_in_sends_no_token() -> None:
    kept = Kept()
    kept.keeper.attend(None)
    assert kept.keeper() is None


def test_while_it_still_holds_a_silent_sign_in_keeps_nothing_up_and_is_asked_now_and_then() -> None:
    kept = Kept()
    kept.hospital.trouble = SILENT
    kept.later(minutes=4, seconds=10)
    assert kept.keeper() == "a1"

    kept.hospital.trouble = None
    kept.later(seconds=5)
    assert kept.keeper() == "a1"
    kept.later(seconds=15)
    assert kept.keeper() == "a2"


@pytest.mark.parametrize(
    "trouble", [SILENT, app_error(FaultKind.REFUSED, "signin.not-offered", "a portal")]
)
def test_a_token_whose_time_is_over_never_goes_out(trouble: Exception) -> None:
    kept = Kept()
    kept.hospital.trouble = trouble  # type: ignore[assignment]  # both are AppError
    kept.later(minutes=5)

    assert isinstance(kept.keeper(), Withheld)

    kept.hospital.trouble = None
    assert kept.keeper() == "a2"


def test_why_it_was_withheld_is_for_it_and_names_nobody() -> None:
    kept = Kept()
    kept.hospital.trouble = SILENT
    kept.later(minutes=6)
    assert kept.keeper() == Withheld("signin.hospital-unreachable ConnectionError")


def test_a_withdrawn_account_is_not_asked_about_again_until_somebody_signs_in() -> None:
    kept = Kept()
    kept.hospital.trouble = app_error(FaultKind.SIGNED_OUT, "signin.hospital-again")
    kept.later(minutes=5)
    assert kept.keeper() is None

    kept.hospital.trouble = None
    assert kept.keeper() is None
    kept.keeper.attend(kept.entered)
    assert kept.keeper() == "a2"
