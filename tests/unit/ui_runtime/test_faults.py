from __future__ import annotations

import pytest

from app.kernel.faults import Fault, FaultKind, Message
from resources.catalogue import LANGUAGES, Catalogue
from ui.runtime.faults import SHOWINGS, Place, showing


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_of_fault_has_a_place_and_a_sentence_in_every_language(kind: FaultKind) -> None:
    shown = showing(Fault(kind, Message.of("x")))

    for language in LANGUAGES:
        catalogue = Catalogue.load(language)
        assert catalogue.has(shown.sentence)
        assert not shown.action or catalogue.has(shown.action)


def test_what_was_not_saved_stays_until_it_is_dealt_with() -> None:
    assert SHOWINGS[FaultKind.STORAGE].stays
    assert SHOWINGS[FaultKind.STORAGE].place is Place.BANNER
    assert not SHOWINGS[FaultKind.OFFLINE].stays
