"""What a district's policy document says, read once by the rules that will use it, and held against the catalogue."""

import re
from typing import Any

from clerk_tui.catalog.deficiency_list import material_of
from clerk_tui.catalog.model import Catalogue
from clerk_tui.rules.correction import CorrectionPolicy
from clerk_tui.rules.marks import is_identity
from clerk_tui.rules.queue_order import QueuePolicy
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.tolerance import DeficiencyPolicy

KINDS = {"deficiency": "容缺清单", "correction": "补正规定", "credit": "信用限制名单", "queue": "排队规定"}


_HASH = re.compile("[0-9a-f]{64}")


def _hashes(blocked: Any) -> list[str]:
    """Hashes of applicants' numbers: a number in clear would go to every station, and would block nobody."""
    if not isinstance(blocked, list):
        raise ValueError("blocked")
    faulty = [place for place, one in enumerate(blocked, 1) if not isinstance(one, str) or not _HASH.fullmatch(one)]
    if faulty:
        words = f"{KINDS['credit']}第 {faulty[0]} 条不是散列(共 {len(faulty)} 条不是)"
        advice = "证件号码不能写在名单里; 用 clerk-tui policy hash 换成散列"
        raise Refusal("policy_faulty", words, advice, field="blocked")
    return sorted(set(blocked))


def checked(kind: str, body: Any, catalogue: Catalogue) -> dict[str, Any]:
    """The body of a policy of a kind; the deficiency list is held against core evidence, which may never be owed.

    Raises Refusal policy_faulty, policy_core.
    """
    try:
        if kind == "credit":
            return {"blocked": _hashes(body["blocked"])}
        if kind == "correction":
            return CorrectionPolicy.from_dict(body).to_dict()
        if kind == "queue":
            return QueuePolicy.from_dict(body).to_dict()
        policy = DeficiencyPolicy.from_dict(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal("policy_faulty", f"{KINDS[kind]}的内容读不懂", "请与区里核对文件格式") from error
    for item_key, listed in policy.items.items():
        item = catalogue.items.get(item_key)
        for key in listed.materials:
            spec = material_of(catalogue, item, key) if item is not None else None
            if spec is not None and (spec.core or is_identity(spec.evidence)):
                raise Refusal("policy_core", f"清单把核心材料列为可容缺: {spec.name} ({item_key})", "请与区里核对清单")
    return policy.to_dict()
