"""Signing in."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.people import Session
from app.services.signing_in import SigningIn
from ui.runtime.desk import Desk
from ui.shell.sign_in.page import SignInPage
from ui.shell.sign_in.presenter import SignInPresenter


def open_sign_in(
    desk: Desk, signing_in: SigningIn, signed_in: Callable[[Session], None], *, demo: bool
) -> SignInPage:
    """Build the page, its presenter, and the wires between them."""
    page = SignInPage(desk)
    presenter = SignInPresenter(page, signing_in, desk.scope(), signed_in, demo=demo)
    page.keep(presenter)
    page.unlock_requested.connect(presenter.unlock)
    page.hospital_requested.connect(presenter.ask_hospital)
    page.enrol_requested.connect(presenter.enrol)
    page.other_requested.connect(presenter.go_to_hospital)
    page.back_requested.connect(presenter.go_back)
    page.cancel_requested.connect(presenter.cancel)
    return page
