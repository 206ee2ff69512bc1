"""What a server does where HAPI FHIR was said to have habits: each case gives a few words."""

from __future__ import annotations

import base64
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.cdr.contract.peer import Peer, fresh, observation, patient, put_entry

_PATCH = "application/json-patch+json"


def moment_of_a_transaction(peer: Peer) -> str:
    id_ = fresh()
    done = peer.transaction(
        put_entry(patient(id_)), *(put_entry(observation(fresh(), id_)) for _ in range(4))
    )
    stamps = {entry["response"]["lastModified"] for entry in done.json()["entry"]}
    digits = {len(part) for stamp in stamps for part in re.findall(r"\.(\d+)", stamp)}
    return f"{len(stamps)} moment for 5 entries, {digits.pop()} digits"


def order_of_commits(peer: Peer) -> str:
    """A long transaction is begun, and short writes are seen while it runs."""
    id_ = fresh()
    peer.put(patient(id_))
    entries = [put_entry(observation(fresh(), id_)) for _ in range(300)]
    ended: list[float] = []
    stamps: list[str] = []

    def long() -> None:
        other = Peer(peer.base)
        done = other.transaction(*entries)
        ended.append(time.monotonic())
        stamps.append(done.json()["entry"][0]["response"]["lastModified"])
        other.http.close()

    thread = threading.Thread(target=long)
    thread.start()
    seen: list[tuple[float, str]] = []
    while thread.is_alive():
        made = peer.put(observation(fresh(), id_)).json()
        seen.append((time.monotonic(), made["meta"]["lastUpdated"]))
    thread.join()
    overtook = any(at < ended[0] and stamp > stamps[0] for at, stamp in seen)
    return "later stamps are seen before earlier ones" if overtook else "in the order of stamps"


def pages_are_a_snapshot(peer: Peer) -> str:
    id_ = _with_observations(peer, 5)
    page = peer.ask("GET", f"Observation?patient={id_}&_count=2&_sort=_id").json()
    late = {peer.put(observation(fresh(), id_)).json()["id"] for _ in range(3)}
    found = _ids(page)
    while address := _next(page):
        page = peer.ask("GET", address).json()
        found += _ids(page)
    return f"{len(set(found) - late)} of 5, {len(set(found) & late)} of 3 that came meanwhile"


def page_of_an_unknown_search(peer: Peer) -> str:
    query = "_getpages=00000000-0000-4000-8000-000000000000&_getpagesoffset=2&_count=2"
    return str(peer.ask("GET", f"{peer.base}?{query}").status_code)


def page_sizes(peer: Peer) -> str:
    id_ = fresh()
    many = (put_entry(observation(fresh(), id_)) for _ in range(120))
    peer.transaction(put_entry(patient(id_)), *many)
    plain = len(peer.ids(f"Observation?patient={id_}"))
    asked = len(peer.ids(f"Observation?patient={id_}&_count=100"))
    return f"{plain} unasked, {asked} of 100 asked for"


def history_with_equal_moments(peer: Peer) -> str:
    id_ = fresh()
    since = peer.put(patient(id_)).json()["meta"]["lastUpdated"]
    ids = {fresh() for _ in range(30)}
    peer.transaction(*(put_entry(observation(one, id_)) for one in sorted(ids)))
    address = f"Observation/_history?_count=7&_since={requests.utils.quote(since)}"
    found: list[str] = []
    while address:
        page = peer.ask("GET", address).json()
        found += [one for one in _ids(page) if one in ids]
        address = _next(page)
    return f"{len(set(found))} of 30, {len(found) - len(set(found))} twice"


def history_while_it_grows(peer: Peer) -> str:
    id_ = fresh()
    for gender in ("male", "female", "other", "unknown"):
        peer.put(patient(id_, gender=gender))
    page = peer.ask("GET", f"Patient/{id_}/_history?_count=2").json()
    found = _versions(page)
    peer.put(patient(id_, gender="male"))
    while address := _next(page):
        page = peer.ask("GET", address).json()
        found += _versions(page)
    return " ".join(found)


def reads_and_writes_of_the_deleted(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    peer.ask("DELETE", f"Patient/{id_}")
    change = '[{"op":"add","path":"/gender","value":"male"}]'
    patched = peer.ask("PATCH", f"Patient/{id_}", change, content_type=_PATCH)
    read = peer.ask("GET", f"Patient/{id_}").status_code
    unknown = peer.ask("GET", f"Patient/{fresh()}").status_code
    again = peer.put(patient(id_))
    version = again.json()["meta"]["versionId"]
    return (
        f"read {read}, unknown {unknown}, PATCH {patched.status_code}, "
        f"PUT {again.status_code} as version {version}"
    )


def stale_if_match_in_words(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    peer.put(patient(id_, gender="male"))
    refused = peer.put(patient(id_, gender="female"), if_match='W/"1"')
    said = refused.json()["issue"][0]
    return f"{refused.status_code}, {said['code']}, {' '.join(_codes(said['diagnostics']))}"


def if_match_in_a_transaction(peer: Peer) -> str:
    change = base64.b64encode(b'[{"op":"replace","path":"/gender","value":"female"}]').decode()
    patch = {"resourceType": "Binary", "contentType": _PATCH, "data": change}
    said = []
    for method in ("PUT", "PATCH", "DELETE"):
        id_ = fresh()
        peer.put(patient(id_))
        peer.put(patient(id_, gender="male"))
        request = {"method": method, "url": f"Patient/{id_}", "ifMatch": 'W/"1"'}
        entry: dict = {"request": request}
        if method != "DELETE":
            entry["resource"] = patch if method == "PATCH" else patient(id_, gender="female")
        said.append(f"{method} {peer.transaction(entry).status_code}")
    return ", ".join(said)


def if_match_on_what_is_not_there(peer: Peer) -> str:
    alone = peer.put(patient(fresh()), if_match='W/"1"').status_code
    together = peer.transaction(put_entry(patient(fresh()), 'W/"1"'))
    entry = together.json()["entry"][0]["response"]["status"] if together.ok else ""
    return f"alone {alone}, in a transaction {together.status_code} {entry}".strip()


def if_match_on_what_was_deleted(peer: Peer) -> str:
    said = []
    for version in (1, 2):
        id_ = fresh()
        peer.put(patient(id_))
        peer.ask("DELETE", f"Patient/{id_}")
        done = peer.transaction(put_entry(patient(id_, gender="male"), f'W/"{version}"'))
        said.append(f"version {version}: {done.status_code}")
    return ", ".join(said)


def conditional_updates_twice(peer: Peer) -> str:
    value = fresh()
    request = {"method": "PUT", "url": f"Patient?identifier=urn:contract|{value}"}
    entries = [
        {"resource": {**_identified(value), "gender": gender}, "request": request}
        for gender in ("male", "female")
    ]
    done = peer.transaction(*entries)
    return f"{done.status_code}, {' '.join(_codes(done.text))}"


def ids_of_its_own(peer: Peer) -> str:
    made = peer.ask("POST", "Patient", {"resourceType": "Patient"})
    return "numbers" if made.json()["id"].isdigit() else "other"


def reference_that_no_search_indexes(peer: Peer) -> str:
    stay = {
        "resourceType": "Encounter",
        "id": fresh(),
        "status": "finished",
        "class": {"code": "IMP"},
        "hospitalization": {"origin": {"reference": f"Location/{fresh()}"}},
    }
    return str(peer.put(stay).status_code)


def conditional_creates_at_once(peer: Peer) -> str:
    value = fresh()

    def create(_: int) -> None:
        other = Peer(peer.base)
        condition = f"identifier=urn:contract|{value}"
        other.ask("POST", "Patient", _identified(value), if_none_exist=condition)
        other.http.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    found = peer.ids(f"Patient?identifier=urn:contract|{value}", cache_control="no-cache")
    return f"{len(found)} made by 8 at once"


def if_none_match_any(peer: Peer) -> str:
    id_ = fresh()
    first = peer.put(patient(id_), if_none_match="*").status_code
    second = peer.put(patient(id_, gender="male"), if_none_match="*").status_code
    return f"{first}, then {second}"


def tag_after_an_update_without_it(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_, meta={"tag": [{"system": "urn:contract", "code": "t"}]}))
    peer.put(patient(id_, gender="male"))
    return "kept" if peer.ask("GET", f"Patient/{id_}").json()["meta"].get("tag") else "gone"


def patients_whose_chart_changed(peer: Peer) -> str:
    id_ = _with_observations(peer, 1)
    found = [
        len(peer.ids(f"Patient?_id={id_}&_compartmentLastUpdated={bound}"))
        for bound in ("ge2000-01-01", "ge2100-01-01")
    ]
    return f"{found[0]} since 2000, {found[1]} since 2100"


def everything_since(peer: Peer) -> str:
    id_ = _with_observations(peer, 3)
    found = peer.ask("GET", f"Patient/{id_}/$everything?_since=2100-01-01").json()
    return f"{len(_ids(found))} of 4 although nothing is so new"


def absolute_references(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    said = []
    for name, base in (("another server", "http://elsewhere.example/fhir"), ("its own", peer.base)):
        about = {"subject": {"reference": f"{base}/Patient/{id_}"}}
        said.append(f"{name} {peer.put({**observation(fresh(), id_), **about}).status_code}")
    return ", ".join(said)


def unknown_element_afterwards(peer: Peer) -> str:
    id_ = fresh()
    made = peer.put(patient(id_, bogus=1))
    kept = "bogus" in peer.ask("GET", f"Patient/{id_}").text
    return f"{made.status_code}, {'kept' if kept else 'dropped'}"


def etag_in_a_transaction(peer: Peer) -> str:
    done = peer.transaction(put_entry(patient(fresh())))
    return str(done.json()["entry"][0]["response"].get("etag"))


def _identified(value: str) -> dict:
    return {"resourceType": "Patient", "identifier": [{"system": "urn:contract", "value": value}]}


def _with_observations(peer: Peer, count: int) -> str:
    id_ = fresh()
    peer.transaction(
        put_entry(patient(id_)), *(put_entry(observation(fresh(), id_)) for _ in range(count))
    )
    return id_


def _ids(page: dict) -> list[str]:
    return [entry["resource"]["id"] for entry in page.get("entry", []) if "resource" in entry]


def _versions(page: dict) -> list[str]:
    return [entry["resource"]["meta"]["versionId"] for entry in page.get("entry", [])]


def _next(page: dict) -> str:
    return next((link["url"] for link in page.get("link", []) if link["relation"] == "next"), "")


def _codes(text: str) -> list[str]:
    return re.findall(r"HAPI-\d{4}", text)
