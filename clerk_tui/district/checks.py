"""What the reference district checks in a record before it takes it. A fault is a data fault: it changes no clock."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from clerk_tui.channel.reconciling import STATED
from clerk_tui.district.reconciling import malformed
from clerk_tui.rules.identity import NumberKind, check_number

Body = Mapping[str, Any]

_CHECKED = {kind.value for kind in (NumberKind.RESIDENT_ID, NumberKind.GAT_RESIDENCE, NumberKind.USCC)}


class Fault(NamedTuple):
    code: str
    field: str
    words: str


def fault_in(kind: str, body: Body, received_at: int) -> Fault | None:
    """The first fault of a record; None when it is taken."""
    check = _CHECKS.get(kind)
    return check(body, received_at) if check is not None else None


def _received(body: Body, received_at: int) -> Fault | None:
    for field, words in (("receipt_no", "缺少收件号"), ("item_key", "缺少事项"), ("applicant", "缺少申请人")):
        if not body.get(field):
            return Fault("missing", field, words)
    applicant = body["applicant"]
    if not isinstance(applicant, dict):
        return None  # a name alone: nothing more to hold against a rule
    if not applicant.get("name"):
        return Fault("missing", "applicant.name", "缺少申请人姓名或名称")
    number, kind = str(applicant.get("number") or ""), str(applicant.get("number_kind") or "")
    if number and kind in _CHECKED:
        day = (datetime.fromtimestamp(received_at / 1000, UTC) + timedelta(hours=8)).date()
        if not check_number(number, today=day, kind=NumberKind(kind)).valid:
            return Fault("number", "applicant.number", "申请人证件号码校验不通过")
    return None


def _stated(body: Body, received_at: int) -> Fault | None:
    field = malformed(body)
    return Fault("malformed", field, "对账单读不懂") if field is not None else None


FOREIGN = Fault("foreign", "", "这一件是别的站点收的")


_CHECKS: dict[str, Callable[[Body, int], Fault | None]] = {"case.received": _received, STATED: _stated}
