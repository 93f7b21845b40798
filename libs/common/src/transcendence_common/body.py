"""Reads JSON bodies and answers 400 for a body that cannot be decoded or has a value of another type."""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import SerializationException, ValidationException

from transcendence_common.problems import WHOLE_BODY

_PATH_IN_MESSAGE = re.compile(r" - at `\$\.?(?P<path>.*)`")


class BodyRequest(Request[Any, Any, State]):
    """A request that answers 400 for a JSON body that cannot be decoded or has a value of another type."""

    async def json(self) -> Any:  # noqa: ANN401 - as in Litestar
        """Return the decoded body as the type that the handler reads.

        Litestar alone converts values as leniently as query parameters: "100", 100.0 and 1e2 would become the number
        100. A body that is converted here is not converted again.

        Raises:
            SerializationException: it is not JSON, not UTF-8, or nested deeper than the decoder goes.
            ValidationException: a field is missing, or has a value of another type.
        """
        try:
            body = await super().json()
        except UnicodeDecodeError as error:
            raise SerializationException("The body is not UTF-8.") from error
        except RecursionError as error:
            raise SerializationException("The body is nested too deeply.") from error
        read = self.route_handler.parsed_data_field
        if read is None:
            return body
        try:
            return msgspec.convert(body, read.annotation, str_keys=True)
        except msgspec.ValidationError as error:
            raise ValidationException(extra=[_field_error_item(str(error))]) from error


def _field_error_item(sentence: str) -> dict[str, str]:
    path = _PATH_IN_MESSAGE.search(sentence)
    message = _PATH_IN_MESSAGE.sub("", sentence)
    return {"key": path["path"] if path and path["path"] else WHOLE_BODY, "message": message}
