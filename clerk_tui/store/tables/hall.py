"""The hall, its windows and the people who work there."""

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class Hall(StationBase, table=True):
    __tablename__ = "hall"
    id: str = Field(primary_key=True)
    code: str = Field(
        unique=True, description="12-digit station code: division of 9 digits, then 3 of the service point"
    )
    letter: str = Field(description="short code of this installation in every human number, e.g. SQ01")
    name: str
    short_name: str = Field(description="the authority's short name in document numbers, e.g. 市桥")
    zone: str = Field(default="Asia/Shanghai")
    is_service_point: bool = False
    settings: str = Field(default="{}", description="JSON: queue policy, unattended lock minutes, organisation names")


class Installation(StationBase, table=True):
    """One (re)installation of the station's software on this store; a restore makes a new one."""

    __tablename__ = "installation"
    inst: str = Field(primary_key=True, description="8 hex digits")
    hall_id: str = Field(foreign_key="hall.id")
    made_at: int = Field(sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)


class Window(StationBase, table=True):
    __tablename__ = "window"
    id: str = Field(primary_key=True)
    hall_id: str = Field(foreign_key="hall.id")
    number: int
    name: str
    serves: str = Field(description="JSON list of ticket categories, best first")
    __table_args__ = (UniqueConstraint("hall_id", "number"),)


class Seat(StationBase, table=True):
    """Machinery: which program sits at a window now. A second program for the same window is refused."""

    __tablename__ = "seat"
    window_id: str = Field(primary_key=True, foreign_key="window.id")
    program: str = Field(description="random id of the running program")
    host: str
    pid: int
    clerk_id: str | None = None
    seen_at: int = Field(sa_type=BigInteger)


class Clerk(StationBase, table=True):
    __tablename__ = "clerk"
    id: str = Field(primary_key=True)
    hall_id: str = Field(foreign_key="hall.id")
    number: str = Field(unique=True, description="clerk number typed at sign-in")
    name: str
    roles: str = Field(description="JSON list of clerk|pickup|guide|agent|supervisor|it")
    may_decide: str = Field(
        default="[]", description="JSON list of item keys that this clerk may decide on the spot, or ['*']"
    )
    pin_hash: str = Field(description="argon2id")
    failed_tries: int = 0
    locked: bool = False
    active: bool = True
    version: int = 1
