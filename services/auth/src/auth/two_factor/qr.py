"""QR codes as SVG."""

import io

import segno

QUIET_ZONE = 4
"""Modules of white around it, as the standard asks for."""


def qr_svg(text: str) -> str:
    """Return a QR code without a size of its own, for whoever shows it to set.

    Black on white wherever it is shown: on a dark page, a scanner finds no code without its light modules and margin.
    It holds no style, so no content security policy objects, and names its namespace, so it can be an image as well.
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
