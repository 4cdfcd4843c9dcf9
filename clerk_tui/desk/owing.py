"""The ledger of owed materials (容缺台账), all of it in one place to import: read, remind, supplement, extend, settle."""

from clerk_tui.desk.expiring import propose_expiry, settle_expiry
from clerk_tui.desk.owing_acts import extend, remind, verify_promise
from clerk_tui.desk.owing_reads import by_paper, ledger
from clerk_tui.desk.supplementing import check, reject_supplement, reopen, supplement

__all__ = [
    "by_paper",
    "check",
    "extend",
    "ledger",
    "propose_expiry",
    "reject_supplement",
    "remind",
    "reopen",
    "settle_expiry",
    "supplement",
    "verify_promise",
]
