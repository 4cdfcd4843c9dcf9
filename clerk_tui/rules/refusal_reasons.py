"""Why an application is refused or not taken in: the reasons that the law knows, each with its article."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RefusalReason:
    """`words` are printed on the paper; `basis` is the article that they rest on."""

    key: str
    outcome: str  # refuse | not_applicable
    words: str
    basis: str
    only_licences: bool = False

    @property
    def full_words(self) -> str:
        return f"{self.words}({self.basis})"


REASONS = (
    RefusalReason(
        "not_competent", "refuse", "申请事项依法不属于本机关职权范围", "《行政许可法》第三十二条第一款第二项", True
    ),
    RefusalReason("false_material", "refuse", "隐瞒有关情况或者提供虚假材料申请", "《行政许可法》第七十八条", True),
    RefusalReason(
        "barred",
        "refuse",
        "直接关系公共安全、人身健康、生命财产安全的事项, 因虚假材料一年内不得再次申请",
        "《行政许可法》第七十八条",
        True,
    ),
    RefusalReason("not_ours", "refuse", "不属于本级、本辖区受理范围", "事项办事指南的受理范围"),
    RefusalReason("not_eligible", "refuse", "不符合办事指南公布的受理条件", "事项办事指南的受理条件"),
    RefusalReason(
        "no_licence_needed",
        "not_applicable",
        "申请事项依法不需要取得行政许可",
        "《行政许可法》第三十二条第一款第一项",
        True,
    ),
    RefusalReason("nothing_to_do", "not_applicable", "所述情形不需要办理本事项", "事项办事指南的适用范围"),
)


def reasons_for(outcome: str, regime: str) -> tuple[RefusalReason, ...]:
    """The reasons of an outcome under a regime; 行政许可法 is cited for the 行政许可 items only."""
    licence = regime == "licence"
    return tuple(one for one in REASONS if one.outcome == outcome and (licence or not one.only_licences))
