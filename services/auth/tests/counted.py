"""Reads auth's metrics."""

from collections import Counter

from prometheus_client import REGISTRY

from auth.sessions.metrics import RESULTS_BY_METHOD, SignInMethod


def sign_ins(way: SignInMethod) -> Counter[str]:
    """Return the sign-ins so far, by result, after checking that every result has a counter.
    Subtract an earlier count."""
    counted: Counter[str] = Counter()
    for result in RESULTS_BY_METHOD[way]:
        found = REGISTRY.get_sample_value("auth_sign_ins_total", {"way": way, "result": result})
        assert found is not None, result
        counted[result] = int(found)
    return counted
