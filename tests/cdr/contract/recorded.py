"""Where servers differ and the workstation relies on none: written down, never failed.

Each case gives a few words. `OURS` is what the embedded CDR must give.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import requests

from tests.cdr.contract.peer import Peer, fresh, observation, patient, put_entry

Case = Callable[[Peer], str]


def etag_form(peer: Peer) -> str:
    etag = peer.put(patient(fresh())).headers.get("ETag", "none")
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "uuid", etag)


def stale_if_match(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    return str(peer.put(patient(id_, gender="male"), if_match='W/"999"').status_code)


def if_match_on_nothing(peer: Peer) -> str:
    return str(peer.put(patient(fresh()), if_match='W/"1"').status_code)


def read_of_deleted(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    deleted = peer.ask("DELETE", f"Patient/{id_}")
    return f"{deleted.status_code}, then {peer.ask('GET', f'Patient/{id_}').status_code}"


def put_after_delete(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    peer.ask("DELETE", f"Patient/{id_}")
    again = peer.put(patient(id_))
    return f"{again.status_code}, version {_version(again)}"


def deletion_in_history(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    peer.ask("DELETE", f"Patient/{id_}")
    history = peer.ask("GET", f"Patient/{id_}/_history")
    methods = [e.get("request", {}).get("method") for e in _entries(history)]
    return f"{history.status_code}, {'shown' if 'DELETE' in methods else 'not shown'}"


def unchanged_put(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    return "no version" if _version(peer.put(patient(id_))) == "1" else "a version"


def decimal_digits(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    body = (
        f'{{"resourceType":"Observation","id":"{id_}","status":"final","code":{{"text":"x"}},'
        f'"subject":{{"reference":"Patient/{id_}"}},"valueQuantity":{{"value":72.50}}}}'
    )
    peer.ask("PUT", f"Observation/{id_}", body)
    found = re.search(r'"value"\s*:\s*([0-9.]+)', peer.ask("GET", f"Observation/{id_}").text)
    return f"72.50 becomes {found[1] if found else 'nothing'}"


def zone_kept(peer: Peer) -> str:
    id_ = fresh()
    at = "2025-01-02T03:04:05+08:00"
    peer.put(patient(id_))
    peer.put(observation(id_, id_, effectiveDateTime=at))
    found = peer.ask("GET", f"Observation/{id_}").json().get("effectiveDateTime")
    return "kept" if found == at else "changed"


def unknown_element(peer: Peer) -> str:
    return str(peer.put(patient(fresh(), bogus=1)).status_code)


def wrong_status(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    return str(peer.put(observation(id_, id_, status="not-a-status")).status_code)


def dangling_reference(peer: Peer) -> str:
    id_ = fresh()
    alone = peer.put(observation(id_, fresh()))
    together = peer.transaction(put_entry(observation(fresh(), fresh())))
    return f"{alone.status_code}, in a transaction {together.status_code}"


def delete_of_referenced(peer: Peer) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    peer.put(observation(id_, id_))
    return str(peer.ask("DELETE", f"Patient/{id_}").status_code)


def same_resource_twice(peer: Peer) -> str:
    id_ = fresh()
    twice = peer.transaction(put_entry(patient(id_)), put_entry(patient(id_, gender="male")))
    return str(twice.status_code)


def digits_only_id(peer: Peer) -> str:
    return str(peer.put(patient(str(int(fresh().replace("-", ""), 16))[:18])).status_code)


def location_form(peer: Peer) -> str:
    made = peer.transaction(put_entry(patient(fresh())))
    location = _entries(made)[0]["response"].get("location", "")
    return "absolute" if "://" in location else "relative" if location else "none"


def total(peer: Peer) -> str:
    id_ = _with_observations(peer, 3)
    plain = peer.ask("GET", f"Observation?patient={id_}&_count=2").json()
    asked = peer.ask("GET", f"Observation?patient={id_}&_count=2&_total=accurate").json()
    return f"{plain.get('total', 'none')}, asked for {asked.get('total', 'none')} of 3"


def next_links(peer: Peer) -> str:
    id_ = _with_observations(peer, 5)
    seen: list[str] = []
    address, pages = f"Observation?patient={id_}&_count=2&_sort=_id", 0
    while address and pages < 9:
        page = peer.ask("GET", address)
        seen += [e["resource"]["id"] for e in _entries(page)]
        links = page.json().get("link", [])
        address = next((x["url"] for x in links if x["relation"] == "next"), "")
        pages += 1
    return f"{len(set(seen))} of 5 on {pages} pages"


def last_updated_window(peer: Peer) -> str:
    id_ = _with_observations(peer, 1)
    stamp = peer.ask("GET", f"Observation?patient={id_}").json()["entry"][0]["resource"]["meta"]
    at = requests.utils.quote(stamp["lastUpdated"])
    found = [
        len(peer.ids(f"Observation?patient={id_}&_lastUpdated={prefix}{at}"))
        for prefix in ("ge", "gt", "lt")
    ]
    digits = re.search(r"\.(\d+)", stamp["lastUpdated"])
    return f"ge {found[0]}, gt {found[1]}, lt {found[2]}; {len(digits[1]) if digits else 0} digits"


def sort_last_updated_with_tie_break(peer: Peer) -> str:
    id_ = fresh()
    entries = [put_entry(observation(f"{id_[:20]}-{n}", id_)) for n in (2, 0, 1)]
    peer.transaction(put_entry(patient(id_)), *entries)
    found = peer.ids(f"Observation?patient={id_}&_sort=_lastUpdated,_id")
    return "by id" if found == sorted(found) and len(found) == 3 else "not by id"


def search_by_post(peer: Peer) -> str:
    id_ = _with_observations(peer, 1)
    form = "application/x-www-form-urlencoded"
    found = peer.ask("POST", "Observation/_search", f"patient={id_}", content_type=form)
    return f"{found.status_code}, {len(_entries(found))} of 1"


def several_patients_in_one_search(peer: Peer) -> str:
    one, other = _with_observations(peer, 1), _with_observations(peer, 1)
    return f"{len(peer.ids(f'Observation?patient={one},{other}'))} of 2"


def include_is_marked(peer: Peer) -> str:
    id_ = _with_observations(peer, 2)
    found = _entries(peer.ask("GET", f"Observation?patient={id_}&_include=Observation:patient"))
    modes = sorted(e.get("search", {}).get("mode", "none") for e in found)
    return ", ".join(modes)


def elements(peer: Peer) -> str:
    id_ = _with_observations(peer, 1)
    found = _entries(peer.ask("GET", f"Observation?patient={id_}&_elements=id,meta"))
    resource = found[0]["resource"]
    subset = "code" not in resource or "subject" not in resource
    tags = [t.get("code") for t in resource.get("meta", {}).get("tag", [])]
    marked = "SUBSETTED" if "SUBSETTED" in tags else "not marked"
    return f"{'subset' if subset else 'whole'}, {marked}"


def unknown_parameter(peer: Peer) -> str:
    lenient = peer.ask("GET", "Patient?no-such-parameter=1&_count=1").status_code
    strict = peer.ask("GET", "Patient?no-such-parameter=1&_count=1", prefer="handling=strict")
    return f"{lenient}, strict {strict.status_code}"


def repeated_search(peer: Peer) -> str:
    id_ = _with_observations(peer, 1)
    peer.ids(f"Observation?patient={id_}&_count=9")
    peer.put(observation(fresh(), id_))
    plain = len(peer.ids(f"Observation?patient={id_}&_count=9"))
    told = len(peer.ids(f"Observation?patient={id_}&_count=9", cache_control="no-cache"))
    return f"{plain} of 2, with no-cache {told}"


def conditional_create(peer: Peer) -> str:
    value = fresh()
    body = {"resourceType": "Patient", "identifier": [{"system": "urn:contract", "value": value}]}
    condition = f"identifier=urn:contract|{value}"
    answers = [peer.ask("POST", "Patient", body, if_none_exist=condition) for _ in range(2)]
    return ", then ".join(str(a.status_code) for a in answers)


def not_modified(peer: Peer) -> str:
    made = peer.put(patient(id_ := fresh()))
    etag = made.headers.get("ETag", 'W/"1"')
    return str(peer.ask("GET", f"Patient/{id_}", if_none_match=etag).status_code)


def date_header(peer: Peer) -> str:
    return "sent" if peer.ask("GET", "metadata").headers.get("Date") else "not sent"


def unauthenticated_metadata(peer: Peer) -> str:
    return str(requests.get(f"{peer.base}/metadata", timeout=60).status_code)


OURS: dict[Case, str] = {
    etag_form: 'W/"1"',
    stale_if_match: "412",
    if_match_on_nothing: "412",
    read_of_deleted: "204, then 410",
    put_after_delete: "201, version 3",
    deletion_in_history: "200, shown",
    unchanged_put: "no version",
    decimal_digits: "72.50 becomes 72.50",
    zone_kept: "kept",
    unknown_element: "422",
    wrong_status: "422",
    dangling_reference: "400, in a transaction 400",
    delete_of_referenced: "409",
    same_resource_twice: "400",
    digits_only_id: "400",
    location_form: "relative",
    total: "3, asked for 3 of 3",
    next_links: "5 of 5 on 3 pages",
    last_updated_window: "ge 1, gt 0, lt 0; 3 digits",
    sort_last_updated_with_tie_break: "by id",
    search_by_post: "200, 1 of 1",
    several_patients_in_one_search: "2 of 2",
    include_is_marked: "include, match, match",
    elements: "subset, SUBSETTED",
    unknown_parameter: "200, strict 400",
    repeated_search: "2 of 2, with no-cache 2",
    conditional_create: "201, then 200",
    not_modified: "304",
    date_header: "sent",
    unauthenticated_metadata: "200",
}


def _with_observations(peer: Peer, count: int) -> str:
    id_ = fresh()
    peer.put(patient(id_))
    for _ in range(count):
        peer.put(observation(fresh(), id_))
    return id_


def _entries(answer: requests.Response) -> list[dict]:
    return answer.json().get("entry") or []


def _version(answer: requests.Response) -> str:
    return str(answer.json().get("meta", {}).get("versionId", ""))
