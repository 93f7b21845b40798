"""Our own parts: what they are given works wherever the clone lies."""

import os
import stat
from pathlib import Path

from launcher.gateway import check_configuration, find_nginx, install
from launcher.place import Account, Place
from launcher.platform_parts import gateway_values, tls_files
from launcher.settings import read_settings

GATEWAY = Path(__file__).parents[3] / "gateway"


def test_the_gateway_runs_below_a_path_with_spaces_and_quotes(tmp_path: Path) -> None:
    folder = tmp_path / 'Zoë\'s "own" folder; 100 %'
    folder.mkdir()
    place = Place(tmp_path, folder, account=None)
    prefix = place.passable("gateway")
    place.passable("assets")
    tls = tls_files(place)
    install(GATEWAY, prefix, gateway_values(GATEWAY, prefix, read_settings({}), place, tls))
    check_configuration(find_nginx(None), prefix)


def test_nginxs_workers_may_read_the_certificate_and_not_the_key(tmp_path: Path) -> None:
    workers = Account("nobody", os.getuid(), os.getgid())
    tls = tls_files(Place(tmp_path, tmp_path, account=workers))
    assert mode(tls.certificate.parent) == 0o755
    assert mode(tls.certificate) == 0o644
    assert mode(tls.key) == 0o600
    (tmp_path / "own").mkdir()
    own = tls_files(Place(tmp_path, tmp_path / "own", account=None))
    assert mode(own.certificate.parent) == 0o700


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
