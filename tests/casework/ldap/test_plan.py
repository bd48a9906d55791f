"""What is done by what an LDAP directory says, and how it has to be named: without a directory, without a database."""

from __future__ import annotations

from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from casework.ldap.client import Entry
from casework.ldap.plan import Here, Known, plan_of, too_many_leave
from casework.ldap.setup import directory_of

NAMES = st.sampled_from(["a", "A", "b", "c", "d e", ""])
IDS = st.sampled_from(["1", "2", "3", "4", ""])
GROUPS = st.frozensets(st.sampled_from(["desk", "audit"]))
ENTRIES = st.lists(st.builds(Entry, id=IDS, dn=st.just("x"), name=NAMES, groups=GROUPS), max_size=6)
NONE = st.just("")
FOLLOW = st.frozensets(st.sampled_from([7, 8]))
KNOWN = st.builds(Known, st.integers(1, 9), st.just("k"), NONE, NONE, NONE, st.booleans(), FOLLOW)
HERE = st.builds(
    Here,
    st.dictionaries(st.sampled_from(["1", "2", "5"]), KNOWN),
    st.dictionaries(st.sampled_from(["3", "6"]), st.integers(1, 9)),
    st.sets(st.sampled_from(["a", "c"])),
    st.just({}),
    st.just({"desk": frozenset({7})}),
)


@given(ENTRIES, HERE)
def test_everybody_is_done_one_thing_with_and_nobody_comes_in_under_anothers_name(
    entries: list[Entry], here: Here
) -> None:
    plan = plan_of(entries, here)
    there = {one.id for one in entries}
    known = [one for one in entries if one.id in here.known]
    others = [one for one in entries if one.id not in here.known]
    assert len(plan.joins) + len(plan.returns) + len(plan.not_taken) == len(others)
    joined = [one.name.casefold() for one in plan.joins]
    assert len({*joined}) == len(joined) and not {*joined} & {*here.names} and "" not in joined
    assert len({one.id for one in plan.joins}) == len(plan.joins) and all(one.id for one in plan.joins)
    assert sorted(plan.leaves) == sorted(one.number for id, one in here.known.items() if one.active and id not in there)
    for number, one in plan.moves:
        assert number == here.known[one.id].number and here.known[one.id].active, "whom somebody kept out stays out"
    for one in known:
        wanted = frozenset({7}) if "desk" in one.groups else frozenset()
        moved = any(entry is one for _, entry in plan.moves)
        assert moved == (here.known[one.id].active and here.known[one.id].groups != wanted)


@pytest.mark.parametrize(
    ("leave", "of", "done"),
    [(0, 0, True), (0, 9, True), (1, 1, False), (5, 9, True), (6, 9, False), (20, 100, True), (21, 100, False)],
)
def test_a_mistyped_filter_keeps_nobody_out(leave: int, of: int, done: bool) -> None:
    known = {str(at): Known(at, "n", "", "", "", at < leave, frozenset()) for at in range(of)}
    plan = plan_of([], Here(known, {}, set(), {}, {}))
    assert len(plan.leaves) == leave and (too_many_leave(plan, of) is None) == done


def named(**given: Any) -> Any:
    env = environ.Env()
    env.ENVIRON = {f"CASEWRIGHT_LDAP{name}": value for name, value in given.items()}
    return directory_of(env)


def test_a_directory_is_named_by_the_environment() -> None:
    assert named() is None
    found = named(
        **{"": "ldaps://directory.example", "_PEOPLE": "ou=p", "_WHO": "cn=w", "_PASSWORD": "hidden", "_ID": "x"}
    )
    assert (found.people, found.id, found.name, found.every) == ("ou=p", "x", "uid", 3600)
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"": "https://directory.example"}, "such as ldaps"), ({"": "ldaps://me@directory.example"}, "such as ldaps"),
        ({"": "ldap://directory.example"}, "ldaps://, or"), ({"": "ldaps://directory.example"}, "_PEOPLE"),
        ({"": "ldap://127.0.0.1", "_PEOPLE": "ou=p", "_WHO": "cn=w"}, "_PASSWORD"),
        ({"": "ldaps://["}, "such as ldaps"), ({"": "ldaps://directory.example:99999"}, "such as ldaps"),
        ({"": "ldaps://directory.example", "_EVERY": "often"}, "number of seconds"),
        ({"": "ldaps://directory.example", "_EVERY": "-1"}, "number of seconds"),
    ],
)  # fmt: skip
def test_a_directory_that_passwords_would_not_be_safe_with_is_not_taken(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        named(**wrong)
