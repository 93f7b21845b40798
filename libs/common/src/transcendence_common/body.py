"""Reads request bodies: one that cannot be decoded is the caller's mistake, in whichever way it cannot."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import SerializationException


class BodyRequest(Request[Any, Any, State]):
    """A request whose JSON is refused with 400 also where the decoder fails in ways that Litestar does not expect."""

    async def json(self) -> Any:  # noqa: ANN401 - as in Litestar
        """Return the decoded body.

        Raises:
            SerializationException: it is not JSON, not UTF-8, or nested deeper than the decoder goes.
        """
        try:
            return await super().json()
        except UnicodeDecodeError as error:
            raise SerializationException("The body is not UTF-8.") from error
        except RecursionError as error:
            raise SerializationException("The body is nested too deeply.") from error
