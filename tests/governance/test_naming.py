"""Naming rules: a name is built and read by one grammar; a draft is shown, counted and published from one page."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.models import NamingRule, User
from governance.naming import InUse, impact_on
from governance.policies import Role
from governance.services.taxonomy import check_name, discard_naming_draft, publish_naming_draft, save_naming_draft
from governance.taxonomy import Grammar, NameRefused, Part, build, composed, parse
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_campaign, make_user

REGION = {"key": "region", "label": "Region", "values": ["EMEA", "DACH"]}
TOPIC = {"key": "topic", "label": "Topic", "values": []}
DELIMITERS = st.text(alphabet=" |-_/·:~=\u2192", min_size=1, max_size=3).filter(str.strip)
TEXTS = st.text(
    alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("-|é\u0301 Åa")), min_size=1, max_size=12
)


@given(delimiter=DELIMITERS, texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_a_name_is_read_as_it_was_built_in_every_script(delimiter: str, texts: list[str]) -> None:
    grammar = Grammar(delimiter, tuple(Part(f"p{number}", f"Part {number}") for number in range(len(texts))))
    parts = {f"p{number}": text for number, text in enumerate(texts)}
    try:
        name = build(grammar, parts)
    except NameRefused:
        assume(False)
    assert parse(grammar, name) == {key: composed(text) for key, text in parts.items()}


@given(value=st.text(alphabet="ab-", min_size=1, max_size=6))
def test_a_value_that_runs_into_the_delimiter_is_refused_and_no_other(value: str) -> None:
    grammar = Grammar("--", (Part("first", "First"), Part("second", "Second")))
    parts = {"first": value, "second": "x"}
    if "--" not in value and not value.endswith("-"):
        assert parse(grammar, build(grammar, parts)) == parts
        return
    with pytest.raises(NameRefused) as refused:
        build(grammar, parts)
    assert refused.value.findings == ["First may not hold “--”, which divides the parts."]


def test_an_accent_typed_as_two_characters_is_the_accent_of_the_rule() -> None:
    grammar = Grammar(" | ", (Part("city", "City", ("Orléans",)), Part("topic", "Topic")))
    typed = unicodedata.normalize("NFD", "Orléans | Launch")
    assert typed != "Orléans | Launch"
    assert parse(grammar, typed) == {"city": "Orléans", "topic": "Launch"}


def test_every_wrong_part_of_a_name_is_named_with_what_would_be_right() -> None:
    grammar = Grammar(" | ", (Part("region", "Region", ("EMEA", "DACH")), Part("topic", "Topic")))
    with pytest.raises(NameRefused) as refused:
        parse(grammar, "EMAE | spring|launch")
    assert refused.value.findings == [
        "“EMAE” is no region; did you mean “EMEA”?",
        "Topic may not hold “|”, which divides the parts.",
    ]


def test_the_impact_counts_all_and_keeps_the_first_broken_names() -> None:
    grammar = Grammar(" | ", (Part("region", "Region", ("EMEA",)), Part("topic", "Topic")))
    names = [InUse("EMEA | Launch", "/1/"), InUse("Launch", "/2/"), InUse("APAC | Launch", "/3/")]
    impact = impact_on(grammar, names, limit=1)
    assert (impact.checked, impact.broken) == (3, 2)
    assert [(one.used.url, one.findings) for one in impact.examples] == [
        ("/2/", ["A name has 2 parts, this one 1: {Region} | {Topic}."])
    ]


# --- draft and publish ----------------------------------------------------------------------------------------------


def keep_draft(delimiter: str = " | ", parts: Any = (REGION, TOPIC)) -> NamingRule:
    return save_naming_draft(kind="campaign", delimiter=delimiter, parts=list(parts), actor=None)


@pytest.mark.django_db
def test_a_draft_binds_nobody_until_it_is_published() -> None:
    keep_draft()
    assert check_name("campaign", "Launch") == []
    published = publish_naming_draft(kind="campaign", actor=None)
    assert (published.version, published.state) == (1, "published")
    assert check_name("campaign", "Launch") == ["A name has 2 parts, this one 1: {Region} | {Topic}."]


@pytest.mark.django_db
def test_a_draft_kept_again_is_the_same_draft_and_publishing_supersedes() -> None:
    keep_draft()
    publish_naming_draft(kind="campaign", actor=None)
    first = keep_draft(" / ")
    second = keep_draft(" · ")
    assert (first.pk, second.version, second.delimiter) == (second.pk, 2, " · ")
    publish_naming_draft(kind="campaign", actor=None)
    states = list(NamingRule.objects.order_by("version").values_list("version", "state", "delimiter"))
    assert states == [(1, "superseded", " | "), (2, "published", " · ")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("delimiter", "parts", "fields"),
    [
        ("a", [TOPIC], ["delimiter"]),
        ("   ", [TOPIC], ["delimiter"]),
        (" | ", [], ["parts"]),
        (" | ", [TOPIC, TOPIC], ["parts[1].key"]),
        ("--", [{"key": "region", "values": ["EM-"]}], ["parts[0].values"]),
        (" | ", [{"key": "region", "values": "EMEA"}], ["parts[0].values"]),
    ],
)
def test_a_rule_that_cannot_be_read_back_is_refused_by_field(delimiter: str, parts: Any, fields: list[str]) -> None:
    with pytest.raises(DomainError) as refused:
        keep_draft(delimiter, parts)
    assert list(refused.value.errors) == fields
    assert not NamingRule.objects.exists()


@pytest.mark.django_db
def test_publishing_without_a_draft_is_a_conflict_and_the_rule_stays() -> None:
    keep_draft()
    publish_naming_draft(kind="campaign", actor=None)
    with pytest.raises(ConflictError, match="no draft"):
        publish_naming_draft(kind="campaign", actor=None)
    assert NamingRule.objects.get().state == "published"
    assert discard_naming_draft(kind="campaign", actor=None) is False


@pytest.mark.django_db(transaction=True)
def test_of_parallel_publishers_one_publishes_and_the_others_are_told() -> None:
    keep_draft()

    def try_to_publish(_number: int) -> bool:
        try:
            publish_naming_draft(kind="campaign", actor=None)
        except ConflictError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_to_publish, range(4))) == 1
    assert NamingRule.objects.get().version == 1


# --- the page -------------------------------------------------------------------------------------------------------


def signed_in(role: str) -> tuple[Client, User]:
    client, user = Client(), make_user(role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


def posted(**more: str) -> dict[str, str]:
    rows = {
        "delimiter": " | ",
        "sample": "EMEA | Launch",
        "parts-TOTAL_FORMS": "2",
        "parts-INITIAL_FORMS": "0",
        "parts-0-label": "Topic",
        "parts-0-ORDER": "2",
        "parts-1-label": "Region",
        "parts-1-values": "EMEA\nDACH\n",
        "parts-1-ORDER": "1",
    }
    return {**rows, **more}


@pytest.mark.django_db
def test_the_preview_takes_the_name_apart_counts_broken_campaigns_and_keeps_nothing() -> None:
    make_campaign(name="EMEA | Webinar")
    make_campaign(name="Old style")
    make_campaign(name="Gone", state="cancelled")
    client, _user = signed_in(Role.OPS_MANAGER)
    page = client.post("/governance/naming/campaign/preview/", posted()).content.decode()
    assert "{Region} | {Topic}" in page
    assert "<dt>Region</dt><dd>EMEA</dd><dt>Topic</dt><dd>Launch</dd>" in page
    assert "1 of 2 names in use break this rule." in page
    assert "Old style" in page
    assert "Gone" not in page
    wrong = client.post("/governance/naming/campaign/preview/", posted(sample="EMAE | Launch")).content.decode()
    assert "“EMAE” is no region; did you mean “EMEA”?" in wrong
    assert not NamingRule.objects.exists()


@pytest.mark.django_db
def test_the_page_keeps_a_draft_in_the_order_given_and_publishes_it() -> None:
    client, _user = signed_in(Role.OPS_MANAGER)
    assert client.post("/governance/naming/campaign/", posted()).status_code == 302
    draft = NamingRule.objects.get()
    assert (draft.state, [part["key"] for part in draft.parts]) == ("draft", ["region", "topic"])
    assert draft.parts[0]["values"] == ["EMEA", "DACH"]
    assert client.post("/governance/naming/campaign/publish/").status_code == 302
    draft.refresh_from_db()
    assert draft.state == "published"
    assert "Version 1" in client.get("/governance/naming/campaign/").content.decode()


@pytest.mark.django_db
def test_a_wrong_rule_is_answered_with_its_reason_and_nothing_is_kept() -> None:
    client, _user = signed_in(Role.OPS_MANAGER)
    answer = client.post("/governance/naming/campaign/", posted(delimiter="ab"))
    assert answer.status_code == 422
    assert "Use one to three signs" in answer.content.decode()
    assert not NamingRule.objects.exists()


@pytest.mark.django_db
def test_a_requester_reads_the_rule_and_changes_nothing() -> None:
    keep_draft()
    publish_naming_draft(kind="campaign", actor=None)
    client, _user = signed_in(Role.REQUESTER)
    page = client.get("/governance/naming/campaign/").content.decode()
    assert "{Region} | {Topic}" in page
    assert "Keep draft" not in page
    client.post("/governance/naming/campaign/", posted(delimiter=" / "))
    for verb in ("preview", "publish", "discard"):
        assert client.post(f"/governance/naming/campaign/{verb}/", posted()).status_code == 403
    assert list(NamingRule.objects.values_list("state", "delimiter")) == [("published", " | ")]
