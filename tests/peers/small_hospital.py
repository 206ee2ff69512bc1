"""A few beds of the demo hospital, loaded into any repository by transactions alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from resources.demo.document import Resource
from resources.demo.hospital import generate
from resources.demo.hospital import line as as_json
from sync.cdr.recording import reference_texts
from tests.cdr.contract.peer import Peer

SEED = 20261124
_AT_ONCE = 150


def load_ward(peer: Peer, ward: str, beds: int, as_of: datetime, *, at_once: int = _AT_ONCE) -> int:
    """Put the staff and the first `beds` patients in bed of `ward`; answers how many resources.

    Everything is PUT under its own id, and nothing refers to what is not there.

    Args:
        peer: The repository.
        ward: Name of the demo ward.
        beds: How many patients; 0 loads the staff alone.
        as_of: The present of the hospital; aware.
        at_once: Most resources of a transaction.

    Raises:
        AssertionError: The repository refused a transaction.
    """
    count = 0
    for bundle in _bundles(_chosen(ward, beds, as_of), at_once):
        count += len(bundle)
        entries = ",".join(_entry(one) for one in bundle)
        body = f'{{"resourceType":"Bundle","type":"transaction","entry":[{entries}]}}'
        answer = peer.ask("POST", "", body, prefer="return=minimal")
        if answer.status_code != 200:
            raise AssertionError(f"{answer.status_code}: {answer.text[:2000]}")
    return count


def _bundles(resources: Iterator[Resource], most: int) -> Iterator[list[Resource]]:
    """A stay begins a bundle: its Encounter and Conditions name each other and go together."""
    bundle: list[Resource] = []
    for one in resources:
        if bundle and (len(bundle) == most or one["resourceType"] == "Patient"):
            yield bundle
            bundle = []
        bundle.append(one)
    yield bundle


def _chosen(ward: str, beds: int, as_of: datetime) -> Iterator[Resource]:
    """Staff, then whole stays, in the order of the demo feed: what a resource names came before."""
    everything = list(generate(SEED, as_of))
    patients = set(_in_bed(everything, ward)[:beds])
    places = {f"{one['resourceType']}/{one['id']}" for one in everything if _is_staff(one)}
    kept = set(places)
    for one in everything:
        name = f"{one['resourceType']}/{one['id']}"
        theirs = not patients.isdisjoint(reference_texts(one)) and _names_only(one, kept)
        if theirs or name in places or name in patients:
            kept.add(name)
            yield one


def _names_only(one: Resource, kept: set[str]) -> bool:
    named = {text for text in reference_texts(one) if "/" in text}
    return one["resourceType"] == "Encounter" or named <= kept


def _in_bed(everything: list[Resource], ward: str) -> list[str]:
    found: list[str] = []
    for one in everything:
        if one["resourceType"] == "Encounter" and one["status"] == "in-progress":
            texts = reference_texts(one)
            if any(text.startswith(f"Location/bed-{ward}-") for text in texts):
                found += [text for text in texts if text.startswith("Patient/")]
    return list(dict.fromkeys(found))


def _is_staff(one: Resource) -> bool:
    return one["resourceType"] in ("Organization", "Location", "Practitioner", "PractitionerRole")


def _entry(one: Resource) -> str:
    url = f"{one['resourceType']}/{one['id']}"
    return f'{{"resource":{as_json(one)},"request":{{"method":"PUT","url":"{url}"}}}}'
