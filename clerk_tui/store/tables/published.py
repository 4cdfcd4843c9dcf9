"""Lists that the district publishes to this station: slices as they come, and what is current."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class PublishedSlice(StationBase, table=True):
    """One slice of a version that is on its way; gone when the version is current or refused."""

    __tablename__ = "published_slice"
    kind: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: str = Field(description="JSON: key -> value; null takes a key away")


class PublishedList(StationBase, table=True):
    """One version of one list. At most one of a kind is current."""

    __tablename__ = "published_list"
    kind: str = Field(primary_key=True, description="catalogue|calendar|deficiency|credit|correction|queue")
    version: str = Field(primary_key=True, description="SHA-256 of the whole content")
    base: str = Field(default="", description="version that its slices change; empty: a snapshot")
    slices: int
    facts: str = Field(default="{}", description="JSON: number, dated, valid_from, valid_to, example")
    state: str = Field(description="staged|current|old|refused")
    content: str = Field(default="", description="JSON: key -> value, whole; empty until it was current")
    rid: str = Field(description="record that announced it")
    changed_at: int = Field(sa_type=BigInteger)
