"""Tables that people bring in: how the headers of a file were read, remembered for the next one."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import Moment, moment, points_at


class ImportMapping(SQLModel, table=True):
    """Which header of a community's files stands for which column of ours."""

    __tablename__ = "import_mapping"
    community_id: UUID = points_at("community.id", primary=True)
    kind: str = Field(primary_key=True)
    header: str = Field(primary_key=True)
    column: str
    saved_at: Moment = moment()
