"""What a scanned burst is: a code of ours, an identity number, or something that only the find box may interpret."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clerk_tui.devices.card_reader import AUTO, ReaderPerson, read_line
from clerk_tui.rules.identity import NumberKind, check_number, fold
from clerk_tui.rules.numbering import check_code


class ScanKind(StrEnum):
    CASE = "case"
    TICKET = "ticket"
    PAPER = "paper"
    RESULT = "result"
    APPOINTMENT = "appointment"
    IDENTITY = "identity"
    UNKNOWN = "unknown"


_PREFIXES = {
    "C": ScanKind.CASE,
    "T": ScanKind.TICKET,
    "P": ScanKind.PAPER,
    "R": ScanKind.RESULT,
    "A": ScanKind.APPOINTMENT,
}
_SURE = frozenset(
    {
        NumberKind.RESIDENT_ID,
        NumberKind.RESIDENT_ID_15,
        NumberKind.GAT_RESIDENCE,
        NumberKind.FOREIGNER_PERMANENT_18,
        NumberKind.FOREIGNER_PERMANENT_15,
        NumberKind.HKM_PERMIT,
        NumberKind.USCC,
    }
)
"""Kinds that nothing else looks like. A passport's pattern would swallow shelf places and waybills."""

_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""AIM identifier that some scanners put before the content, such as `]Q3` of a QR code."""


@dataclass(frozen=True)
class Scan:
    """`value` is folded: the opaque code, the identity number, or for `unknown` the scanned text in one line.

    `person` is what a card reader told beside the number.
    """

    kind: ScanKind
    value: str
    person: ReaderPerson | None = None


def classify(text: str, *, today: date, reader: str = AUTO) -> Scan:
    """Say what a burst is. A code or number whose check character is wrong is `unknown`, never a near hit.

    `reader` is the format of this window's card reader. A scan is never an answer: what the caller may do with it is
    to find, and nothing else.
    """
    plain = _SYMBOLOGY.sub("", text.strip())
    prefix, valid = check_code(plain)
    if valid:
        return Scan(_PREFIXES[prefix], fold(plain))
    person = read_line(plain, today=today, preset=reader)
    if person is not None:
        return Scan(ScanKind.IDENTITY, person.number, person)
    checked = check_number(plain, today=today)
    if checked.valid and checked.kind in _SURE:
        return Scan(ScanKind.IDENTITY, checked.number)
    return Scan(ScanKind.UNKNOWN, " ".join(plain.split()))
