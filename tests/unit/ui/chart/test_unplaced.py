"""Documents without a page in words."""

from __future__ import annotations

import pytest

from localdb.projections.unplaced import NO_PAGE
from resources.catalogue import LANGUAGES, Catalogue


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_without_a_page_has_a_name(language: str) -> None:
    catalogue = Catalogue.load(language)
    names = {catalogue.text(f"kind.{_kebab(rtype)}") for rtype in NO_PAGE}
    assert len(names) == len(NO_PAGE)


def _kebab(rtype: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in rtype).lstrip("-")
