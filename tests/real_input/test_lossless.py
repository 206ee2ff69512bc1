"""Nothing of what a feed said is changed on its way into the cache and out again."""

from __future__ import annotations

from localdb.bodies import unpack
from tests.real_input.conftest import EDGES, Hospital
from tests.real_input.lossless import altered, tables_that_changed


def test_every_document_is_kept_byte_for_byte(hospital: Hospital) -> None:
    kept = hospital.reader.refs()

    by_byte, by_meaning = altered(kept, hospital.served)

    assert (by_byte, by_meaning) == ([], [])
    assert len(kept.keys() & hospital.served.keys()) >= 40


@EDGES
def test_the_digits_of_a_decimal_are_kept(hospital: Hospital) -> None:
    kept = hospital.reader.refs()

    (body,) = [unpack(one) for ref, one in kept.items() if ref == "Observation/v-digits"]

    assert b'"value":72.50' in body


def test_projections_made_anew_are_the_projections_that_were_kept(hospital: Hospital) -> None:
    assert tables_that_changed(hospital.reader.cache) == []
