"""What can go wrong with profiles and their pictures."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import NotFound, Problem, Unavailable


class NoSuchAvatar(NotFound):
    """Nobody shows this picture, or not any more."""

    code = AuthCode.NO_SUCH_AVATAR
    title_text = "No such picture"

    def __init__(self) -> None:
        super().__init__("There is no such picture.")


class PictureTooLarge(Problem):
    """More bytes than are read; Litestar refuses them, in the words that every address has for it."""

    code = AuthCode.TOO_LARGE
    status = 413


class NotAnImage(Problem):
    """Not one of the formats, broken, or made to break whoever decodes it."""

    code = AuthCode.NOT_AN_IMAGE
    status = 422
    title_text = "Not a picture"

    def __init__(self) -> None:
        super().__init__("This file cannot be read as a JPEG, PNG or WebP picture; choose another.")


class ImageTooBig(Problem):
    """More pixels than are decoded."""

    code = AuthCode.IMAGE_TOO_BIG
    status = 422
    title_text = "Too many pixels"

    def __init__(self, max_side: int) -> None:
        super().__init__(
            f"A picture may have up to {max_side} × {max_side} pixels; make it smaller."
        )


class PicturesBusy(Unavailable):
    """More pictures come in than are made, or the one that makes them failed through no fault of the picture."""

    code = AuthCode.BUSY
    title_text = "Too many pictures at once"

    def __init__(self) -> None:
        super().__init__("This picture could not be made right now; please try again in a moment.")
