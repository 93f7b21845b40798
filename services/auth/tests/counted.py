"""What auth counts."""

from collections import Counter

from prometheus_client import REGISTRY

from auth.sessions.metrics import RESULTS, Way


def sign_ins(way: Way) -> Counter[str]:
    """How many there were so far, by how they ended; each is there before it happens. Subtract what was before."""
    counted: Counter[str] = Counter()
    for result in RESULTS[way]:
        found = REGISTRY.get_sample_value("auth_sign_ins_total", {"way": way, "result": result})
        assert found is not None, result
        counted[result] = int(found)
    return counted
