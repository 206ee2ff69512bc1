"""Builds the sign-in page, its presenter, and the wires between them."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.people import Session
from app.services.signing_in import SigningIn
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.shell.sign_in.page import SignInPage
from ui.shell.sign_in.presenter import SignInPresenter


def open_sign_in(
    desk: Desk,
    signing_in: SigningIn,
    signed_in: Callable[[Session], None],
    *,
    demo: bool,
    dressing: Dressing | None = None,
) -> SignInPage:
    """Build the page, its presenter, and the wires between them.

    Without a `dressing` the looks chosen on the page hold for this run only.
    """
    worn = dressing or Dressing(desk.languages, desk.look, desk.runner)
    page = SignInPage(desk, worn)
    presenter = SignInPresenter(page, signing_in, desk.scope(), signed_in, demo=demo)
    page.keep(presenter)
    page.user_chosen.connect(presenter.choose_user)
    page.unlock_requested.connect(presenter.unlock)
    page.hospital_requested.connect(presenter.ask_hospital)
    page.enrol_requested.connect(presenter.enrol)
    page.hospital_wanted.connect(presenter.go_to_hospital)
    page.back_wanted.connect(presenter.go_back)
    page.cancel_wanted.connect(presenter.cancel)
    page.retry_wanted.connect(presenter.try_again)
    return page
