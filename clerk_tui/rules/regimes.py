"""Which law governs a kind of service item: five-day rule, service limit, suspensions, legal basis, remedies.

Only the 行政许可 items stand under 行政许可法 32, 42, 44, 45: deemed acceptance, twenty days, ten-day service. Elsewhere
a missed one-time notice is an incident, not an acceptance. Texts are data: an item may replace its remedies.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from clerk_tui.rules.limits import Limit

FIVE_DAYS = Limit(5, "working")
"""The one-time notice: on the spot or within five working days (行政许可法 32(4), 82)."""


@dataclass(frozen=True)
class Regime:
    """`serve_days`: working days from decision to service; `basis`: what a paper of an outcome cites."""

    key: str
    words: str
    articles: tuple[str, ...]
    five_day: bool
    deemed_acceptance: bool
    serve_days: int | None
    suspensions: tuple[str, ...]
    remedies: tuple[str, ...]
    statutory: Limit | None = None  # where the item itself names no statutory limit
    prolong_days: int | None = None
    missed_notice: str = "记为事件, 不视为受理"
    basis: MappingProxyType[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def basis_for(self, outcome: str) -> tuple[str, ...]:
        """Articles that a paper of this outcome cites, the regime's own where it has none for it."""
        return self.basis.get(outcome, self.articles)


_REVIEW = "如不服本决定, 可以自收到本通知之日起六十日内申请行政复议(行政复议法第二十条)"
_SUIT = "也可以自收到本通知之日起六个月内直接向人民法院提起行政诉讼(行政诉讼法第四十六条)"
_FIRST_REVIEW = "认为行政机关未履行法定职责的, 应当先申请行政复议, 对复议决定不服的再提起诉讼(行政复议法第二十三条)"
_REMEDIES = (_REVIEW, _SUIT, _FIRST_REVIEW)
_COMPLAINT = ("对办理有意见的, 可以拨打 12345 政务服务便民热线, 或到办不成事反映窗口反映",)

_TOLERANCE = "《广东省优化营商环境条例》第三十二条(容缺受理)"
_TELL_ONCE = "《广东省优化营商环境条例》第三十三条(一次性告知, 限时办结)"
_UNIFIED = "《优化营商环境条例》第三十五条"

_GENERAL = MappingProxyType(
    {
        "accept": (_UNIFIED, _TELL_ONCE),
        "receive": (_UNIFIED, _TELL_ONCE),
        "accept_deficient": (_TOLERANCE,),
        "one_time_notice": (_TELL_ONCE,),
        "correct_now": (_TELL_ONCE,),
        "asked": (_TELL_ONCE,),
        "decide_now": (_UNIFIED, _TELL_ONCE),
    }
)
_LICENCE = MappingProxyType(
    {
        "accept": ("《行政许可法》第三十二条第一款第五项",),
        "receive": ("《行政许可法》第二十六条, 第三十二条",),
        "accept_deficient": (_TOLERANCE, "《行政许可法》第三十一条"),
        "one_time_notice": ("《行政许可法》第三十二条第一款第四项",),
        "correct_now": ("《行政许可法》第三十二条第一款第三项",),
        "refuse": ("《行政许可法》第三十二条第一款第二项",),
        "not_applicable": ("《行政许可法》第三十二条第一款第一项",),
        "decide_now": ("《行政许可法》第三十四条第二款",),
        "asked": ("《行政许可法》第三十条第二款",),
        "decide": ("《行政许可法》第三十七条至第四十条",),
        "serve": ("《行政许可法》第四十四条",),
        "suspend": ("《行政许可法》第四十五条",),
        "prolong": ("《行政许可法》第四十二条",),
        "deem_accepted": ("《行政许可法》第三十二条第一款第四项(逾期不告知, 自收到申请材料之日起即为受理)",),
    }
)

REGIMES: dict[str, Regime] = {
    regime.key: regime
    for regime in (
        Regime(
            key="licence",
            words="行政许可",
            articles=("《行政许可法》第二十六条至第四十五条",),
            five_day=True,
            deemed_acceptance=True,
            serve_days=10,
            suspensions=("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"),
            remedies=_REMEDIES,
            statutory=Limit(20, "working"),
            prolong_days=10,
            missed_notice="视为自收到申请材料之日起受理, 并记为事件",
            basis=_LICENCE,
        ),
        Regime(
            key="confirmation",
            words="行政确认",
            articles=(_UNIFIED, _TELL_ONCE),
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "检测", "鉴定", "专家评审"),
            remedies=_REMEDIES,
            basis=_GENERAL,
        ),
        Regime(
            key="benefit",
            words="行政给付",
            articles=(_UNIFIED, _TELL_ONCE),
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "家庭经济状况核对", "入户调查", "鉴定"),
            remedies=_REMEDIES,
            basis=_GENERAL,
        ),
        Regime(
            key="reward",
            words="行政奖励",
            articles=(_UNIFIED, _TELL_ONCE),
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "专家评审"),
            remedies=_REMEDIES,
            basis=_GENERAL,
        ),
        Regime(
            key="service",
            words="公共服务",
            articles=(_UNIFIED, _TELL_ONCE),
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示",),
            remedies=_COMPLAINT,
            basis=_GENERAL,
        ),
        Regime(
            key="other",
            words="其他行政权力",
            articles=(_UNIFIED, _TELL_ONCE),
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "检测", "鉴定", "专家评审"),
            remedies=_REMEDIES,
            basis=_GENERAL,
        ),
    )
}
"""What each kind of item stands under. `suspensions`: procedures that the law or the practice of the kind knows."""

_BY_CATEGORY = {regime.words: regime for regime in REGIMES.values()}


def regime_for(category: str) -> Regime:
    """The regime of an item's category (行政许可, 行政确认 …) or of a regime's key; 其他行政权力 for any other."""
    return _BY_CATEGORY.get(category) or REGIMES.get(category) or REGIMES["other"]


PUBLICITY = "公示"


def suspension_fault(regime: Regime, name: str, *, publicity: bool) -> str:
    """Why a special procedure of that name stops no clock, '' when it does.

    公示 stops one only where the item's own rule keeps it out of the limit (`publicity`). Of a permit only what 行政许可法
    45 lists is not counted; elsewhere the department names its own procedures, and none is invented at the counter.
    """
    if PUBLICITY in name:
        return "" if publicity else f"这个事项没有规定{PUBLICITY}不计入办理时限"
    if regime.key == "licence" and not any(one in name for one in regime.suspensions):
        return f"[{name}]不在行政许可法第四十五条所列之内({'、'.join(regime.suspensions)})"
    return ""


JOINT_LIMIT = 45
JOINT_PROLONG_DAYS = 15
"""行政许可法 42(2): several departments decide together within 45 working days, prolonged by 15 at most."""


def prolong_fault(regime: Regime, statutory: Limit | None, days: int, before: int) -> str:
    """Why the law does not know such a prolongation of a limit, '' when it does (行政许可法 42: once, by ten working days).

    `before`: how often the limit was prolonged already. A regime without a rule of its own leaves it to the department.
    """
    if regime.prolong_days is None:
        return ""
    joint = statutory is not None and statutory.value >= JOINT_LIMIT
    most = JOINT_PROLONG_DAYS if joint else regime.prolong_days
    if before:
        return f"{regime.words}的期限只能延长一次, 这件已经延长过"
    return f"{regime.words}的期限最多延长 {most} 个工作日, 来的是 {days} 个" if days > most else ""


def missed_five_days(regime: Regime) -> str:
    """What follows when five working days passed without a one-time notice: deem_accepted | incident | ''."""
    if not regime.five_day:
        return ""
    return "deem_accepted" if regime.deemed_acceptance else "incident"
