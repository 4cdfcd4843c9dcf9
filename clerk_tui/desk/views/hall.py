"""The hall, its windows, its clerks, as the sign-in and the settings screens show them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WindowView:
    id: str
    number: int
    name: str
    serves: tuple[str, ...]
    taken_by: str = ""  # clerk's name (or 已打开) while a program sits there
    fresh: bool = False


@dataclass(frozen=True)
class ClerkView:
    id: str
    number: str
    name: str
    roles: tuple[str, ...]
    role_words: str
    may_decide: tuple[str, ...]
    locked: bool
    active: bool
    version: int


@dataclass(frozen=True)
class CategoryView:
    name: str
    letter: str


@dataclass(frozen=True)
class HallView:
    id: str
    code: str
    letter: str
    name: str
    short_name: str
    is_service_point: bool
    categories: tuple[CategoryView, ...]
    phone: str
    supervision_phone: str
    address: str
    lock_minutes: int
