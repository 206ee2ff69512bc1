"""Patient (R4 patient.html) as `PatientRecord`."""

from __future__ import annotations

from app.domain.patients import PatientRecord, Sex
from app.domain.terms import Named, PatientId
from app.fhir.document import Document
from app.fhir.elements import (
    at,
    bool_at,
    codings,
    date_text,
    dicts_at,
    extension,
    id_at,
    is_latin,
    text_at,
    when,
    whole_date,
)
from app.fhir.valuesets import (
    IDENTIFIER_NATIONAL,
    IDENTIFIER_RECORD,
    NAME_REPRESENTATION,
)

_NAME_ORDER = ("official", "usual", "", "temp", "nickname", "anonymous", "maiden", "old")
_SEXES = {sex.value: sex for sex in Sex}


def read_patient(document: Document) -> PatientRecord:
    """Read a Patient. What the feed lacks is unknown, never a default."""
    names = read_names(document)
    main = main_name(document)
    records, nationals, others = _identifiers(document)
    deceased_at = at(document, "deceasedDateTime")
    return PatientRecord(
        id=PatientId(text_at(document, "id")),
        name=names.name,
        phonetic=phonetic(document),
        english=names.english,
        sex=_SEXES.get(text_at(document, "gender")),
        birth_date=whole_date(at(document, "birthDate")),
        birth_date_text=date_text(at(document, "birthDate")),
        deceased=bool(bool_at(document, "deceasedBoolean") or date_text(deceased_at)),
        deceased_at=when(deceased_at),
        record_number=records[0] if records else "",
        national_id=nationals[0] if nationals else "",
        other_identifiers=(*records[1:], *nationals[1:], *others),
        superseded_by=_survivor(document),
        family=text_at(main, "family"),
        given=_given(main),
    )


def read_names(document: Document) -> Named:
    """The HumanNames of a person as recorded name and English form (R4 datatypes.html#HumanName).

    English is a name in alphabetic representation, or a `usual` one in Latin script where the
    recorded name is not: "Jim" beside "Peter James Chalmers" is a nickname, not a translation.
    """
    main = main_name(document)
    name = _spelled(main)
    if is_latin(name):
        return Named(name)
    forms = [one for one in _names(document) if one is not main and is_latin(_spelled(one))]
    alphabetic = [one for one in forms if _representation(one) == "ABC"]
    usual = [one for one in forms if text_at(one, "use") == "usual" and not _phonetic(one)]
    chosen = next(iter(alphabetic + usual), {})
    return Named(name, _spelled(chosen))


def main_name(document: Document) -> Document:
    """The name to call a person by: official before usual before any other; never a reading."""
    names = sorted(_names(document), key=_rank)
    written = [one for one in names if _representation(one) not in ("SYL", "ABC")]
    return next(iter(written or names), {})


def phonetic(document: Document) -> str:
    """The reading of the name (pinyin, kana), or ""."""
    main = main_name(document)
    found = (one for one in _names(document) if _phonetic(one) and one is not main)
    return _spelled(next(found, {}))


def _names(document: Document) -> list[Document]:
    return [one for one in dicts_at(document, "name") if _spelled(one)]


def _rank(name: Document) -> int:
    use = text_at(name, "use")
    over = 100 if text_at(name, "period", "end") else 0
    return over + (_NAME_ORDER.index(use) if use in _NAME_ORDER else len(_NAME_ORDER))


def _representation(name: Document) -> str:
    return text_at(extension(name, NAME_REPRESENTATION), "valueCode")


def _phonetic(name: Document) -> bool:
    return _representation(name) == "SYL"


def _spelled(name: Document) -> str:
    parts = (text_at(name, "family"), _given(name))
    return text_at(name, "text") or " ".join(part for part in parts if part)


def _given(name: Document) -> str:
    given = name.get("given")
    if not isinstance(given, list):
        return ""
    return " ".join(text for text in (text_at(one) for one in given) if text)


def _identifiers(document: Document) -> tuple[list[str], list[str], list[str]]:
    records: list[str] = []
    nationals: list[str] = []
    others: list[str] = []
    for one in dicts_at(document, "identifier"):
        value = text_at(one, "value")
        kinds = {coding.code for coding in codings(at(one, "type")) if "0203" in coding.system}
        if not value:
            continue
        if text_at(one, "use") == "old":
            others.append(value)
        elif IDENTIFIER_RECORD in kinds:
            records.append(value)
        elif IDENTIFIER_NATIONAL in kinds or any(kind.startswith("NN") for kind in kinds):
            nationals.append(value)
        else:
            others.append(value)
    return records, nationals, others


def _survivor(document: Document) -> PatientId | None:
    for link in dicts_at(document, "link"):
        target = id_at(link, "Patient", "other")
        if text_at(link, "type") == "replaced-by" and target:
            return PatientId(target)
    return None
