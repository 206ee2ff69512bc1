"""The ear on 127.0.0.1 hears one redirect, and nothing else."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
import requests

from app.kernel.faults import AppError
from sync.loopback import Loopback


def never() -> bool:
    return False


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=10)


def test_the_first_redirect_is_the_one_that_counts() -> None:
    with Loopback() as loopback:
        page = get(f"{loopback.redirect}?code=c-1&state=s-1")
        get(f"{loopback.redirect}?code=c-2&state=s-2")

        assert loopback.wait(5, never) == {"code": ["c-1"], "state": ["s-1"]}

    assert "关闭此页" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_another_path_is_nothing_to_us() -> None:
    """Browsers ask for an icon, and other programs for whatever they like."""
    with Loopback() as loopback:
        answer = get(loopback.redirect.replace("/callback", "/favicon.ico"))

        with pytest.raises(AppError) as caught:
            loopback.wait(0.4, never)

    assert answer.status_code == 404
    assert caught.value.fault.message.code == "signin.browser-timeout"


def test_who_gives_up_is_not_kept_waiting() -> None:
    with Loopback() as loopback, pytest.raises(AppError) as caught:
        loopback.wait(60, lambda: True)

    assert caught.value.fault.message.code == "fault.cancelled"


def test_a_connection_that_says_nothing_is_in_nobodys_way() -> None:
    """Browsers open connections ahead of time."""
    with Loopback() as loopback:
        port = urlsplit(loopback.redirect).port
        with socket.create_connection(("127.0.0.1", port or 0), timeout=5):
            get(f"{loopback.redirect}?code=c-1&state=s-1")

            assert loopback.wait(5, never)["code"] == ["c-1"]


def test_it_listens_on_this_machine_only_and_no_longer_than_needed() -> None:
    with Loopback() as loopback:
        parts = urlsplit(loopback.redirect)

    assert parts.hostname == "127.0.0.1"
    with pytest.raises(requests.exceptions.ConnectionError):
        get(loopback.redirect)
