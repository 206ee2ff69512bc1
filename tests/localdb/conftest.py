"""What several tests of the cache share."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa


@pytest.fixture(scope="session")
def hospital() -> rsa.RSAPrivateKey:
    """The hospital's recovery key; made once, for it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
