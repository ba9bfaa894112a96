import json
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

QUICK = [
    *("--seconds", "0.3", "--rounds", "1", "--callers", "2"),
    *("--databases", "sqlite", "--executions", "0", "50"),
    *("--steps", "10", "20", "--waiting", "40", "--agents", "10"),
]


@pytest.mark.timeout(300)
def test_the_bench_tells_all_that_it_measures() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *QUICK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, dict[str, object]] = json.loads(done.stdout)
    compares_turns_with_the_baseline(document)
    counts_the_engines_steps(document)
    tells_what_a_turn_costs_as_things_grow(document)
    counts_what_the_desk_decides(document)


def compares_turns_with_the_baseline(document: dict[str, dict[str, object]]) -> None:
    turns = document["turns"]["sqlite"]
    assert isinstance(turns, dict)
    assert turns["failures"] == 0
    assert turns["ratio"] > 0
    assert turns["ours_per_second"] > 0
    assert turns["p50_ms"] <= turns["p99_ms"]
    assert turns["baseline_p50_ms"] <= turns["baseline_p99_ms"]
    assert len(turns["rounds"]) == 1


def counts_the_engines_steps(document: dict[str, dict[str, object]]) -> None:
    assert document["engine"]["steps_per_walk"] == 20
    speed = document["engine"]["steps_per_second"]
    assert isinstance(speed, int)
    assert speed > 0


def tells_what_a_turn_costs_as_things_grow(
    document: dict[str, dict[str, object]],
) -> None:
    cost = document["cost"]
    expected = {
        "by_steps": ["10", "20"],
        "by_visited": ["10"],
    }
    for name, keys in expected.items():
        found = cost[name]
        assert isinstance(found, dict)
        assert list(found) == keys
        assert min(found.values()) > 0
    stored = cost["by_executions"]
    assert isinstance(stored, dict)
    assert list(stored["sqlite"]) == ["0", "50"]


def counts_what_the_desk_decides(document: dict[str, dict[str, object]]) -> None:
    desk = document["desk"]
    rules, stored = desk["rules"], desk["sqlite"]
    assert isinstance(rules, dict)
    assert isinstance(stored, dict)
    assert rules["agents"] == 10
    assert rules["waiting"] >= 40
    assert min(rules["decisions_per_second"], rules["rounds_per_second"]) > 0
    assert min(stored["decisions_per_second"], stored["offers_per_second"]) > 0
    assert stored["to_join_p50_ms"] <= stored["to_join_p99_ms"]
