"""Whether the one who acts, with the one who approved, may do an act."""

from clerk_tui.rules import roles
from clerk_tui.store.act import By


def require(by: By, act: str) -> None:
    """Raise Refusal role_missing or supervisor_needed unless `by` may do the act named in `rules.roles`."""
    roles.require(act, by.roles, by.second_roles)
