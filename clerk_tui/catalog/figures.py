"""The catalogue's items as the facts that the figures of the policy plan ask for."""

import re

from clerk_tui.catalog.model import Catalogue, Item
from clerk_tui.rules.item_figures import ItemFact

_FILING = re.compile(r"注销|备案")
_SEVERAL = re.compile(r"[、/(（]")


def filing(name: str) -> str:
    """'only' where an item's name is nothing but 注销 or 备案, 'mixed' where it names other cases too, else ''."""
    if not _FILING.search(name):
        return ""
    return "mixed" if _SEVERAL.search(name) else "only"


def fact_of(item: Item, day: str) -> ItemFact:
    """One item on that ISO date; what the catalogue does not record stays None."""
    return ItemFact(
        key=item.key,
        name=item.name,
        category=item.category,
        handling=item.handling,
        promise=item.promise,
        legal=item.legal,
        applicants=item.applicants,
        channels=item.channels,
        levels=item.accept_levels,
        visits=item.visits,
        site_check=item.onsite_inspection,
        filing=filing(item.name),
        excluded="" if item.is_valid(day) else "不在有效期",
    )


def facts(catalogue: Catalogue, day: str) -> tuple[ItemFact, ...]:
    """Every item of the catalogue on that ISO date."""
    return tuple(fact_of(item, day) for item in catalogue.items.values())
