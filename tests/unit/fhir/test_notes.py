from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.notes import Note, NoteKind, NoteStatus
from app.domain.terms import EncounterId, NoteId, PatientId, PractitionerId, Term
from app.fhir.document import Document, Json, parse, to_bytes
from app.fhir.narrative import attachment_text, plain
from app.fhir.notes import NOTE_KIND, read_note, write_countersign, write_note
from app.fhir.valuesets import LOINC
from app.kernel.faults import AppError
from tests.unit.fhir import samples
from tests.unit.fhir.validity import problems

NOON = "2026-11-01T12:00:00Z"
AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
IDS = st.sampled_from(["a-1", "b-2"])
WORDS = st.just("") | samples.text()
LONG = samples.text(most=200).map(lambda text: f"{text}\n  {text}")


@st.composite
def notes(draw: st.DrawFn) -> Note:
    kind = draw(st.sampled_from(NoteKind))
    display = draw(st.sampled_from(["", "Progress note"]))
    term = Term(draw(samples.text()), NOTE_KIND, kind.value, display)
    if kind is NoteKind.OTHER:
        term = Term(draw(samples.text()), "urn:theirs", "x", display)
    return Note(
        id=NoteId("n-1"),
        patient=PatientId(draw(IDS)),
        encounter=draw(st.none() | IDS.map(EncounterId)),
        kind=kind,
        kind_term=term,
        status=draw(st.sampled_from(NoteStatus)),
        title=draw(WORDS),
        text=draw(LONG),
        at=draw(st.none() | st.integers(0, 2**31).map(lambda n: datetime.fromtimestamp(n, UTC))),
        author=draw(st.none() | IDS.map(PractitionerId)),
        author_name=draw(WORDS),
    )


STRANGE = st.dictionaries(samples.text().map(lambda key: f"x-{key}"), samples.json_values())


@given(notes(), STRANGE)
def test_a_note_reads_back_as_it_was_written(note: Note, more: Document) -> None:
    written = write_note(note, more)
    assert read_note(parse(to_bytes(written))) == note
    assert {key: written[key] for key in more} == more


@given(notes(), notes(), STRANGE)
def test_a_note_reads_back_whatever_stood_there(before: Note, note: Note, more: Document) -> None:
    written = write_note(note, write_note(before, more))
    assert read_note(written) == note
    assert {key: written[key] for key in more} == more


@given(notes())
def test_writing_a_note_twice_changes_nothing(note: Note) -> None:
    written = write_note(note, {})
    assert write_note(note, written) == written


@given(notes())
def test_what_is_written_is_valid_r4(note: Note) -> None:
    assert problems(write_note(note, {})) == []


@pytest.mark.parametrize("document", samples.of_type("DocumentReference"))
def test_writing_what_a_foreign_note_says_already_changes_nothing(document: Document) -> None:
    assert write_note(read_note(document), document) == document


def note(**more: object) -> Note:
    made = Note(
        id=NoteId("n-1"),
        patient=PatientId("p"),
        encounter=EncounterId("e"),
        kind=NoteKind.PROGRESS,
        kind_term=Term("病程记录", NOTE_KIND, "progress", "Progress note"),
        status=NoteStatus.PRELIMINARY,
        title="日常病程",
        text="今日体温正常。",
        at=AT_NOON,
        author=PractitionerId("d"),
        author_name="李医生",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of Note


def test_a_note_has_the_shape_of_the_mapping() -> None:
    assert write_note(note(), {}) == {
        "resourceType": "DocumentReference",
        "id": "n-1",
        "status": "current",
        "docStatus": "preliminary",
        "type": {
            "coding": [
                {"system": NOTE_KIND, "code": "progress", "display": "Progress note"},
                {"system": LOINC, "code": "11506-3"},
            ],
            "text": "病程记录",
        },
        "subject": {"reference": "Patient/p"},
        "context": {"encounter": [{"reference": "Encounter/e"}]},
        "date": NOON,
        "author": [{"reference": "Practitioner/d", "display": "李医生"}],
        "description": "日常病程",
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": base64.b64encode("今日体温正常。".encode()).decode(),
                }
            }
        ],
    }


def test_a_kind_is_coded_even_when_its_words_are_not() -> None:
    written = write_note(note(kind_term=Term("病程记录")), {})
    assert read_note(written).kind is NoteKind.PROGRESS
    assert read_note(written).kind_term == Term("病程记录", NOTE_KIND, "progress")
    handover = write_note(note(kind=NoteKind.HANDOVER), {})
    assert LOINC not in str(handover["type"])


def test_a_countersignature_makes_a_preliminary_note_final() -> None:
    onto = write_note(note(), {"x": 1})
    signed = write_countersign(onto, by=PractitionerId("c"), by_name="王主任", at=AT_NOON)
    read = read_note(signed)
    assert read.status is NoteStatus.FINAL
    assert (read.countersigner, read.countersigned_by) == ("c", "王主任")
    assert read.countersigned_at == AT_NOON
    assert signed["x"] == 1
    assert problems({k: v for k, v in signed.items() if k != "x"}) == []
    again = write_countersign(signed, by=PractitionerId("c"), by_name="王主任", at=AT_NOON)
    assert again == signed
    assert write_note(read, signed) == signed


def test_a_countersignature_does_not_hide_an_amendment() -> None:
    amended = write_note(note(status=NoteStatus.AMENDED), {})
    signed = write_countersign(amended, by=PractitionerId("c"), at=AT_NOON)
    assert read_note(signed).status is NoteStatus.AMENDED


def test_a_note_is_never_written_onto_something_else() -> None:
    for onto in ({"resourceType": "Composition", "id": "n-1"}, {"id": "other"}):
        with pytest.raises(AppError):
            write_note(note(), onto)


def test_new_text_takes_what_described_the_old_with_it_and_nothing_more() -> None:
    scan: Document = {"attachment": {"contentType": "image/png", "data": "AA=="}}
    written: Document = {
        "attachment": {
            "contentType": "text/plain",
            "language": "ja",
            "data": "YQ==",
            "size": 1,
            "hash": "x",
            "title": "t",
        },
        "format": {"code": "f"},
    }
    onto: Document = {
        "resourceType": "DocumentReference",
        "id": "n-1",
        "content": [scan, written],
        "context": {"encounter": [{"reference": "Encounter/e"}, {"reference": "Encounter/f"}]},
        "author": [{"reference": "Practitioner/d"}, {"reference": "Practitioner/x"}],
    }
    assert read_note(onto).text == "a"
    changed = write_note(note(text="b", encounter=None, author=None, author_name=""), onto)
    assert changed["content"] == [
        scan,
        {
            "attachment": {
                "contentType": "text/plain; charset=utf-8",
                "language": "ja",
                "data": "Yg==",
                "title": "t",
            },
            "format": {"code": "f"},
        },
    ]
    assert changed["context"] == {"encounter": [{"reference": "Encounter/f"}]}
    assert changed["author"] == [{"reference": "Practitioner/x"}]


def test_a_scan_has_no_text_and_is_left_alone() -> None:
    scan: Json = [{"attachment": {"contentType": "image/png", "data": "AA=="}}]
    onto: Document = {"resourceType": "DocumentReference", "id": "n-1", "content": scan}
    assert read_note(onto).text is None
    assert write_note(note(text=None), onto)["content"] == scan
    with_text = write_note(note(text="b"), {**onto, "content": []})
    assert read_note(with_text).text == "b"


@pytest.mark.parametrize(
    ("elements", "status", "superseded"),
    [
        ({"status": "current", "docStatus": "final"}, NoteStatus.FINAL, False),
        ({"status": "current"}, NoteStatus.UNKNOWN, False),
        ({"status": "superseded", "docStatus": "final"}, NoteStatus.FINAL, True),
        (
            {"status": "entered-in-error", "docStatus": "final"},
            NoteStatus.ENTERED_IN_ERROR,
            False,
        ),
        ({"docStatus": "nonsense"}, NoteStatus.UNKNOWN, False),
    ],
)
def test_the_status_of_a_note_is_what_the_record_says(
    elements: Document, status: NoteStatus, *, superseded: bool
) -> None:
    read = read_note({"resourceType": "DocumentReference", **elements})
    assert (read.status, read.superseded) == (status, superseded)


@pytest.mark.parametrize(
    ("system", "code", "kind"),
    [
        (NOTE_KIND, "senior-round", NoteKind.SENIOR_ROUND),
        (LOINC, "18842-5", NoteKind.DISCHARGE),
        (LOINC, "34746-8", NoteKind.NURSING),
        (LOINC, "99999-9", NoteKind.OTHER),
        ("urn:theirs", "18842-5", NoteKind.OTHER),
    ],
)
def test_the_kind_of_a_foreign_note_follows_its_loinc_code(
    system: str, code: str, kind: NoteKind
) -> None:
    coding: Json = {"coding": [{"system": system, "code": code}]}
    assert read_note({"resourceType": "DocumentReference", "type": coding}).kind is kind


def composition(**elements: Json) -> Document:
    return {"resourceType": "Composition", "id": "c", "status": "final", **elements}


def test_a_composition_is_read_as_a_note() -> None:
    read = read_note(
        composition(
            type={"coding": [{"system": LOINC, "code": "18842-5"}], "text": "退院時サマリー"},
            subject={"reference": "Patient/p"},
            encounter={"reference": "Encounter/e"},
            date="2026-11-01",
            title="サマリー",
            author=[{"reference": "Practitioner/d", "display": "A"}],
            attester=[
                {"mode": "legal", "party": {"reference": "Practitioner/d"}},
                {"mode": "personal", "party": {"reference": "Practitioner/x"}},
                {
                    "mode": "legal",
                    "time": NOON,
                    "party": {"reference": "Practitioner/w", "display": "W"},
                },
            ],
            section=[
                {
                    "title": "所見",
                    "text": {"div": "<div><p>正常&amp;良好</p></div>"},
                    "section": [{"title": "内"}, {"text": {"div": "<div>子</div>"}}],
                },
                {},
            ],
        )
    )
    assert (read.id, read.patient, read.encounter) == ("c", "p", "e")
    assert (read.kind, read.status) == (NoteKind.DISCHARGE, NoteStatus.FINAL)
    assert read.text == "所見\n正常&良好\n内\n子"
    assert (read.title, read.at, read.at_text) == ("サマリー", None, "2026-11-01")
    assert (read.author, read.author_name) == ("d", "A")
    assert (read.countersigner, read.countersigned_by) == ("w", "W")
    assert read.countersigned_at == AT_NOON
    assert not read.guarded


def test_a_composition_without_sections_is_its_narrative() -> None:
    read = read_note(composition(text={"div": "<div>all</div>"}))
    assert (read.text, read.encounter, read.countersigner) == ("all", None, None)
    assert read_note(composition()).text is None


def test_a_note_with_an_unknown_modifier_is_guarded() -> None:
    modifier: Json = [{"url": "urn:x"}]
    for kind in ("Composition", "DocumentReference"):
        assert read_note({"resourceType": kind, "modifierExtension": modifier}).guarded


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<div>a<br/>b<p>c</p>d</div>", "a\nb\nc\nd"),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\tb"),
        ("<p>a  \n b</p><pre>x\n  y</pre>", "a b\nx\ny"),
        ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
        ("</script></pre>a", "a"),
        ("a &lt;b&gt; &#x674E; <img src='x' onerror='y'/>", "a <b> 李"),
        ("<div xmlns='http://www.w3.org/1999/xhtml'>open", "open"),
        ("", ""),
    ],
)
def test_a_narrative_is_read_without_its_markup(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(st.text())
def test_no_markup_makes_the_narrative_fail(markup: str) -> None:
    plain(markup)


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain", "é".encode(), "é"),
        ("text/plain; charset=UTF-8", "é".encode(), "é"),
        ('text/plain;charset="gb18030"', "李".encode("gb18030"), "李"),
        ("TEXT/HTML", b"<p>a</p>", "a"),
        ("application/xhtml+xml", b"<p>a</p>", "a"),
        ("text/markdown", b"# a", "# a"),
        ("text/plain", b"\xff\xfe", None),
        ("text/plain; charset=no-such", b"a", None),
        ("application/pdf", b"a", None),
        ("", b"a", None),
        ("text/plain", b"", None),
    ],
)
def test_an_attachment_is_text_only_when_it_says_so_and_reads_so(
    kind: str, body: bytes, text: str | None
) -> None:
    data = base64.b64encode(body).decode()
    assert attachment_text({"contentType": kind, "data": data}) == text


def test_base64_may_be_wrapped_and_must_be_base64() -> None:
    assert attachment_text({"contentType": "text/plain", "data": "YW\r\n Jj"}) == "abc"
    assert attachment_text({"contentType": "text/plain", "data": "Y*"}) is None
    assert attachment_text(None) is None
