"""Who may do what: every rule against every kind of person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.access.rules import (
    DEFAULT,
    Asker,
    Denial,
    Person,
    Rules,
    Who,
    hangs_on_groups,
    may_act,
    may_be_used,
    may_read,
)

HERE = Asker("T1", "U1", "C1")
MEMBER, ADMIN, GUEST = Person(), Person(admin=True), Person(guest=True)
STRANGER = Person(stranger=True)
NAMED = Rules(who=Who.NAMED, users=("U1",))
OTHERS = Rules(who=Who.NAMED, users=("U2",), groups=("S1",))
ADMINS = Rules(who=Who.ADMINS)
HERE_ONLY, ELSEWHERE = Rules(channels=("C1", "C2")), Rules(channels=("C2",))


@pytest.mark.parametrize(
    ("rules", "person", "denial"),
    [
        (DEFAULT, MEMBER, None),
        (DEFAULT, ADMIN, None),
        (DEFAULT, GUEST, Denial.GUEST),
        (DEFAULT, STRANGER, Denial.STRANGER),
        (Rules(guests=True), GUEST, None),
        (Rules(guests=True), STRANGER, Denial.STRANGER),
        (Rules(guests=True), Person(deactivated=True), Denial.DEACTIVATED),
        (Rules(guests=True), Person(bot=True), Denial.BOT),
        (NAMED, Person(deactivated=True), Denial.DEACTIVATED),
        (NAMED, Person(bot=True), Denial.BOT),
        (ADMINS, MEMBER, Denial.NOT_ADMIN),
        (ADMINS, ADMIN, None),
        (Rules(who=Who.ADMINS, guests=True), GUEST, Denial.NOT_ADMIN),
        (NAMED, MEMBER, None),
        (NAMED, GUEST, Denial.GUEST),
        (NAMED, STRANGER, Denial.STRANGER),
        (OTHERS, MEMBER, Denial.NOT_NAMED),
        (OTHERS, ADMIN, None),
        (Rules(who=Who.NAMED), MEMBER, Denial.NOT_NAMED),
        (HERE_ONLY, MEMBER, None),
        (ELSEWHERE, MEMBER, Denial.CHANNEL),
        (ELSEWHERE, ADMIN, Denial.CHANNEL),
        (ELSEWHERE, GUEST, Denial.GUEST),
    ],
)
def test_a_rule_decides_about_a_person(rules: Rules, person: Person, denial: Denial | None):
    assert may_act(rules, person, HERE) == denial


def test_the_members_of_a_named_group_may():
    assert may_act(OTHERS, MEMBER, HERE, frozenset({"S1"})) is None
    assert may_act(OTHERS, MEMBER, HERE, frozenset({"S2"})) is Denial.NOT_NAMED
    assert may_act(OTHERS, GUEST, HERE, frozenset({"S1"})) is Denial.GUEST


@pytest.mark.parametrize(
    ("rules", "person", "user", "asked"),
    [
        (OTHERS, MEMBER, "U1", True),
        (OTHERS, MEMBER, "U2", False),
        (OTHERS, ADMIN, "U1", False),
        (OTHERS, GUEST, "U1", False),
        (OTHERS, STRANGER, "U1", False),
        (NAMED, MEMBER, "U3", False),
        (Rules(groups=("S1",)), MEMBER, "U1", False),
    ],
)
def test_groups_are_asked_for_only_where_they_decide(
    rules: Rules, person: Person, user: str, asked: bool
):
    assert hangs_on_groups(rules, person, user) is asked


@pytest.mark.parametrize(
    ("agents", "allowed"),
    [
        ((), True),
        (("785",), True),
        (("linkedin  SEARCH",), True),
        (("\u200bLinked\u00adIn\u3000Search",), True),
        (("７８５",), True),  # noqa: RUF001 - full-width digits
        (("\u200b",), False),
        (("LinkedIn",), False),
        (("786", "Other"), False),
        (("",), False),
    ],
)
def test_an_agent_is_named_by_its_id_or_its_whole_name(agents: tuple[str, ...], allowed: bool):
    denial = may_be_used(Rules(agents=agents), "785", "LinkedIn Search")
    assert denial is (None if allowed else Denial.AGENT)


def test_an_agent_without_a_name_is_allowed_by_its_id_alone():
    assert may_be_used(Rules(agents=("",)), "785", "") is Denial.AGENT
    assert may_be_used(Rules(agents=("785",)), "785", "") is None


ids = st.lists(st.sampled_from(["U1", "S1", "C1"]), max_size=2).map(tuple)


@given(
    st.builds(Rules, st.sampled_from(Who), ids, ids, ids, st.just(()), st.booleans()),
    st.builds(Person, st.booleans(), st.booleans(), st.booleans()),
)
def test_whoever_may_act_may_read_and_no_stranger_may_either(rules: Rules, person: Person):
    if may_act(rules, person, HERE, frozenset({"S1"})) is None:
        assert may_read(rules, person) is None
    assert not person.stranger or may_read(rules, person) is Denial.STRANGER
