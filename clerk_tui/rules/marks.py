"""How a material was shown: one digit each, and how the ones without paper were verified.

居民身份证法 15: nobody keeps another's card. 国务院令716 7, 10: what is shared is not asked again, an e-licence is the paper.
"""

from clerk_tui.rules.worded import Worded


class Mark(Worded):
    UNMARKED = "", "未标"
    ORIGINAL_CHECKED = "1", "原件已核退还"
    ORIGINAL_KEPT = "2", "收原件"
    COPY = "3", "收复印件"
    E_LICENCE = "4", "电子证照"
    ON_FILE = "5", "数据共享或已在库"
    PROMISE = "6", "告知承诺替代"
    DEFECTIVE = "7", "有问题"
    MISSING = "0", "未带"
    NOT_APPLICABLE = "9", "不适用"


class VerifiedHow(Worded):
    """How marks 4 and 5 were verified."""

    NOT_SAID = "", "未注明"
    SEEN = "seen", "当面出示"
    RESIDENT_PHONE = "resident_phone", "本人手机出示"
    DEPARTMENT_SYSTEM = "department_system", "部门系统查得"
    ON_FILE = "on_file", "在库复印件"
    PENDING_BACK_OFFICE = "pending_back_office", "待后台核验"


VERIFIED_HOW: dict[str, str] = {how.value: how.words for how in VerifiedHow if how is not VerifiedHow.NOT_SAID}

IDENTITY_EVIDENCE = frozenset(
    {"id_card", "agent_id", "guardian_id", "foreigner_card", "hkm_permit", "taiwan_permit", "gat_residence", "passport"}
)
"""Evidence kinds that prove who somebody is. A person's identity document may not be kept (居民身份证法 15)."""

_SHOWN = frozenset({Mark.ORIGINAL_CHECKED, Mark.ORIGINAL_KEPT, Mark.COPY})
_WITHOUT_PAPER = frozenset({Mark.E_LICENCE, Mark.ON_FILE})


_FAR: dict[str, tuple[frozenset[Mark], str]] = {
    "phone": (_SHOWN, "电话里看不到材料, 也收不到"),
    "post": (frozenset({Mark.ORIGINAL_CHECKED}), "人不在窗口, 原件无从退还; 收原件标 2, 复印件标 3"),
}
"""Kinds of visit in which nobody stands at the window: the marks that need somebody or something here, and why not."""
_AT_THE_WINDOW = frozenset({VerifiedHow.SEEN.value, VerifiedHow.RESIDENT_PHONE.value})
"""Ways of verifying that need the resident, or his telephone's screen, at the window."""


def is_identity(evidence: str) -> bool:
    """Whether an evidence kind is somebody's identity document."""
    return evidence in IDENTITY_EVIDENCE or evidence.endswith("id_card")


def allowed_marks(
    evidence: str,
    source: str = "applicant",
    share: str = "",
    tolerable: bool = False,
    promise_allowed: bool = False,
    *,
    reusable: bool = False,
    conditional: bool = True,
) -> tuple[Mark, ...]:
    """The digits that the clerk may press on a material, in the order in which they are shown.

    4 needs a paper that has an electronic licence, 5 one that is shared or may be reused from the file, 6 a promise
    that the item allows. 0 and 7 are always allowed: `tolerable` decides what follows from them, not whether they may
    be said. 9 only where the material depends on circumstances.
    """
    marks = [Mark.ORIGINAL_CHECKED]
    if not is_identity(evidence):
        marks.append(Mark.ORIGINAL_KEPT)
    marks.append(Mark.COPY)
    if share.startswith("电子证照"):
        marks.append(Mark.E_LICENCE)
    if share or reusable or source == "government":
        marks.append(Mark.ON_FILE)
    if promise_allowed:
        marks.append(Mark.PROMISE)
    marks += [Mark.DEFECTIVE, Mark.MISSING]
    if conditional:
        marks.append(Mark.NOT_APPLICABLE)
    return tuple(marks)


def impossible_marks(visit_kind: str) -> tuple[frozenset[Mark], str]:
    """Marks that no material can get in a visit of this kind, and the reason; none where somebody stands here."""
    return _FAR.get(visit_kind, (frozenset(), ""))


def may_verify(how: str, visit_kind: str) -> bool:
    """Whether a licence or shared data can be verified this way in a visit of this kind."""
    return how in VERIFIED_HOW and not (visit_kind in _FAR and how in _AT_THE_WINDOW)


def needs_verification(mark: str) -> bool:
    """Whether the mark must say how the material was verified."""
    return Mark(mark) in _WITHOUT_PAPER


def satisfied(mark: str, verified_how: str = "") -> bool:
    """Whether the material is there, and verified where the mark demands it. 待后台核验 is not verified yet."""
    kind = Mark(mark)
    if kind in _WITHOUT_PAPER:
        return verified_how not in ("", VerifiedHow.PENDING_BACK_OFFICE)
    return kind in _SHOWN or kind in (Mark.PROMISE, Mark.NOT_APPLICABLE)


def is_pending_back_office(mark: str, verified_how: str = "") -> bool:
    """Neither missing nor verified, and not asked of the resident: the back office looks it up."""
    return Mark(mark) in _WITHOUT_PAPER and verified_how == VerifiedHow.PENDING_BACK_OFFICE


def is_gap(mark: str) -> bool:
    """Missing or defective: what a one-time notice names, or what may be owed."""
    return Mark(mark) in (Mark.MISSING, Mark.DEFECTIVE)
