"""Who may do what in the hall: act name -> roles, and the acts that a supervisor must approve."""

from collections.abc import Collection

from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.worded import Worded


class Role(Worded):
    """What a member of staff may be; one person may hold several."""

    CLERK = "clerk", "窗口人员"
    PICKUP = "pickup", "出件人员"
    GUIDE = "guide", "导办人员"
    AGENT = "agent", "村居代办员"
    SUPERVISOR = "supervisor", "值班主任"
    IT = "it", "系统管理员"


_EVERYBODY = frozenset(Role)
_DESK = frozenset({Role.CLERK, Role.SUPERVISOR})
_DESK_AND_AGENT = _DESK | {Role.AGENT}
_TICKETS = _DESK | {Role.GUIDE, Role.PICKUP, Role.AGENT}
_CALLING = _DESK | {Role.PICKUP, Role.AGENT}
_RESULTS = _DESK | {Role.PICKUP}
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_IT = frozenset({Role.IT, Role.SUPERVISOR})


def _table(*groups: tuple[frozenset[Role], str]) -> dict[str, frozenset[Role]]:
    return {name: roles for roles, names in groups for name in names.split()}


MAY: dict[str, frozenset[Role]] = _table(
    (
        _EVERYBODY,
        "sign_in sign_off change_pin look find case_view take_seat lock unlock approve confirm_clock sync close_leftovers",
    ),
    (
        _TICKETS,
        "issue_ticket change_ticket book_appointment cancel_appointment check_in no_show mark_left guide_sheet"
        " register_person search_people",
    ),
    (
        _CALLING,
        "look_next call call_again arrived not_here bring_back hold resume transfer_ticket call_out_of_order"
        " pause back_office end_duty open_visit open_without_ticket identify finish_visit hold_visit only_asked"
        " correct_person record_authority end_authority unmask open_absent_case reprint sign_paper remind",
    ),
    (
        _DESK_AND_AGENT,
        "intake settle receive accept accept_deficient ask_correction supply_correction decline_tolerance"
        " propose_refusal record_fee withdraw give_back supplement check_supplement propose_expiry agency_register"
        " register_organisation correct_organisation record_hotline verify_material back_enter",
    ),
    (_DESK, "decide_now transfer merge verify_promise correct_case correct_material request_district close_case"),
    (
        _RESULTS,
        "take_in_result bounce_result shelve_result make_result_ready match_result announce_result hand_over mail_result"
        " mail_signed mail_came_back serve_result return_result close_task correct_record close_day",
    ),
    (
        _DESK_AND_AGENT | {Role.PICKUP},
        "reject_supplement second_notice fault_again extend_owed settle_expiry refuse_case not_applicable_case"
        " return_case terminate_case void_case void_paper void_handover correct_after_papers urgent_ticket"
        " release_ticket notice_visible_first_time unmerge reopen_ticket reopen_owed release_result_before_supplement"
        " open_second_case send_before_supplement accept_unchecked_credit",
    ),
    (_SUPERVISOR, "load_policy manage_staff revoke_case waive_service_point"),
    (_IT, "set_up_hall change_settings unlock_clerk reset_pin backup restore enrol manage_windows void_numbers"),
)
"""Every act of the desk and the roles that may do it. An approving supervisor is the second actor, not the first."""

_APPROVED = (
    "reject_supplement second_notice fault_again extend_owed settle_expiry refuse_case not_applicable_case return_case"
    " terminate_case void_case void_handover correct_after_papers urgent_ticket release_ticket"
    " notice_visible_first_time unmerge reopen_ticket reopen_owed release_result_before_supplement"
    " load_policy manage_staff revoke_case reset_pin unlock_clerk change_settings void_numbers"
)

NEEDS_SUPERVISOR: frozenset[str] = frozenset(_APPROVED.split())
"""Acts that a supervisor does, or approves at the clerk's window with own number and PIN."""


def may(act: str, roles: Collection[str]) -> bool:
    """Whether one of the roles may do the act. Raises KeyError for an act that is not in the table."""
    return not MAY[act].isdisjoint(roles)


def require(act: str, roles: Collection[str], second_roles: Collection[str] = ()) -> None:
    """Raise Refusal role_missing or supervisor_needed unless the act may be done by these roles, approved or not.

    `second_roles` are those of the supervisor who approved at this window. An IT person's own acts need no supervisor.
    """
    held = frozenset(roles)
    approved = Role.SUPERVISOR in held or Role.SUPERVISOR in second_roles
    if not (may(act, held) or (approved and may(act, second_roles))):
        who = ", ".join(role.words for role in Role if role in MAY[act])
        raise Refusal("role_missing", f"您的岗位不能办这一项; 可以办的岗位: {who}", "请换有权限的人登录, 或请值班主任")
    own_by_office = act in _IT_ACTS and Role.IT in held
    if act in NEEDS_SUPERVISOR and not approved and not own_by_office:
        raise Refusal("supervisor_needed", "这一项须值班主任同意", "请值班主任在本窗口输入工号和密码", field="second")


_IT_ACTS = frozenset(name for name, roles in MAY.items() if roles is _IT)
