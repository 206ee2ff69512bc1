"""Acknowledgements of orders by nurses, reviews by the pharmacy, and skin tests."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.order_tasks import read_review, read_verification
from app.fhir.skin_tests import read_skin_result
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.verification_tables import (
    REVIEWED,
    SKIN,
    VERIFIED,
    review_row,
    skin_row,
    skin_unread,
    verification_row,
    verification_unread,
)


class Verifications(Subject):
    kinds = frozenset({"verification"})
    rtypes = frozenset({"Task"})
    sheets = (verification_row, review_row)
    unread = verification_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        verified = read_verification(document)
        if verified is not None:
            yield Row(verification_row, (put.unsent, *VERIFIED.cells(verified)))
        reviewed = read_review(document)
        if reviewed is not None and put.patient is not None:
            yield Row(review_row, (put.patient, *REVIEWED.cells(reviewed)))


class SkinTests(Subject):
    kinds = frozenset[str]()  # the results tell of them already
    rtypes = frozenset({"Observation"})
    sheets = (skin_row,)
    unread = skin_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        del put
        result = read_skin_result(document)
        if result is not None:
            yield Row(skin_row, tuple(SKIN.cells(result)))
