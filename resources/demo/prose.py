"""The words of the notes: template texts joined with what was really measured."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from resources.demo import laboratory, medication, orders, studies, vitals
from resources.demo.cast import DECEASED, Stay
from resources.demo.course import stage
from resources.demo.knowledge import CourseEntry, Pair, allergens, medicine, row
from resources.demo.laboratory import Flagged, Round

_ALLERGY = {
    "none": Pair("否认药物及食物过敏史", "no known allergy"),
    "unasked": Pair("过敏史尚未询问", "allergies not yet asked"),
    "unconfirmed": Pair(
        "自述曾因抗生素出现皮疹，药名不详", "reports a rash with an unknown antibiotic"
    ),
}


def signs_line(stay: Stay, at: datetime) -> str:
    """Vital signs of that moment as one line."""
    found = vitals.measured(stay, at)
    return found.line() if stay.language == "zh" else found.english_line()


def labs_line(stay: Stay, found: tuple[Round, ...], limit: int = 7) -> str:
    """The abnormal results of some samples, worst first, or that there are none."""
    newest = {r.key: r for sample in found for r in sample.results}
    results = list(newest.values())
    wrong = sorted(
        (r for r in results if r.flag != "N"), key=lambda r: (not r.critical, r.key == "lymph")
    )
    if not results:
        return ""
    if not wrong:
        return "化验结果未见明显异常。" if stay.language == "zh" else "Blood results within range. "
    listed = [_result(r) for r in wrong[:limit]]
    if stay.language == "zh":
        return f"化验：{'，'.join(listed)}。"
    return f"Results: {', '.join(listed)}. "


def _urgency(found: Flagged) -> tuple[bool, bool]:
    """Critical first, what only follows from others last."""
    return (not found.critical, found.key == "lymph")


def _result(found: Flagged) -> str:
    analyte = row("laboratory", "analytes", "key", found.key)
    arrow = {"H": "↑", "HH": "↑↑", "L": "↓", "LL": "↓↓"}[found.flag]
    return f"{analyte['short']} {found.value} {analyte['unit']}".strip() + arrow


def trend_line(stay: Stay, at: datetime) -> str:
    """How one telling value has moved since it was first measured."""
    done = [r for r in laboratory.rounds(stay) if r.issued is not None and r.issued <= at]
    for key in ("crp", "tnt", "bnp", "hb", "lipase", "ddimer", "crea", "inr", "pco2", "glu"):
        series = [(x.value, r.issued) for r in done for x in r.results if x.key == key]
        if key not in stay.case.labs or len(series) < 2 or not _moved(series, at):
            continue
        first, last = series[0][0], series[-1][0]
        name = row("laboratory", "analytes", "key", key)
        unit = name["unit"]
        if stay.language == "zh":
            return f"{name['short']} 由 {first} 变为 {last} {unit}，".replace(" ，", "，")
        return f"{name['short']} moved from {first} to {last} {unit}. ".replace(" .", ".")
    return ""


def _moved(series: list[tuple[Decimal, datetime | None]], at: datetime) -> bool:
    """Whether the last value is news of the last day and another one than the first."""
    (first, _), (last, issued) = series[0], series[-1]
    return first != last and issued is not None and issued > at - timedelta(hours=26)


def past_history(stay: Stay) -> str:
    """Companion conditions and the state of the allergy question."""
    words = _ALLERGY.get(stay.allergy) or Pair(
        f"{allergens()[stay.allergy].name.zh}过敏（{allergens()[stay.allergy].manifestation.zh}）",
        f"allergic to {allergens()[stay.allergy].name.en.lower()}",
    )
    parts = [stay.say(c.history) for c in stay.companions]
    if stay.language == "zh":
        return "；".join([*(parts or ["既往体健"]), stay.say(words)]) + "。"
    return "; ".join([*(parts or ["previously well"]), stay.say(words)]).capitalize() + "."


def diagnoses(stay: Stay, at: datetime) -> str:
    """Numbered list of the diagnoses as they were called then."""
    names = [studies.name_at(stay, at), *(c.name for c in stay.companions)]
    return "\n".join(f"{n}. {stay.say(name)}" for n, name in enumerate(names, start=1))


def imaging_line(stay: Stay, at: datetime) -> str:
    """What the studies reported by then say."""
    found = [s for s in stay.case.studies if studies.reported(stay, s) <= at]
    colon = "：" if stay.language == "zh" else ": "
    return " ".join(f"{stay.say(s.name)}{colon}{stay.say(s.conclusion)}" for s in found)


def entry(stay: Stay, at: datetime) -> CourseEntry:
    """The chapter of the course that holds at that time."""
    chapters, operation = stay.case.course, stay.case.operation
    if operation is not None and operation.day >= 1:
        if studies.before_operation(stay, at):
            return chapters[0]
        days = stay.days_at(at) - operation.day
        late = stage(len(chapters) - 1, days, stay.case.recovery - operation.day)
        return chapters[1 + late]
    return chapters[stage(len(chapters), stay.days_at(at), stay.case.recovery)]


def admission(stay: Stay, at: datetime) -> str:
    """入院记录."""
    done = tuple(r for r in laboratory.rounds(stay) if r.issued and r.issued <= at)
    tests = labs_line(stay, done, 9) + imaging_line(stay, at)
    c, p = stay.case, stay.person
    if stay.language == "zh":
        return (
            f"主诉：{stay.say(c.complaint)}。\n现病史：{stay.say(c.history)}\n"
            f"既往史：{past_history(stay)}\n"
            f"体格检查：{signs_line(stay, stay.admitted)}，"
            f"身高 {p.height} cm，体重 {p.weight} kg。{stay.say(c.exam)}\n"
            f"辅助检查：{tests or '待回报。'}\n初步诊断：\n{diagnoses(stay, stay.admitted)}"
        )
    return (
        f"Presenting complaint: {stay.say(c.complaint)}.\nHistory: {stay.say(c.history)}\n"
        f"Past history: {past_history(stay)}\n"
        f"Examination: {signs_line(stay, stay.admitted)}; {p.height} cm, {p.weight} kg. "
        f"{stay.say(c.exam)}\nInvestigations: {tests or 'pending.'}\n"
        f"Provisional diagnosis:\n{diagnoses(stay, stay.admitted)}"
    )


def first_progress(stay: Stay, at: datetime) -> str:
    """首次病程记录: features, reasons, plan."""
    c, f = stay.case, stay.facts
    called = stay.say(studies.name_at(stay, stay.admitted))
    sex = {"M": Pair("男性", "man"), "F": Pair("女性", "woman")}[stay.person.sex].say(stay.language)
    if stay.language == "zh":
        return (
            f"病例特点：患者{sex}，{f['age']}岁，因“{stay.say(c.complaint)}”入院。"
            f"{signs_line(stay, at)}。{stay.say(c.exam)}\n"
            f"诊断依据：{stay.say(c.basis)}\n初步诊断：{called}\n"
            f"诊疗计划：{stay.say(c.plan)}"
        )
    return (
        f"A {f['age']}-year-old {sex} admitted for {_lowered(stay.say(c.complaint))}. "
        f"{signs_line(stay, at)}. {stay.say(c.exam)}\nReasons: {stay.say(c.basis)}\n"
        f"Diagnosis: {called}\nPlan: {stay.say(c.plan)}"
    )


def _lowered(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def progress(stay: Stay, at: datetime) -> str:
    """日常病程记录 of one day."""
    since = at - timedelta(hours=26)
    recent = tuple(
        r for r in laboratory.rounds(stay) if r.issued is not None and since < r.issued <= at
    )
    chapter, day = entry(stay, at), stay.day_number(at)
    after = postoperative(stay, at)
    if stay.language == "zh":
        return (
            f"入院第{day}天{after}。{stay.say(chapter.subjective)}查体：{signs_line(stay, at)}。"
            f"{labs_line(stay, recent)}{trend_line(stay, at)}{stay.say(chapter.assessment)}"
        )
    return (
        f"Day {day}{after}. {stay.say(chapter.subjective)} On examination: {signs_line(stay, at)}. "
        f"{labs_line(stay, recent)}{trend_line(stay, at)}{stay.say(chapter.assessment)}"
    )


def postoperative(stay: Stay, at: datetime) -> str:
    """`，术后第2天`, or nothing before or without an operation."""
    done = studies.operated(stay)
    if done is None or done[1] > at:
        return ""
    days = (at.date() - done[1].date()).days
    if stay.language == "zh":
        return f"，术后第{days}天" if days else "，手术当日"
    return f", postoperative day {days}" if days else ", day of surgery"


def senior_round(stay: Stay, at: datetime, which: int, who: Pair) -> str:
    """A senior doctor's round: findings, opinion, plan."""
    opinion = stay.say(stay.case.rounds[min(which, len(stay.case.rounds) - 1)])
    if studies.before_operation(stay, at):
        opinion = stay.say(_BEFORE_SURGERY)
    if stay.language == "zh":
        return (
            f"今日{who.zh}查房。汇报病史后查看患者：{signs_line(stay, at)}。"
            f"{stay.say(entry(stay, at).subjective)}{who.zh}指示：{opinion}以上意见遵照执行。"
        )
    return (
        f"Round with {who.en}. {signs_line(stay, at)}. {stay.say(entry(stay, at).subjective)} "
        f"Opinion: {opinion} To be carried out."
    )


def nursing(stay: Stay, at: datetime) -> str:
    """护理记录 of one shift."""
    running = [
        o
        for o in medication.orders(stay)
        if o.signed <= at and not o.stopped(at) and o.leads and o.line.kind == "long-term"
    ]
    care = stay.say(_PREPARING if studies.before_operation(stay, at) else stay.case.nursing)
    pick = stay.random(f"nursing/{at.isoformat()}")
    given = pick.choice(running).line.drug if running else ""
    found = vitals.measured(stay, at)
    pain = found.values["pain"]
    quiet = _QUIET if found.consciousness == "A" else _QUIET[:2]
    if stay.language == "zh":
        told = f"疼痛评分NRS {pain}分。" if pain else pick.choice(quiet).zh
        drug = f"遵医嘱予{given}，观察用药反应。" if given else ""
        return f"{signs_line(stay, at)}。{told}{drug}{care}"
    told = f"Pain NRS {pain}. " if pain else f"{pick.choice(quiet).en} "
    english = medicine(given)["name_en"] if given else ""
    drug = f"{english} given as ordered. " if given else ""
    return f"{signs_line(stay, at)}. {told}{drug}{care}"


_BEFORE_SURGERY = Pair(
    "诊断明确，有手术指征，完善术前评估与讨论，向患者及家属充分告知后手术。",
    "The diagnosis is clear and surgery indicated; complete the assessment and the consent first.",
)
_PREPARING = Pair(
    "完善术前准备，核对腕带，建立静脉通路，向患者及家属做好解释。",
    "Prepared for the operation, wristband checked, cannula placed, patient and family informed.",
)
_QUIET = (  # the first two also say something about a patient who is not awake
    Pair("管道、敷料妥善，", "Lines and dressings in order."),
    Pair("皮肤完整，", "Skin intact."),
    Pair("无特殊不适主诉，", "No complaints."),
    Pair("休息可，", "Resting."),
    Pair("家属陪护，情绪稳定，", "Family present, calm."),
)


def handover(stay: Stay, at: datetime) -> str:
    """SBAR for the next shift."""
    level = orders.LEVELS[vitals.level_of_care(stay, at)]
    chapter = entry(stay, at)
    care = stay.say(_PREPARING if studies.before_operation(stay, at) else stay.case.nursing)
    if stay.language == "zh":
        return (
            f"S 现状：{stay.bed}床 {stay.person.text}，{level.zh}，{signs_line(stay, at)}。\n"
            f"B 背景：{stay.say(studies.name_at(stay, at))}，{past_history(stay)}\n"
            f"A 评估：{stay.say(chapter.subjective)}\nR 建议：{care}"
        )
    return (
        f"S: bed {stay.bed}, {stay.person.text}, {level.en.lower()}; {signs_line(stay, at)}.\n"
        f"B: {stay.say(studies.name_at(stay, at))}. {past_history(stay)}\n"
        f"A: {stay.say(chapter.subjective)}\nR: {care}"
    )


def operation(stay: Stay, hours: float) -> str:
    """手术记录."""
    found = stay.case.operation
    if found is None:
        return ""
    if stay.language == "zh":
        return (
            f"手术名称：{found.name.zh}\n术前诊断：{stay.say(stay.case.admitted_as)}\n"
            f"麻醉方式：{found.anaesthesia.zh}\n手术时长：{hours:.1f} 小时\n"
            f"手术经过：{found.course.zh}术毕清点器械敷料无误，安返病房。"
        )
    return (
        f"Operation: {found.name.en}\nDiagnosis: {stay.say(stay.case.admitted_as)}\n"
        f"Anaesthesia: {found.anaesthesia.en}\nDuration: {hours:.1f} hours\n"
        f"Course: {found.course.en} Counts correct; returned to the ward."
    )


def leaving(stay: Stay, at: datetime) -> str:
    """出院记录 or 死亡记录."""
    days = max(1, round(stay.days))
    if stay.state == DECEASED:
        return _death(stay)
    last = stay.case.course[-1]
    if stay.language == "zh":
        return (
            f"入院诊断及经过：{stay.say(stay.case.name)}，住院{days}天。{stay.say(stay.case.plan)}\n"
            f"出院情况：{stay.say(last.subjective)}{signs_line(stay, at)}。\n"
            f"出院医嘱：{stay.say(last.assessment)}按时服药，1周后门诊复查，不适随诊。"
        )
    return (
        f"Diagnosis and course: {stay.say(stay.case.name)}, {days} days. "
        f"{stay.say(stay.case.plan)}\n"
        f"At discharge: {stay.say(last.subjective)} {signs_line(stay, at)}.\n"
        f"Advice: {stay.say(last.assessment)} Take the tablets as listed; clinic in one week."
    )


def _death(stay: Stay) -> str:
    if stay.language == "zh":
        return (
            f"{diagnoses(stay, stay.until)}\n患者入ICU后积极抗感染、循环支持，病情进行性恶化，"
            "去甲肾上腺素剂量持续上调，血压难以维持，终因多器官功能衰竭心跳停止，"
            "与家属充分沟通后家属放弃胸外按压，宣告临床死亡。死亡原因：脓毒症休克、多器官功能衰竭。"
        )
    return (
        f"{diagnoses(stay, stay.until)}\nDespite antibiotics and circulatory support the patient "
        "deteriorated, "
        "noradrenaline was increased without effect, and the heart stopped from multiple organ "
        "failure. The family declined chest compressions. Cause of death: septic shock."
    )
