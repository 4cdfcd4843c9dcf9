"""Every kind of journal event, and how it travels to the district: whole, in part, by its hash only, or not at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Travel:
    """`how` is whole | part | hash | stays; `keys` are the parts of the body that travel."""

    how: str
    keys: tuple[str, ...] = ()


WHOLE, HASH, STAYS = Travel("whole"), Travel("hash"), Travel("stays")


def part(*keys: str) -> Travel:
    return Travel("part", keys)


KINDS: dict[str, Travel] = {
    # the hall and its people
    "hall.set_up": WHOLE,
    "hall.settings_changed": HASH,
    "installation.made": WHOLE,
    "installation.closed": WHOLE,
    "policy.loaded": part("kind", "number", "dated", "example"),
    "numbers.voided": WHOLE,
    "window.added": HASH,
    "window.changed": HASH,
    "clerk.added": HASH,
    "clerk.signed_in": HASH,
    "clerk.signed_off": HASH,
    "clerk.locked": HASH,
    "clerk.unlocked": HASH,
    "clerk.pin_changed": HASH,
    "clerk.pin_reset": HASH,
    "clerk.approved": HASH,
    "clerk.changed": HASH,
    "duty.pause_began": HASH,
    "duty.pause_ended": HASH,
    "duty.back_office_began": HASH,
    "duty.back_office_ended": HASH,
    "clock.confirmed": HASH,
    "access.unmasked": HASH,
    "access.opened": HASH,
<<<<<<< HEAD
    "channel.paused": HASH,
    "channel.unpaused": HASH,
    "channel.resumed": WHOLE,
=======
    "access.exported": HASH,
>>>>>>> main
    # queue and visit
    "ticket.issued": part("number", "category", "rank", "issued_at"),
    "ticket.called": part("number", "order", "reason"),
    "ticket.recalled": HASH,
    "ticket.arrived": part("number"),
    "ticket.missed": part("number"),
    "ticket.returned": part("number"),
    "ticket.held": part("number"),
    "ticket.resumed": part("number"),
    "ticket.transferred": part("number", "category"),
    "ticket.released": part("number"),
    "ticket.finished": part("number"),
    "ticket.left": part("number"),
    "ticket.closed": part("number", "reason"),
    "ticket.changed": HASH,
    "ticket.call_undone": part("number"),
    "ticket.reopened": part("number"),
    "appointment.booked": WHOLE,
    "appointment.cancelled": WHOLE,
    "appointment.checked_in": WHOLE,
    "appointment.no_show": WHOLE,
    "visit.opened": part("kind", "ticket_id"),
    "visit.identified": HASH,
    "visit.held": HASH,
    "visit.resumed": HASH,
    "visit.finished": part("outcome", "services", "inaccurate"),
    "visit.reopened": HASH,
    "visit.service_noted": HASH,
    "visit.asked": part("item_key"),
    "day.closed": WHOLE,
    # people
    "person.registered": WHOLE,
    "person.corrected": WHOLE,
    "person.merged": WHOLE,
    "person.unmerged": WHOLE,
    "organisation.registered": WHOLE,
    "organisation.corrected": WHOLE,
    "authority.recorded": WHOLE,
    "authority.ended": WHOLE,
    # the case
    "case.received": WHOLE,
    "case.accepted": WHOLE,
    "case.decided": WHOLE,
    "case.closed": WHOLE,
    "case.transferred": WHOLE,
    "case.correction_asked": WHOLE,
    "case.correction_supplied": WHOLE,
    "case.correction_faulted": WHOLE,
    "case.reminded": WHOLE,
    "case.refusal_proposed": WHOLE,
    "case.refused": WHOLE,
    "case.not_applicable": WHOLE,
    "case.withdrawn": WHOLE,
    "case.returned": WHOLE,
    "case.terminated": WHOLE,
    "case.revoked": WHOLE,
    "case.voided": WHOLE,
    "case.corrected": WHOLE,
    "case.fee_recorded": WHOLE,
    "case.hotline_recorded": WHOLE,
    "case.tolerance_declined": WHOLE,
    "case.request_sent": WHOLE,
    "case.stage_reported": STAYS,
    "case.suspended": STAYS,
    "case.resumed": STAYS,
    "case.prolonged": STAYS,
    "case.numbered": STAYS,
    "case.decision_received": STAYS,
    "case.acceptance_received": STAYS,
    "case.due_recomputed": HASH,
    "material.given_back": WHOLE,
    "material.verified": WHOLE,
    # owed materials
    "owed.recorded": WHOLE,
    "owed.supplied": WHOLE,
    "owed.checked": WHOLE,
    "owed.rejected": WHOLE,
    "owed.due_recomputed": HASH,
    "owed.extended": WHOLE,
    "owed.expired": WHOLE,
    "owed.settled": WHOLE,
    "owed.closed": WHOLE,
    "owed.reminded": WHOLE,
    "promise.verified": WHOLE,
    # results
    "result.expected": STAYS,
    "result.arrived": WHOLE,
    "result.bounced": WHOLE,
    "result.shelved": WHOLE,
    "result.ready": WHOLE,
    "result.matched": WHOLE,
    "result.announced": WHOLE,
    "result.reminded": WHOLE,
    "result.handed_over": WHOLE,
    "result.mailed": WHOLE,
    "result.mail_signed": WHOLE,
    "result.mail_came_back": WHOLE,
    "result.served": WHOLE,
    "result.returned_to_department": WHOLE,
    "handover.voided": WHOLE,
    # papers
    "notice.issued": WHOLE,
    "notice.voided": WHOLE,
    "notice.signed": WHOLE,
    "notice.printed": HASH,
    # tasks from the district
    "task.opened": STAYS,
    "task.closed": HASH,
    "record.corrected": WHOLE,
    # the channel itself
    "reconcile.stated": WHOLE,
    "list.taken_up": WHOLE,
    "record.resent": WHOLE,
}
