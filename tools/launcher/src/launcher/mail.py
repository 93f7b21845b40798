"""The line that the person sees for each mail that the sink took."""

FIELDS = 4


def tell_mail(line: str) -> str | None:
    """Reads `time, recipients, subject, links` with tabs between; None for whatever else the sink writes.

    The first link is what a letter is about.
    """
    fields = line.split("\t")
    if len(fields) != FIELDS:
        return None
    _, recipients, subject, links = fields
    return f"mail to {recipients}: {subject}  {links.partition(' ')[0]}".rstrip()
