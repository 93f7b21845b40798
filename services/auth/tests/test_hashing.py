import asyncio
import os
import threading
from dataclasses import replace
from threading import Event

import pytest
from argon2 import extract_parameters
from argon2.profiles import CHEAPEST

from auth.accounts.errors import TooManyPasswords
from auth.accounts.hashing import NICENESS, OWASP_PARAMETERS, PasswordHashing


async def test_only_the_right_password_matches() -> None:
    passwords = PasswordHashing(CHEAPEST)
    stored = await passwords.hash("a paddle and a ball")
    assert await passwords.verify(stored, "a paddle and a ball")
    assert not await passwords.verify(stored, "a paddle and a bal")
    assert not await passwords.verify(stored, "")


async def test_a_long_password_is_not_truncated() -> None:
    passwords = PasswordHashing(CHEAPEST)
    stored = await passwords.hash("x" * 127 + "y")
    assert not await passwords.verify(stored, "x" * 128)


async def test_unicode_compositions_of_a_password_are_equal() -> None:
    passwords = PasswordHashing(CHEAPEST)
    stored = await passwords.hash("caf\u00e9 pong")
    assert await passwords.verify(stored, "cafe\u0301 pong")


async def test_the_hash_for_unknown_accounts_costs_as_much_as_a_real_one() -> None:
    passwords = PasswordHashing(CHEAPEST)
    real = extract_parameters(await passwords.hash("a paddle and a ball"))
    assert extract_parameters(passwords._nobodys_hash) == real
    assert not await passwords.verify(None, "a paddle and a ball")


async def test_the_hash_for_unknown_accounts_is_really_verified() -> None:
    """Argon2 itself verifies it; parameters that do not belong to it would cause an
    error about an invalid hash."""
    passwords = PasswordHashing(CHEAPEST)
    assert not passwords.is_outdated(passwords._nobodys_hash)
    assert PasswordHashing(replace(CHEAPEST, time_cost=2)).is_outdated(passwords._nobodys_hash)


async def test_a_broken_hash_matches_nothing() -> None:
    assert not await PasswordHashing(CHEAPEST).verify("!", "a paddle and a ball")


async def test_the_default_is_argon2id_as_owasp_recommends() -> None:
    passwords = PasswordHashing()
    assert (await passwords.hash("a paddle and a ball")).startswith(
        "$argon2id$v=19$m=47104,t=1,p=1$"
    )
    assert PasswordHashing(replace(OWASP_PARAMETERS, memory_cost=19456)).is_outdated(
        await passwords.hash("a paddle and a ball")
    )


async def test_a_full_queue_refuses_jobs_until_there_is_room_again() -> None:
    passwords = PasswordHashing(CHEAPEST, at_once=1, waiting=1)
    let_go = Event()
    jobs = [asyncio.create_task(passwords._run_in_thread(let_go.wait)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyPasswords):
        await passwords.hash("a paddle and a ball")
    let_go.set()
    await asyncio.gather(*jobs)
    assert await passwords.hash("a paddle and a ball")


async def test_a_running_job_keeps_its_place_after_its_caller_is_cancelled() -> None:
    passwords = PasswordHashing(CHEAPEST, at_once=1, waiting=0)
    let_go = Event()
    job = asyncio.create_task(passwords._run_in_thread(let_go.wait))
    await asyncio.sleep(0)
    job.cancel()
    await asyncio.wait({job})
    with pytest.raises(TooManyPasswords):
        await passwords.hash("a paddle and a ball")
    let_go.set()


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


async def test_hashing_runs_at_a_lower_priority() -> None:
    here = niceness()
    assert await PasswordHashing(CHEAPEST)._run_in_thread(niceness) == max(NICENESS, here)
    assert niceness() == here
