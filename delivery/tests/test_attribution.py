from dataclasses import replace

import pytest

from delivery.domain.attribution import GITHUB_ACTIONS as BOT
from delivery.domain.attribution import Change, Person, credited, people, person, source

ADA, BOB = Person("Ada", "ada@example.org"), Person("Bób Ünïcode 山田", "bob@example.org")
GITHUB = Person("GitHub", "noreply@github.com")
DEPENDABOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")


def change(author, *trailers):
    return Change("c" * 40, author, "fix: it\n\nlong story\n\n" + "\n".join(trailers))


def test_the_author_made_it():
    assert people(change(ADA)) == [ADA]


def test_co_authors_come_after_the_author_each_once():
    made = change(ADA, f"Co-authored-by: {BOB}", "Signed-off-by: Eve <e@x>", f"co-AUTHORED-by: {ADA}")

    assert people(made) == [ADA, BOB]


def test_a_squash_merge_by_a_bot_is_its_co_authors():
    assert people(change(GITHUB, f"Co-authored-by: {ADA}", f"Co-authored-by: {DEPENDABOT}")) == [ADA]


@pytest.mark.parametrize(
    "name",
    ["renovate[bot]", "Renovate Bot", "snyk-bot", "github-actions", "GitHub Action", "Dependabot[BOT]"],
)
def test_a_bot_is_recognised_by_its_name(name):
    assert people(change(Person(name, "it@example.org"), f"Co-authored-by: {ADA}")) == [ADA]


@pytest.mark.parametrize("name", ["Abbot", "Jan Talbot", "Bot", "bot-fan"])
def test_a_person_with_bot_in_the_name_is_a_person(name):
    assert people(change(Person(name, "me@example.org"), f"Co-authored-by: {ADA}"))[0].name == name


def test_a_change_by_a_bot_only_names_the_bot():
    assert people(change(DEPENDABOT)) == [DEPENDABOT]


@pytest.mark.parametrize("text", ["", "Ada", "Ada <a> <b>", "<<>>"])
def test_text_of_another_form_is_no_person(text):
    assert person(text) is None
    assert people(change(ADA, f"Co-authored-by: {text}")) == [ADA]


def test_an_empty_name_is_the_address():
    assert person("<ada@example.org>") == Person("ada@example.org", "ada@example.org")


def test_a_build_from_the_bots_commit_is_attributed_to_the_person_before():
    changes = [
        Change("3", BOT, "chore(dev): deploy"),
        Change("2", BOT, "docs"),
        Change("1", ADA, "feat: v17"),
    ]

    assert source(changes) == changes[2]
    assert source(changes[:2]) == changes[0]
    assert source([]) is None


def test_a_change_of_a_bot_is_credited_to_the_person_who_merged_it():
    bump = Change("2", DEPENDABOT, "build: bump\n", committer=GITHUB)
    before = Change("1", ADA, "feat: v17")

    assert source([Change("3", BOT, "chore(dev): deploy", BOT), bump, before]) == bump
    assert people(replace(bump, committer=BOB)) == [BOB]
    assert credited(bump, "octocat") == [Person("octocat", "octocat@users.noreply.github.com")]
    assert credited(bump, "") == credited(bump, "dependabot[bot]") == [DEPENDABOT]
    assert credited(before, "octocat") == [ADA]


def test_a_squash_merge_of_the_workflows_own_bot_is_a_change_of_its_own():
    merged = Change("2", BOT, "style: format\n", committer=GITHUB)

    assert source([merged, Change("1", ADA, "feat: v17")]) == merged
