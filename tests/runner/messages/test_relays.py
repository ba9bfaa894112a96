"""Two walks that write to each other's contacts at once: no message is lost to a deadlock."""

import threading

from tests.runner.messages.house import ANN, BOB, OURS, House

RELAY = f"""
linewalk: 1
flow: relay
type: incoming_message
title: Relay
language: en-US
start: ask
steps:
  ask:
    component: ask
    message: Go on.
    exits: {{replied: who, invalid: end, timeout: end}}
  who:
    component: condition
    branches:
      - exit: ann
        when: [{{value: "{{{{ message.from }}}}", op: equals, to: "{ANN}"}}]
    exits: {{ann: bob, no_match: ann}}
  bob:
    component: send_sms
    to: "{BOB}"
    text: "{{{{ steps.ask.text }}}}"
    exits: {{sent: ask, failed: end, opted_out: end}}
  ann:
    component: send_sms
    to: "{ANN}"
    text: "{{{{ steps.ask.text }}}}"
    exits: {{sent: ask, failed: end, opted_out: end}}
  end: {{component: end}}
"""
ROUNDS = 6


def test_two_who_write_to_each_other_through_us_lose_nothing(house: House) -> None:
    house.publish(RELAY, f"sms:{OURS}")
    for peer in (ANN, BOB):
        house.say("Hello", peer=peer, number=peer)
    problems: list[BaseException] = []
    start = threading.Barrier(2)

    def speak(peer: str) -> None:
        try:
            for number in range(ROUNDS):
                start.wait(30)
                house.say(f"{number}", peer=peer, number=peer, sid=f"SM{peer}{number}")
        except BaseException as problem:  # noqa: BLE001  a thread's error belongs to the test
            problems.append(problem)
            start.abort()

    threads = [threading.Thread(target=speak, args=(peer,)) for peer in (ANN, BOB)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    for peer in (ANN, BOB):
        told = [text for text in house.told(peer) if text != "Go on."]
        assert sorted(told) == [str(number) for number in range(ROUNDS)], peer
