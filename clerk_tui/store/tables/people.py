"""Residents, organisations and who may act for whom."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class Person(StationBase, table=True):
    __tablename__ = "person"
    id: str = Field(primary_key=True)
    seek: int = Field(unique=True, description="row number of the full-text index, from a counter row")
    name: str = Field(index=True)
    initials: str = Field(default="", index=True, description="pinyin initials, all surname readings, space separated")
    pinyin: str = Field(default="", description="full pinyin, readings space separated")
    id_kind: str = Field(default="", description="NumberKind value; empty while the person has no number")
    id_number: str | None = Field(default=None, index=True)
    id_tail: str = Field(default="", index=True, description="last 4 characters of the number")
    birth_proof: str = Field(default="", description="出生医学证明编号 of a newborn, or guardian's name")
    birth: str | None = Field(default=None, description="ISO date")
    sex: str = Field(default="", description="男|女|")
    phone: str = Field(default="", index=True)
    phone_tail: str = Field(default="", index=True)
    contact: str = Field(default="", description="whom to reach where there is no phone")
    address: str = Field(default="")
    village: str = Field(default="")
    merged_into: str | None = Field(default=None, foreign_key="person.id", index=True)
    made_at: int = Field(sa_type=BigInteger)
    version: int = 1
    __table_args__ = (Index("person_number", "id_kind", "id_number"),)


class Organisation(StationBase, table=True):
    __tablename__ = "organisation"
    id: str = Field(primary_key=True)
    seek: int = Field(unique=True)
    name: str = Field(index=True)
    initials: str = Field(default="", index=True)
    uscc: str | None = Field(default=None, unique=True)
    uscc_tail: str = Field(default="", index=True)
    legal_person_id: str | None = Field(default=None, foreign_key="person.id")
    phone: str = Field(default="", index=True)
    phone_tail: str = Field(default="", index=True)
    address: str = ""
    made_at: int = Field(sa_type=BigInteger)
    version: int = 1


class Authority(StationBase, table=True):
    """One may act for another: 委托书, 监护, 继承, 经办, 法定代表."""

    __tablename__ = "authority"
    id: str = Field(primary_key=True)
    principal_kind: str = Field(description="person|organisation")
    principal_id: str = Field(index=True)
    holder_id: str = Field(foreign_key="person.id", index=True)
    kind: str = Field(description="proxy|guardian|heir|operator|legal_representative")
    relation: str = Field(default="", description="relation in words, e.g. 女儿, 村代办员")
    scope: str = Field(default="*", description="item key or *; free words in `evidence`")
    valid_from: str
    valid_to: str | None = None
    evidence: str = ""
    recorded_at: int = Field(sa_type=BigInteger)
    recorded_by: str
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    ended_reason: str = ""
    version: int = 1
