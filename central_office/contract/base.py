"""The ground all messages stand on, and the small values that many of them hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Message(BaseModel):
    """A frozen value that crosses the line; fields it does not know are kept and passed on."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)


def _utc(moment: datetime) -> datetime:
    # Any clock may be wrong, even by decades; but every moment must survive being shown in local time.
    if not 1900 < moment.year < 2200:
        raise ValueError("not a year that a clock shows")
    return moment.astimezone(UTC)


Utc = Annotated[AwareDatetime, AfterValidator(_utc)]
Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,39}$")]
