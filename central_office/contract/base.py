"""The ground all messages stand on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value that crosses the line; fields it does not know are kept and passed on."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)
