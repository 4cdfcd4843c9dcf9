"""Which law governs a kind of service item: five-day rule, service limit, suspensions, legal basis, remedies.

Only the 行政许可 items stand under 行政许可法 32, 42, 44, 45: deemed acceptance, twenty days, ten-day service. Elsewhere
a missed one-time notice is an incident, not an acceptance. Texts are data: an item may replace its remedies.
"""

from dataclasses import dataclass

from clerk_tui.rules.limits import Limit

FIVE_DAYS = Limit(5, "working")
"""The one-time notice: on the spot or within five working days (行政许可法 32(4), 82)."""


@dataclass(frozen=True)
class Regime:
    """`serve_days`: working days from decision to service."""

    key: str
    words: str
    five_day: bool
    deemed_acceptance: bool
    serve_days: int | None
    suspensions: tuple[str, ...]
    statutory: Limit | None = None  # where the item itself names no statutory limit
    prolong_days: int | None = None
    missed_notice: str = "记为事件, 不视为受理"


REGIMES: dict[str, Regime] = {
    regime.key: regime
    for regime in (
        Regime(
            key="licence",
            words="行政许可",
            five_day=True,
            deemed_acceptance=True,
            serve_days=10,
            suspensions=("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审"),
            statutory=Limit(20, "working"),
            prolong_days=10,
            missed_notice="视为自收到申请材料之日起受理, 并记为事件",
        ),
        Regime(
            key="confirmation",
            words="行政确认",
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "检测", "鉴定", "专家评审"),
        ),
        Regime(
            key="benefit",
            words="行政给付",
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "家庭经济状况核对", "入户调查", "鉴定"),
        ),
        Regime(
            key="reward",
            words="行政奖励",
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "专家评审"),
        ),
        Regime(
            key="service",
            words="公共服务",
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示",),
        ),
        Regime(
            key="other",
            words="其他行政权力",
            five_day=True,
            deemed_acceptance=False,
            serve_days=None,
            suspensions=("公示", "检测", "鉴定", "专家评审"),
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
