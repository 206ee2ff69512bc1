"""Orders in, findings out: one JSON object a line, for a pharmacy to test its knowledge with."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.commands.order_cases.cases import Case, CaseReader
from app.commands.order_cases.json_values import UnreadError
from app.config import Settings
from app.decision.findings import Finding, Gap
from app.decision.verdict import Verdict
from app.domain.terms import Named
from app.services.decision_packs import Decision, PackFolders, read_decision
from app.services.pack_keys import key_folders
from resources.catalogue import Catalogue
from resources.reading import path

VOCABULARY = """\
in, one object a line; every key but "drug" may be absent, and what is absent is not known
  id         repeated in the answer
  now        date or instant of the question; the present moment without
  patient    age (years; "8 months", "20 天"), sex (M F 男 女), weight (kg), height (cm),
             egfr (mL/min/1.73 m2), crcl (mL/min), creatinine (umol/L), child_pugh (A B C),
             labs {"K": 5.9, "INR": 2.1, "PLT": 80, "GLU": 4.4, "QTc": 480 ...} (mmol/L, 10^9/L, ms;
             also "5.9 mmol/L", {"value", "unit", "at"}, or a list of them),
             pregnant, lactating, emergency (true false null), problems [text or {"text", "code"}],
             indication, prescriber_grade,
             active     [drug, "warfarin 3 mg qd", or an object like an order, also with "stopped"]
             allergies  ["amoxicillin:anaphylaxis", "青霉素:皮疹", "penicillins"]
             allergies_status  recorded, none (NKDA, 无), not asked, unknown
             tolerated  ["amoxicillin 2026-10-02"]
             skin_tests ["penicillin negative 2026-11-20", {"drug", "result", "date"}]
  orders     [{"drug", "dose", "route", "freq", "rate", "diluent", "group", "indication"}]
             drug       English or Chinese generic name; its salt or form may stand beside it
             dose       "0.5 g", "1.2万U", "2片", "15 mg/kg"; a number without a unit is none
             route      PO SL NG IV "IV push" ivgtt pump SC IM IT 口服 静滴 皮下 鞘内 ...
             freq       qd bid tid qid q8h qw prn once "once daily" 每日三次 ...
             rate       "20 mmol/h", "100 ml/h", "1 g over 30 min", push
             group      the same word for what goes into one bag

out, one line for each in: {"id", "findings": [...], "not_checkable": [...]}
  findings       {"check", "tier", "subjects", "rule", "source", "message"}, worst first; tier is
                 hard-stop interruptive inline drawer silent
  not_checkable  {"check", "why"}: what a check would have needed
  unread         only where something was written that means nothing here: it was left out
  error          instead of findings, for a line that is no case; the exit code is then 1
checks: ddi allergy allergy-class allergy-cross allergy-unknown allergy-uncoded duplicate
  duplicate-class dose-single dose-daily dose-mgkg dose-frequency dose-unit-missing route rate renal
  hepatic pregnancy lactation age lab disease iv-compat antimicrobial-tier skin-test
Draft rules inform and never interrupt; --as-active judges them as if they were signed.
"""

_STOPS = {"en": (".", " "), "zh_CN": ("。", "")}
"""What ends a sentence, and what stands before the next."""

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


def orders_file(file: Path | None, settings: Settings, language: str, *, as_active: bool) -> int:
    """Judge every line of `file`, or of the input; print one object for each.

    The exit code is 1 when a line is no case; the others are judged all the same.

    Raises:
        AppError: A pack cannot be read.
    """
    if file is not None and not file.exists():
        print(f"no such file: {file}", file=sys.stderr)
        return 1
    told = settings.string("hospital_packs")
    folders = PackFolders(
        path("packs"),
        Path(told) if told else None,
        datetime.now(UTC).date(),
        as_active,
        key_folders(settings),
    )
    decision = read_decision(folders)
    answers = Answers(decision, Catalogue.load(language), language)
    reader = CaseReader(decision, lambda: datetime.now(UTC))
    if file is None:
        return _judge(sys.stdin, reader, answers)
    with file.open(encoding="utf-8-sig") as lines:
        return _judge(lines, reader, answers)


def _judge(lines: Iterable[str], reader: CaseReader, answers: Answers) -> int:
    wrong = 0
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = answers.of(reader.read(line))
        except UnreadError as error:
            wrong += 1
            print(f"line {place}: {error}", file=sys.stderr)
            found = {"id": _name(line), "error": str(error)}
        print(json.dumps(found, ensure_ascii=False))
    return 1 if wrong else 0


def _name(line: str) -> Json:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told.get("id") if isinstance(told, dict) else None


class Answers:
    """What the engine says, as the vocabulary writes it."""

    def __init__(self, decision: Decision, catalogue: Catalogue, language: str) -> None:
        self._decision = decision
        self._catalogue = catalogue
        self._language = language

    def of(self, case: Case) -> dict[str, Json]:
        """The answer for a case."""
        verdict = self._decision.engine.judge(case.situation)
        said: dict[str, Json] = {
            "id": _plain(case.name),
            "findings": [self._finding(one, case) for one in _every(verdict)],
            "not_checkable": list(self._gaps(verdict.gaps)),
        }
        if case.unread:
            said["unread"] = list(case.unread)
        return said

    def _finding(self, finding: Finding, case: Case) -> Json:
        told = self._catalogue.render(finding.said.message(self._language))
        stop, space = _STOPS[self._language]
        message = told if told.endswith(stop) else f"{told}{stop}"
        if finding.advice is not None:
            message = f"{message}{space}{finding.advice.shown(self._language)}"
        drugs = (self._drug(one, finding.lines, case) for one in finding.subjects)
        subjects: list[Json] = [*dict.fromkeys(one for one in drugs if one)]
        return {
            "check": finding.check.value,
            "tier": finding.tier.value,
            "subjects": subjects,
            "rule": finding.origin.rule,
            "source": finding.origin.source,
            "message": message,
        }

    def _drug(self, subject: Named, lines: tuple[str, ...], case: Case) -> str:
        """A drug as it was asked about where that was in English, else its generic name.

        "" where the subject is no drug: a class, an allergen.
        """
        drug = self._decision.substances.named(subject.name)
        if drug is None:
            return ""
        for line in case.situation.lines:
            written = case.written[line.key]
            same = line.drug is not None and line.drug.substances == drug.substances
            if same and line.key in lines and written.isascii():
                return written.lower()
        name = drug.substances[0].name if len(drug.substances) == 1 else drug.name
        return name.shown("en").lower()

    def _gaps(self, gaps: Iterable[Gap]) -> Iterator[Json]:
        told = {
            (one.check, self._catalogue.render(one.why.message(self._language))) for one in gaps
        }
        for check, why in sorted(told, key=lambda one: (one[0].value, one[1])):
            yield {"check": check.value, "why": why}


def _every(verdict: Verdict) -> Iterator[Finding]:
    """What is told, and what is kept in the journal only."""
    yield from verdict.findings
    for hidden in verdict.hidden:
        yield from hidden.card.findings


def _plain(told: object) -> Json:
    """An `id` is a word or a number; another thing is written out."""
    return told if isinstance(told, (str, int, float, bool)) or told is None else str(told)
