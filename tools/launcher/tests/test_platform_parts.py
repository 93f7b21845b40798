"""Our own parts: what they are given works wherever the clone lies."""

from pathlib import Path

from launcher.certificate import keep_certificate, now_utc
from launcher.gateway import check_configuration, find_nginx, install
from launcher.place import Place
from launcher.platform_parts import gateway_values
from launcher.settings import read_settings

GATEWAY = Path(__file__).parents[3] / "gateway"


def test_the_gateway_runs_below_a_path_with_spaces_and_quotes(tmp_path: Path) -> None:
    folder = tmp_path / 'Zoë\'s "own" folder; 100 %'
    folder.mkdir()
    place = Place(tmp_path, folder, account=None)
    prefix = place.passable("gateway")
    place.passable("assets")
    tls = keep_certificate(place.private("tls"), now_utc())
    install(GATEWAY, prefix, gateway_values(GATEWAY, prefix, read_settings({}), place, tls))
    check_configuration(find_nginx(None), prefix)
