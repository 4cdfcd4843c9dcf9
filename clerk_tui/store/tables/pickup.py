"""Results (出件) and their handover."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class Result(StationBase, table=True):
    __tablename__ = "result"
    id: str = Field(primary_key=True)
    case_id: str | None = Field(default=None, foreign_key="cases.id", index=True)
    person_name: str = Field(default="", description="whose it is when the case is unknown")
    kind: str = Field(description="paper|card|electronic|payment|refusal")
    name: str
    number: str = Field(default="", index=True, description="certificate number")
    licence_id: str = Field(default="", description="电子证照标识")
    copies: int = 1
    state: str = Field(description="ResultState value")
    source: str = Field(description="hall|district|paper")
    confirmed: bool = Field(default=True, description="false: decision known from the delivery list only")
    shelf: str = Field(default="", index=True)
    condition: str = ""
    expected_at: int | None = Field(default=None, sa_type=BigInteger)
    arrived_at: int | None = Field(default=None, sa_type=BigInteger)
    ready_at: int | None = Field(default=None, sa_type=BigInteger)
    announced_at: int | None = Field(default=None, sa_type=BigInteger)
    delivered_at: int | None = Field(default=None, sa_type=BigInteger)
    serve_by: str | None = Field(default=None, description="ISO date, where the regime gives a service limit")
    version: int = 1
    __table_args__ = (
        Index("result_state", "state", "ready_at", "id"),
        Index("result_serve", "serve_by", "state"),
    )


class Handover(StationBase, table=True):
    """Collector, clerk and applicant are three columns and never mixed."""

    __tablename__ = "handover"
    id: str = Field(primary_key=True)
    result_id: str = Field(foreign_key="result.id", index=True)
    case_id: str | None = Field(default=None, index=True)
    visit_id: str | None = None
    how: str = Field(description="self|proxy|guardian|operator|agent|mail|electronic|service_of_refusal")
    collector_id: str | None = None
    collector_name: str = ""
    collector_id_kind: str = ""
    collector_id_number: str = ""
    relation: str = ""
    authority_id: str | None = None
    evidence: str = ""
    waybill: str = ""
    mail_to: str = ""
    mail_state: str = Field(default="", description="'' | posted | signed | came_back")
    signed_how: str = ""
    notice_id: str | None = None
    clerk_id: str
    at: int = Field(sa_type=BigInteger)
    voided_at: int | None = Field(default=None, sa_type=BigInteger)
    void_reason: str = ""
    version: int = 1
