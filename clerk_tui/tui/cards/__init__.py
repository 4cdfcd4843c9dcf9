"""Cards: small modal questions over the workbench, each answered by a key.

What the keys of the workbench ask with is imported when the first card opens: the first paint does not pay for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clerk_tui.tui.cards.common import KEY_COLUMNS, ActCard, BoardCard, ConfirmCard, FormCard, ListCard, MenuCard
    from clerk_tui.tui.cards.register import RegisterCard
    from clerk_tui.tui.widgets.fields import Choice, ChoiceField, DateField, TextField
    from clerk_tui.tui.widgets.form import Form, Labelled
else:

    def __getattr__(name: str) -> object:
        if name in __all__:
            for home in ("cards.common", "widgets.fields", "widgets.form", "cards.register"):
                module = import_module(f"clerk_tui.tui.{home}")
                if hasattr(module, name):
                    return globals().setdefault(name, getattr(module, name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "KEY_COLUMNS",
    "ActCard",
    "BoardCard",
    "Choice",
    "ChoiceField",
    "ConfirmCard",
    "DateField",
    "Form",
    "FormCard",
    "Labelled",
    "ListCard",
    "MenuCard",
    "RegisterCard",
    "TextField",
]
