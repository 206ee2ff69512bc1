"""Signing in at the embedded demo repository, which takes name and password itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import requests

from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.directory import Credentials, SignedIn, Tokens
from sync.oidc import WhoIs
from sync.oidc_answers import checked_json


class DemoDirectory:
    """`Directory` for demo, training and tests; the password goes to 127.0.0.1 and nowhere else."""

    in_browser = False

    def __init__(
        self, base_url: str, who_is: WhoIs, clock: Clock, *, timeout: float = 30.0
    ) -> None:
        self._base = base_url.rstrip("/")
        self._who_is = who_is
        self._clock = clock
        self._timeout = timeout

    def sign_in(self, credentials: Credentials | None, cancelled: Callable[[], bool]) -> SignedIn:
        """Ask the demo directory.

        Raises:
            AppError: `SIGNED_OUT` for a wrong name or password, `OFFLINE` when it is not there.
        """
        if credentials is None or cancelled():
            raise app_error(FaultKind.REFUSED, "fault.cancelled", "no credentials")
        fields = self._post(
            "auth/demo-sign-in",
            {"username": credentials.username, "password": credentials.password},
        )
        tokens = self._tokens(fields)
        user = str(fields.get("fhirUser", ""))
        return SignedIn(self._who_is(user, fields, tokens.access), tokens)

    def refresh(self, tokens: Tokens) -> Tokens:
        """Fresh tokens for the rotated refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        try:
            answer = requests.post(
                f"{self._base}/auth/token", data=form, timeout=(10.0, self._timeout)
            )
        except requests.exceptions.RequestException as error:
            raise app_error(
                FaultKind.OFFLINE, "signin.hospital-unreachable", type(error).__name__
            ) from error
        return self._tokens(checked_json(answer.status_code, answer.content))

    def _post(self, path: str, body: Mapping[str, str]) -> dict[str, object]:
        try:
            answer = requests.post(
                f"{self._base}/{path}", json=dict(body), timeout=(10.0, self._timeout)
            )
        except requests.exceptions.RequestException as error:
            raise app_error(
                FaultKind.OFFLINE, "signin.hospital-unreachable", type(error).__name__
            ) from error
        return checked_json(answer.status_code, answer.content)

    def _tokens(self, fields: Mapping[str, object]) -> Tokens:
        lifetime = fields.get("expires_in", 300)
        seconds = int(lifetime) if isinstance(lifetime, (int, str)) else 300
        return Tokens(
            str(fields.get("access_token", "")),
            str(fields.get("refresh_token", "")),
            self._clock.now() + timedelta(seconds=seconds),
        )
