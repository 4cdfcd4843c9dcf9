"""What is done with one case from its page: the acts of `desk.case_menu`, each with its card and its papers."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from clerk_tui.tui.case_endings import REASONS
from clerk_tui.tui.case_records import CaseRecords

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import CaseView


class CaseActs(CaseRecords):
    """Base of the places in which a case is open."""

    async def do_case_act(self, name: str, view: "CaseView") -> None:
        """Do one line of the case's menu."""
        if name in REASONS:
            await self.end_case(name, view)
            return
        if name == "supplement":
            self.workbench.go_to("owed", "case", view.row.id)
            return
        acts: dict[str, Callable[[CaseView], Awaitable[None]]] = {
            "answer_rejected": self.answer_rejected,
            "supply_correction": self.supply_correction,
            "remind_correction": self.remind_correction,
            "decide_now": self.decide_now,
            "verify_material": self.verify_material,
            "transfer": self.transfer_case,
            "results": self.open_results,
            "correct": self.correct_case,
            "record_fee": self.record_fee,
            "give_back": self.give_back,
            "record_hotline": self.record_hotline,
            "request_district": self.request_district,
            "sign_paper": self.sign_paper,
            "void_paper": self.void_paper,
            "print_refusal": self.print_refusal,
            "void_handover": self.void_handover,
            "unmask": self.unmask,
        }
        await acts[name](view)
