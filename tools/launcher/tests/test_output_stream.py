"""Lines that have no reader, or that a terminal cannot show, raise no error."""

import os
from pathlib import Path

from launcher.output_stream import open_output_stream


def test_writing_to_a_closed_pipe_raises_no_error() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream, open_output_stream(stream) as output_stream:
        output_stream.write("read\n")
        assert os.read(reader, 100) == b"read\n"
        os.close(reader)
        output_stream.write("one more line\n")
        output_stream.write("and another")
        output_stream.flush()


def test_a_character_that_the_terminal_lacks_becomes_a_question_mark(tmp_path: Path) -> None:
    path = tmp_path / "terminal"
    with path.open("w", encoding="ascii") as stream, open_output_stream(stream) as output_stream:
        output_stream.write("✓ ready\n")
    assert path.read_text() == "? ready\n"


def test_a_stream_that_was_closed_from_the_start_discards_lines() -> None:
    with open_output_stream(None) as output_stream:
        assert output_stream.write("without a reader\n")
