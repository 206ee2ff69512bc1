"""What a server must do, or no workstation enrols with it (architecture.md, Rulings)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.cdr.contract.peer import Peer, fresh, observation, patient, put_entry, register


@dataclass(frozen=True)
class Finding:
    good: bool
    said: str


def creates_by_put_with_our_id(peer: Peer) -> Finding:
    id_ = fresh()
    made = peer.put(patient(id_))
    found = peer.ask("GET", f"Patient/{id_}")
    good = made.status_code in (200, 201) and found.status_code == 200
    return Finding(good and found.json()["id"] == id_, f"{made.status_code}, {found.status_code}")


def takes_a_current_if_match_in_a_transaction(peer: Peer) -> Finding:
    id_ = fresh()
    peer.put(register(id_, 0))
    etag = f'W/"{peer.version(f"Basic/{id_}")}"'
    done = peer.transaction(put_entry(register(id_, 1), etag), put_entry(patient(id_)))
    good = done.status_code == 200 and _seq(peer, id_) == 1 and peer.is_there(f"Patient/{id_}")
    return Finding(good, f"{done.status_code}, register at {_seq(peer, id_)}")


def refuses_a_stale_if_match_in_a_transaction(peer: Peer) -> Finding:
    id_ = fresh()
    peer.put(register(id_, 0))
    etag = f'W/"{peer.version(f"Basic/{id_}")}"'
    peer.put(register(id_, 5))
    done = peer.transaction(put_entry(register(id_, 1), etag))
    return Finding(
        done.status_code >= 400 and _seq(peer, id_) == 5,
        f"{done.status_code}, register at {_seq(peer, id_)}",
    )


def rolls_back_the_neighbours_of_a_stale_if_match(peer: Peer) -> Finding:
    id_, before, after = fresh(), fresh(), fresh()
    peer.put(register(id_, 0))
    peer.put(patient(id_))
    etag = f'W/"{peer.version(f"Basic/{id_}")}"'
    peer.put(register(id_, 5))
    version = peer.version(f"Patient/{id_}")
    done = peer.transaction(
        put_entry(patient(before)),
        put_entry(patient(id_, gender="female")),
        put_entry(register(id_, 1), etag),
        put_entry(observation(after, id_)),
    )
    leaked = [p for p in (f"Patient/{before}", f"Observation/{after}") if peer.is_there(p)]
    if peer.version(f"Patient/{id_}") != version:
        leaked.append("an update")
    return Finding(
        done.status_code >= 400 and not leaked, f"{done.status_code}, {len(leaked)} leaked"
    )


def keeps_a_basic_with_its_extensions(peer: Peer) -> Finding:
    id_ = fresh()
    made = peer.put(register(id_, 42))
    found = peer.ask("GET", f"Basic/{id_}").json()
    good = made.status_code in (200, 201)
    kept = found.get("extension") == register(id_, 42)["extension"]
    return Finding(good and kept, f"{made.status_code}, extensions {'kept' if kept else 'lost'}")


def answers_in_the_order_asked(peer: Peer) -> Finding:
    ids = [fresh() for _ in range(5)]
    peer.put(patient(ids[1]))
    documents = [
        observation(ids[0], ids[4]),
        patient(ids[1], gender="male"),
        register(ids[2], 1),
        observation(ids[3], ids[1]),
        patient(ids[4]),
    ]
    done = peer.transaction(*(put_entry(document) for document in documents))
    entries = done.json().get("entry", []) if done.status_code == 200 else []
    places = [e.get("response", {}).get("location") or "" for e in entries]
    good = len(places) == len(ids) and all(
        f"{document['resourceType']}/{document['id']}" in place
        for place, document in zip(places, documents, strict=True)
    )
    return Finding(good, f"{done.status_code}, {len(places)} of {len(ids)} entries")


Case = Callable[[Peer], Finding]
CASES: tuple[Case, ...] = (
    creates_by_put_with_our_id,
    takes_a_current_if_match_in_a_transaction,
    refuses_a_stale_if_match_in_a_transaction,
    rolls_back_the_neighbours_of_a_stale_if_match,
    keeps_a_basic_with_its_extensions,
    answers_in_the_order_asked,
)


def _seq(peer: Peer, id_: str) -> int:
    found = peer.ask("GET", f"Basic/{id_}").json().get("extension", [])
    return next((e["valueInteger"] for e in found if "valueInteger" in e), -1)
