"""Times of the day as clerks type them."""

import unicodedata
from datetime import datetime, timedelta


def read_time(text: str, now: datetime) -> datetime | None:
    """`0950`, `9:50`, `+20` (minutes from now); today, on the clock of `now`. None when it is no time."""
    text = unicodedata.normalize("NFKC", text).strip().replace("点", ":").replace("分", "")
    if text.startswith("+"):
        minutes = text[1:]
        return now + timedelta(minutes=int(minutes)) if _digits(minutes, 3) else None
    hours, colon, minutes = text.partition(":")
    if not colon:
        hours, minutes = text[:-2], text[-2:]
    if not (_digits(hours, 2) and (_digits(minutes, 2) or (colon and not minutes))):
        return None
    try:
        return now.replace(hour=int(hours), minute=int(minutes or 0), second=0, microsecond=0)
    except ValueError:
        return None


def _digits(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most
