"""Ids and tokens: long, and never given out twice, not even by threads or a child process."""

import os
from concurrent.futures import ThreadPoolExecutor

from runner.ids import new_id, new_token


def test_tokens_and_ids_are_long_and_never_the_same() -> None:
    made = {new_token() for _ in range(1000)} | {new_id() for _ in range(1000)}
    assert len(made) == 2000
    assert min(map(len, made)) >= 22


def test_threads_share_none() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [token for many in pool.map(_many, range(32)) for token in many]
    assert len(set(made)) == len(made)


def _many(_number: int) -> list[str]:
    return [new_token() for _ in range(300)]


def test_a_child_process_draws_its_own() -> None:
    new_token()  # something is drawn and not given out yet
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, new_token().encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        of_child = pipe.read()
    os.waitpid(child, 0)
    assert len(of_child) == 22
    assert of_child not in {new_token() for _ in range(200)}
