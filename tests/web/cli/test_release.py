"""`flask release`: migrates and publishes the examples once, whatever was done since."""

from tests.web.cli.office import Office
from web.cli.release import NUMBERS, THREADS


def test_a_new_installation_gets_the_examples_bound(office: Office) -> None:
    said = office.done("release")
    bound = dict(office.house.library.bindings())
    assert bound == {number: flow for flow, number in NUMBERS.items()} | THREADS
    numbers, addresses = said.split("Addresses you can write to:")
    assert all(f"  {number}  " in numbers for number in NUMBERS.values())
    assert all(f"  {address}  " in addresses for address in THREADS)
    assert all(f"  {number}  {flow}" in said for number, flow in bound.items())
    assert "http://127.0.0.1:8000/ivr/voice" in said


def test_releasing_again_changes_nothing(office: Office) -> None:
    office.done("release")
    office.done("flows unbind +15550100001")
    before = office.done("flows list")
    office.done("release")
    assert office.done("flows list") == before
    assert "version 2" not in before


def test_an_installation_with_flows_of_its_own_gets_no_examples(office: Office) -> None:
    office.done("flows publish", office.hello())
    office.done("release")
    assert office.done("flows list") == "hello\tincoming_call\tversion 1\n"
