from typing import Any

import pytest

from desk.agents import Agent
from desk.values import from_json, to_json
from desk.who import Roster, Skill, Staffing, Who

ROSTER = Roster(
    (
        Agent("cy", "Cy", "client:cy", ("sales",), {"french": 90, "german": 20}),
        Agent("ann", "Ann", "client:ann", ("support", "sales"), {"french": 50}),
        Agent("bob", "Bob", "client:bob", ("support",), {"german": 80}),
        Agent("dee", "Dee", "client:dee"),
    )
)
FRENCH, GERMAN = Skill("french", 50), Skill("german", 50)


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (Who(ring_groups=("support",)), "ann bob"),
        (Who(ring_groups=("sales", "support")), "ann bob cy"),
        (Who(ring_groups=("none",)), ""),
        (Who(agents=("cy", "ann", "cy")), "cy ann"),
        (Who(agents=("zoe", "dee")), "dee"),
        (Who(attributes=(FRENCH,)), "ann cy"),
        (Who(attributes=(Skill("french", 51),)), "cy"),
        (Who(attributes=(FRENCH, GERMAN)), ""),
        (Who(attributes=(FRENCH, Skill("german", 20))), "cy"),
        (Who(attributes=(FRENCH, GERMAN), match="any"), "ann bob cy"),
        (Who(attributes=(Skill("french"),)), "ann cy"),
        (Who(attributes=(Skill("dutch"),)), ""),
    ],
)
def test_the_agents_meant_are_found_in_a_stable_order(who: Who, found: str) -> None:
    assert [agent.id for agent in ROSTER.matching(who)] == found.split()
    assert {agent.id for agent in ROSTER.agents if who.matches(agent)} == set(found.split())
    assert from_json(Who, to_json(who)) == who


def test_proficiency_is_the_mean_of_all_or_the_best_of_any() -> None:
    cy = ROSTER.get("cy")
    assert cy is not None
    assert Who(attributes=(FRENCH, GERMAN)).proficiency(cy) == 55
    assert Who(attributes=(FRENCH, GERMAN), match="any").proficiency(cy) == 90
    assert Who(ring_groups=("sales",)).proficiency(cy) == 0


@pytest.mark.parametrize(
    "given", [{}, {"agents": ("a",), "ring_groups": ("b",)}, {"agents": (), "attributes": ()}]
)
def test_exactly_one_way_of_naming_is_given(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Who(**given)


@pytest.mark.parametrize("level", [-1, 101])
def test_a_proficiency_nobody_can_have_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        Skill("french", level)


def test_no_agent_at_all_differs_from_none_who_is_free_now() -> None:
    def member(name: str, **more: Any) -> Agent:
        return Agent(name, name, f"client:{name}", ("support",), **more)

    roster = Roster(
        (
            member("free", presence="available"),
            member("rung", presence="available"),
            member("serving", presence="busy", assignment="c"),
            member("writing", presence="wrap_up"),
            member("out", presence="away"),
            member("closed", presence="busy"),
            member("home"),
        )
    )
    support = Who(ring_groups=("support",))
    assert roster.staffing(support, {"rung"}) == Staffing(exist=7, at_work=4, free=1)
    assert roster.staffing(support, {"rung", "free"}).free == 0
    assert roster.staffing(Who(agents=("zoe",))) == Staffing(0, 0, 0)
