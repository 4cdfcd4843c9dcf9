"""The card on which an authority is recorded: relation, scope, dates, the paper that shows it."""

from datetime import date
from typing import TYPE_CHECKING

from clerk_tui.tui.acting import Acting
from clerk_tui.tui.cards.common import ActCard
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, DateField, TextField
from clerk_tui.tui.widgets.form import Labelled

if TYPE_CHECKING:
    from clerk_tui.desk.views.visit import AuthorityView, PersonView

EVIDENCE = {
    "proxy": "委托书日期(代理人 事项 权限 期限 签名齐全)",
    "guardian": "户口簿, 出生证或监护证明",
    "heir": "亲属关系证明, 公证书或村居证明",
    "operator": "单位介绍信或授权书",
    "legal_representative": "营业执照或登记证",
}
RELATIONS = {"operator": "例: 会计, 办公室职员", "legal_representative": "例: 法定代表人, 负责人, 经营者"}
SCOPES = (Choice("*", "全部事项"), Choice("item", "只限一个事项"))


def authority_card(
    acting: Acting, holder: "PersonView", principal: "PersonView", kind: str, today: date
) -> "ActCard[AuthorityView]":
    """The card; it answers with the authority that was recorded."""
    from clerk_tui.desk import authorities, intake

    async def record(values: dict[str, str]) -> "AuthorityView | None":
        scope = values["scope"]
        if scope == "item":
            hits = await acting.act(intake.find_items, text=values["item"], limit=1) if values["item"] else ()
            if hits is None:
                return None
            if not hits:
                acting.ring("没有这个事项", "写事项代码或名称, 例: mz03")
                return None
            scope = hits[0].key
        return await acting.act(
            authorities.record_authority,
            principal_kind=principal.kind,
            principal_id=principal.id,
            holder_id=holder.id,
            kind=kind,
            evidence=values["evidence"],
            relation=values["relation"],
            scope=scope,
            valid_from=values["valid_from"],
            valid_to=values["valid_to"],
        )

    return ActCard(
        f"{holder.name_masked} 替 {principal.name_masked}",
        (
            Labelled(
                "关系",
                TextField(max_length=20, placeholder=RELATIONS.get(kind, "例: 儿子, 邻居, 村居代办员"), id="relation"),
                "与申请人的关系",
            ),
            Labelled(
                "凭什么",
                TextField(max_length=80, placeholder=EVIDENCE.get(kind, ""), id="evidence"),
                "必填: 看过哪份文书",
            ),
            Labelled("范围", ChoiceField(SCOPES, "*", id="scope"), "委托书只写一个事项的选 2"),
            Labelled("事项", TextField(max_length=40, placeholder="只限一个事项时: 代码或名称", id="item"), "例: mz05"),
            Labelled("从", DateField(today=today, id="valid_from"), "空着从今天起"),
            Labelled("到", DateField(today=today, id="valid_to"), "空着: 没有止期; 未成年人到十八岁前一天"),
        ),
        record,
        lines=(
            "委托书写明代理人、事项、权限、期限并签名(民法典 165)。",
            "代办人不得留存申请人的身份证原件(居民身份证法 15)。",
        ),
        label_width=8,
    )
