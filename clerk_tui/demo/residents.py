"""Invented residents with valid numbers."""

from dataclasses import dataclass
from typing import Any

import yaml

from clerk_tui.resources import data_folder
from clerk_tui.rules.mod_11_2 import check_digit

REGION = "440113"
PHONE_RANGE = "1990000"
"""Seven digits of a range that no operator has given out; four digits of order follow."""


@dataclass(frozen=True)
class Resident:
    name: str
    number: str
    phone: str
    village: str
    address: str
    born: str
    sex: str


def load() -> tuple[tuple[Resident, ...], Resident]:
    """The residents of data/demo/residents.yaml, and the village agent."""
    told: dict[str, Any] = yaml.safe_load((data_folder() / "demo" / "residents.yaml").read_text(encoding="utf-8"))
    residents = tuple(_resident(one, order) for order, one in enumerate(told["residents"], 1))
    return residents, _resident(told["agent"], len(residents) + 1)


def _resident(told: dict[str, str], order: int) -> Resident:
    return Resident(
        name=told["name"],
        number=resident_number(told["born"], told["sex"], order),
        phone=f"{PHONE_RANGE}{order:04}",
        village=told["village"],
        address=told["address"],
        born=told["born"],
        sex=told["sex"],
    )


def resident_number(born: str, sex: str, order: int) -> str:
    """A valid 18-character number (GB 11643) of Panyu: `order` picks the sequence, odd for men and even for women."""
    sequence = (order * 2 + (1 if sex == "男" else 0)) % 1000
    body = f"{REGION}{born.replace('-', '')}{sequence:03}"
    return body + check_digit(body)
