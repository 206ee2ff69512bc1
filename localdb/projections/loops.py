"""Evidence for closed loops: marks and links of documents, signatures of Provenances.

Which loop a mark belongs to is decided when it is read: the catalogue of loops may change without
the documents, and what follows an order may arrive before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from app.fhir.document import Document
from app.fhir.loop_documents import MARK_TYPES, links, read_mark, read_signatures
from localdb.projecting import Put
from localdb.projections.flat import Cell
from localdb.projections.loop_tables import (
    MARK,
    SIGNATURE,
    loop_link,
    loop_mark,
    loop_signature,
    loop_signature_unread,
    loop_unread,
)
from localdb.projections.subject import Row, Subject


class LoopMarks(Subject):
    kinds = frozenset[str]()  # whoever shows these documents tells of them already
    rtypes = MARK_TYPES
    sheets = (loop_mark, loop_link)
    unread = loop_unread
    about_a_patient = False  # a Location or a Device may be a step, too

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        mark = read_mark(document)
        if mark is None:
            return
        # Of what was changed here the server has no version yet.
        mark = replace(mark, version="" if put.unsent else put.version)
        cells = MARK.cells(mark)
        yield Row(loop_mark, (put.patient, _digest(put.patient, *cells), *cells))
        for target in links(document):
            yield Row(loop_link, (target, put.patient))


class LoopSignatures(Subject):
    kinds = frozenset({"loop"})
    rtypes = frozenset({"Provenance"})
    sheets = (loop_signature,)
    unread = loop_signature_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        del put
        for signature in {one.target: one for one in read_signatures(document)}.values():
            cells = SIGNATURE.cells(signature)
            yield Row(loop_signature, (_digest(*cells), *cells))


def _digest(*cells: Cell) -> int:
    """Forty bits: a sum over a million rows still fits SQLite's integers."""
    said = repr(cells).encode("ascii", "backslashreplace")
    return int.from_bytes(hashlib.blake2b(said, digest_size=5).digest(), "big")
