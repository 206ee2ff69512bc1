"""A shared browser may remember a colleague: the id_token says when a password was typed."""

from __future__ import annotations

import pytest

from app.kernel.faults import AppError
from tests.sync.pure.test_oidc_answers import NOW, claims_of, token


@pytest.mark.parametrize("ago", [0, 299, 600])
def test_somebody_who_typed_a_password_for_this_sign_in_is_let_in(ago: int) -> None:
    assert claims_of(token(auth_time=int(NOW.timestamp()) - ago))["sub"] == "wang"


@pytest.mark.parametrize("ago", [601, 8 * 3600])
def test_a_browser_that_remembers_a_colleague_lets_nobody_in(ago: int) -> None:
    with pytest.raises(AppError) as refused:
        claims_of(token(auth_time=int(NOW.timestamp()) - ago))
    assert refused.value.fault.message.code == "signin.not-asked-anew"
