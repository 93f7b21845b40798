"""Errors of profiles and their pictures."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import NotFound, Problem, Unavailable


class NoSuchAvatar(NotFound):
    """No account shows this picture, or not any more."""

    code = AuthCode.NO_SUCH_AVATAR
    title_text = "No such picture"

    def __init__(self) -> None:
        super().__init__("This picture does not exist.")


class PictureTooLarge(Problem):
    """The file is larger than the limit. Litestar rejects it, with the text that all routes use for it."""

    code = AuthCode.TOO_LARGE
    status = 413


class NotAnImage(Problem):
    """The file has another format, is broken, or was made to attack decoders."""

    code = AuthCode.NOT_AN_IMAGE
    status = 422
    title_text = "Not a picture"

    def __init__(self) -> None:
        super().__init__("This file is not a JPEG, PNG or WebP picture. Choose another file.")


class ImageTooBig(Problem):
    """The picture has too many pixels to be decoded."""

    code = AuthCode.IMAGE_TOO_BIG
    status = 422
    title_text = "Too many pixels"

    def __init__(self, max_side: int) -> None:
        super().__init__(f"This picture is too large. Use at most {max_side} × {max_side} pixels.")


class PicturesBusy(Unavailable):
    """The queue for pictures is full, or the process that converts them failed for a reason other than the picture."""

    code = AuthCode.BUSY
    title_text = "Too many pictures at once"

    def __init__(self) -> None:
        super().__init__("We could not process this picture right now. Try again in a moment.")
