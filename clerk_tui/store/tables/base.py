"""The station's own base: one registry and one metadata, apart from the district's."""

from pydantic import ConfigDict
from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class StationBase(SQLModel, registry=registry()):
    """Every table of a station. Instants are integer milliseconds UTC (`*_at`, `t0`, `t1`); dates are ISO text;
    money is fen; keys are UUIDv7 text made at the desk; JSON is text made by `store.canonical`."""

    model_config = ConfigDict(defer_build=True)  # type: ignore[assignment]  # SQLModel's own type is private
    """Rows are read and written through the Core tables: nobody asks pydantic to check one, so it need not get ready to."""
