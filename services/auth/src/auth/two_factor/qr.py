import io

import segno

QUIET_ZONE = 4
"""Width in modules of the white margin that the standard requires."""


def qr_svg(text: str) -> str:
    """Return a QR code as SVG without a size; the page that shows it sets one.

    It is black on white on every page, because scanners need the light modules and the margin on a dark page too. It
    has no inline style, which a content security policy would block, and declares its namespace, so that it also works
    as an image.
    """
    svg = io.BytesIO()
    segno.make_qr(text, error="m").save(
        svg,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
        nl=False,
    )
    return svg.getvalue().decode()
