"""The reads over the encrypted file, filled and rebuilt by the store itself."""

from __future__ import annotations

from pathlib import Path

from app.domain.terms import Ref, WardId
from localdb.projections.all import all_projectors
from localdb.reads.chart import SqlChartReads
from localdb.reads.ward import SqlWardReads
from localdb.rebuilding import rebuild
from tests.support import builders as b
from tests.support import order_builders as o
from tests.support.cache_kit import (
    NOW,
    PATIENT,
    SCOPE,
    a_cache,
    a_piece,
    an_act,
    enrol,
    incoming,
    send_all,
)


def test_what_the_store_writes_the_screens_read_also_after_a_rebuild(tmp_path: Path) -> None:
    documents = (
        b.a_ward(),
        b.a_bed(),
        b.a_patient(),
        b.an_encounter(location="bed-12"),
        b.an_allergy(),
        b.an_observation(flag="HH"),
    )
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        store, reads = opened.sync_store, SqlChartReads(opened.cache)
        wards = SqlWardReads(opened.cache, lambda: NOW, lambda _: ())
        enrol(opened)
        store.put_scopes((SCOPE,))
        store.apply(a_piece(*(incoming(document) for document in documents), as_of=NOW))
        opened.acts.commit(an_act("g-1", o.a_medication_request(), kind="order.place"))

        saved = reads.overview(PATIENT, NOW)
        board = wards.board(WardId("ward-7"))
        with opened.cache.write() as connection:
            rebuild(connection, all_projectors())
        rebuilt = reads.overview(PATIENT, NOW)
        send_all(opened)
        sent = reads.overview(PATIENT, NOW)

    assert saved is not None and sent is not None
    assert rebuilt == saved
    assert [line.unsent for line in saved.medications] == ["saved"]
    assert [line.unsent for line in sent.medications] == [""]
    assert saved.versions == ((Ref("AllergyIntolerance/allergy-1"), "1"),)
    assert (Ref("MedicationRequest/med-1"), "1") in sent.versions
    assert board.rows[0].pending.unsent == 1
    assert board.rows[0].pending.critical_results == 1
    assert saved.banner.as_of == NOW
