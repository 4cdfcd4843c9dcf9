"""Why a slip printer did not take a slip, in the words that every kind of line shares."""

from clerk_tui.rules.refusal import Refusal

ADVICE = "请查看小票打印机是否开机、联网、有纸; 已排队, 会自动再打"


def no_paper() -> Refusal:
    return Refusal("slip_paper", "小票打印机缺纸", "请装纸; 已排队, 会自动再打")


def missing(what: str = "小票打印", install: str = "clerk-tui[printers]") -> Refusal:
    return Refusal("slip_missing", f"本机没有装{what}", f"请信息人员安装 {install}")
