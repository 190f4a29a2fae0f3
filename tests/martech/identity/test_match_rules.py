"""The rules by which people are taken for one have a page: changed in a draft, tried, published."""

import copy
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from governance.policies import Role
from martech.identity.rulebook import read_rulebook
from martech.identity.standard import standard_document
from martech.identity.wording import clause_in_words
from martech.models import DuplicatePair, IdentityRules, PairVerdict, Person, RulesTrial
from martech.selectors.match_rules import rule_lines, treated, treatment_of
from martech.services.identity.effect import difference, effect
from martech.services.identity.trials import outcome_of, start_trial
from martech.services.segments import create_segment
from mops.core.errors import ConflictError
from mops.core.work import run_due
from tests.factories import make_person, make_user

PAGE = "/martech/duplicates/rules/"


def anna(**fields: Any) -> Person:
    names = {"first_name": "Anna", "last_name": "Berg", "company": "Acme GmbH"}
    return make_person(**{**names, "email": "", **fields})


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.force_login(make_user(Role.OPS_MANAGER), backend="django.contrib.auth.backends.ModelBackend")
    return client


def chosen(client: Client, **changes: Any) -> dict[str, Any]:
    """What the page's form sends, with other choices; None unticks a veto."""
    form = client.get(PAGE).context["form"]
    given = {name: form[name].value() for name in form.fields}
    given |= {name.replace("__", ":"): value for name, value in changes.items()}
    return {name: value for name, value in given.items() if value not in (None, False)}


def test_a_rule_is_switched_off_tried_and_put_in_force(client: Client) -> None:
    one, other = (anna(lifecycle_stage="mql", furthest_stage="mql") for _ in range(2))
    run_due("identity")
    assert DuplicatePair.objects.get().rule == "name_org"
    page = client.get(PAGE).content.decode()
    assert "Version 1 is in force" in page
    assert "What the draft would change" not in page

    client.post(f"{PAGE}change/", chosen(client, rule__name_org="off", rule__slip_org="off", veto__middle=None))
    draft = IdentityRules.objects.get(state="draft")
    by_key = {row["key"]: row for row in draft.document["rules"]}
    assert (by_key["name_org"]["is_on"], by_key["phone_slip"]) == (False, standard("phone_slip"))
    assert [row["key"] for row in draft.document["vetoes"] if not row["is_on"]] == ["middle"]

    seen = client.get(PAGE).context["draft"].updated_at.isoformat()
    client.post(f"{PAGE}publish/", {"seen": seen})
    assert IdentityRules.objects.get(state="published").number == 1, "nobody has tried it"
    client.post(f"{PAGE}try/")
    page = client.get(PAGE).content.decode()
    assert "0% done. You can leave this page." in page
    assert "Publish" not in page
    run_due("rules_trial")
    outcome = client.get(PAGE).context["outcome"]
    assert (outcome["people"], outcome["before"], outcome["after"]) == (2, 1, 0)
    assert outcome["split"] == {"clusters": 1, "samples": [[one.pk, other.pk]]}
    assert ["Ever MQL", 2, 1, 2] in outcome["stages"]
    client.post(f"{PAGE}publish/", {"seen": seen})
    assert list(IdentityRules.objects.values_list("number", "state")) == [(2, "published"), (1, "superseded")]
    run_due("identity")
    assert not DuplicatePair.objects.filter(rule="name_org").exists()


def test_a_draft_that_is_changed_while_it_is_tried_is_not_taken_for_tried(client: Client) -> None:
    client.post(f"{PAGE}change/", chosen(client, rule__name_org="off"))
    client.post(f"{PAGE}try/")
    client.post(f"{PAGE}change/", chosen(client, rule__email_slip="weak"))
    run_due("rules_trial")
    draft = IdentityRules.objects.get(state="draft")
    assert (draft.dry_run, RulesTrial.objects.get().state) == (None, "done")
    assert "Try the draft" in client.get(PAGE).content.decode()


def test_a_draft_is_tried_once_at_a_time(client: Client) -> None:
    client.post(f"{PAGE}change/", chosen(client, rule__name_org="off"))
    client.post(f"{PAGE}try/")
    client.post(f"{PAGE}try/")
    assert RulesTrial.objects.count() == 1
    with pytest.raises(ConflictError, match="is being tried already"):
        start_trial(actor=None)


def test_how_far_a_dry_run_is_can_be_read_while_it_runs(client: Client) -> None:
    told: list[float] = []
    people = [anna(phone=f"+4930{number}") for number in range(3)]
    client.post(f"{PAGE}change/", chosen(client, rule__name_org="off"))
    outcome = outcome_of(IdentityRules.objects.get(state="draft"), told.append)
    assert (outcome["people"], told) == (len(people), [0.3, 0.6, 0.95])


def test_a_dry_run_that_breaks_says_so_and_can_be_begun_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_arguments: Any) -> None:
        raise ValueError("boom")

    client.post(f"{PAGE}change/", chosen(client, rule__name_org="off"))
    client.post(f"{PAGE}try/")
    with monkeypatch.context() as patch:
        patch.setattr("martech.services.identity.trials.find_duplicates", breaks)
        for _attempt in range(3):
            run_due("rules_trial")
            RulesTrial.objects.update(run_after=timezone.now())
        run_due("rules_trial")
    page = client.get(PAGE).content.decode()
    assert "The draft could not be tried." in page
    client.post(f"{PAGE}try/")
    run_due("rules_trial")
    assert client.get(PAGE).context["outcome"]["people"] == 0


def standard(key: str) -> dict[str, Any]:
    return next(row for row in standard_document()["rules"] if row["key"] == key)


def test_a_draft_of_somebody_else_is_neither_overwritten_nor_published_unseen(client: Client) -> None:
    mine = chosen(client, rule__name_org="off")
    client.post(f"{PAGE}change/", chosen(client, rule__email_slip="weak"))
    client.post(f"{PAGE}try/")
    run_due("rules_trial")
    theirs = IdentityRules.objects.get(state="draft")
    client.post(f"{PAGE}change/", mine)
    client.post(f"{PAGE}publish/", {"seen": mine["seen"]})
    kept = IdentityRules.objects.get(state="draft")
    assert (kept.document, kept.number) == (theirs.document, 2)
    answer = client.post(f"{PAGE}text/", {"document": '{"rules": []}', "seen": mine["seen"]})
    assert answer.status_code == 422
    client.post(f"{PAGE}discard/", {"seen": mine["seen"]})
    assert IdentityRules.objects.get(state="draft").document == theirs.document
    client.post(f"{PAGE}discard/", {"seen": kept.updated_at.isoformat()})
    assert not IdentityRules.objects.filter(state="draft").exists()


def test_the_text_is_the_document_and_is_saved_as_it_was_shown(client: Client) -> None:
    form = client.get(f"{PAGE}text/").context["form"]
    shown = form["document"].value()
    assert json.loads(shown) == standard_document()
    assert shown.startswith('{\n  "rules": [\n    {\n      "key": ')
    changed = shown.replace('"common_name": 8', '"common_name": 9')
    client.post(f"{PAGE}text/", {"document": changed, "seen": form["seen"].value()})
    assert IdentityRules.objects.get(state="draft").document == {**standard_document(), "common_name": 9}


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "This is no JSON."), ('{"rules": []}', "Send a list with at least one rule.")],
)
def test_what_are_no_rules_is_refused_and_kept_as_typed(client: Client, text: str, reason: str) -> None:
    seen = chosen(client)["seen"]
    answer: Any = client.post(f"{PAGE}text/", {"document": text, "seen": seen})
    assert answer.status_code == 422
    said = [one for found in answer.context["form"].errors.values() for one in found]
    assert any(reason in one for one in said)
    assert not IdentityRules.objects.filter(state="draft").exists()


def test_who_may_see_duplicates_reads_the_rules_and_changes_none(client: Client) -> None:
    form = chosen(client, rule__name_org="off")
    reader = Client()
    reader.force_login(make_user(Role.LEADER), backend="django.contrib.auth.backends.ModelBackend")
    page = reader.get(PAGE).content.decode()
    assert "Same name and company" in page
    assert "Save in the draft" not in page
    for verb in ("change", "try", "publish", "discard"):
        assert reader.post(f"{PAGE}{verb}/", form).status_code == 403
    assert IdentityRules.objects.count() == 1


def test_the_page_of_pairs_says_how_many_are_still_compared(client: Client) -> None:
    anna()
    assert "1 person is still being compared" in client.get("/martech/duplicates/").content.decode()
    run_due("identity")
    assert "compared" not in client.get("/martech/duplicates/").context["title"]
    assert client.get("/martech/duplicates/").context["comparing"] == 0


@pytest.mark.django_db
def test_the_effect_on_a_segment_is_how_many_are_left_of_it_once_merged() -> None:
    people = [anna(country="DE") for _ in range(3)] + [make_person(country="DE")]
    condition = {"all": [{"field": "person.country", "op": "eq", "value": "DE"}]}
    segment = create_segment(name="Germans", condition=condition, actor=None).segment
    ids = [person.pk for person in people]
    found = effect([ids[:2]], [ids[:3]])
    assert found["segments"] == [[segment.pk, "Germans", 4, 3, 2]]
    assert effect([ids[:2]], [ids[:2]]) == {"stages": [], "segments": []}


GROUPS = st.lists(st.integers(0, 4), min_size=8, max_size=8).map(
    lambda labels: [
        group for label in range(5) if len(group := [i for i, one in enumerate(labels) if one == label]) > 1
    ]
)


@given(GROUPS, GROUPS)
def test_clusters_that_differ_are_counted_once_each_and_the_way_back_mirrors_them(
    before: list[list[int]], after: list[list[int]]
) -> None:
    there, back = difference(before, after), difference(after, before)
    assert difference(before, before) | {"before": 0, "after": 0} == {
        "before": 0,
        "after": 0,
        **{kind: {"clusters": 0, "samples": []} for kind in ("made", "joined", "split")},
    }
    same = [group for group in after if group in before]
    assert there["made"]["clusters"] + there["joined"]["clusters"] <= len(after) - len(same)
    assert there["split"]["clusters"] >= back["made"]["clusters"]


def test_every_standard_rule_keeps_its_meaning_through_the_choices_and_reads_as_a_sentence() -> None:
    document = standard_document()
    for row in document["rules"]:
        assert treated(row, treatment_of(row)) == row
        assert len(clause_in_words(row)) > 10
        for treatment in ("trusted", "ask", "weak", "off"):
            changed = treated(row, treatment)
            assert treatment_of(changed) == treatment
            again = copy.deepcopy(document)
            again["rules"] = [changed if one is row else one for one in document["rules"]]
            read_rulebook(again)
    assert clause_in_words(standard("name_org")) == (
        "the same company; the same first name or one first name is short for the other, or another spelling of it; "
        "the same last name"
    )


@pytest.mark.django_db
def test_lines_count_what_waits_and_what_people_said() -> None:
    anna(), anna()
    run_due("identity")
    line = next(line for line in rule_lines(standard_document()) if line.key == "name_org")
    assert (line.treatment, line.waiting, line.total, line.merges_alone) == ("ask", 1, 0, False)
    phone = next(line for line in rule_lines(standard_document()) if line.key == "name_phone")
    assert (phone.merges_alone, phone.is_stopped) == (True, False)
    PairVerdict.objects.bulk_create(
        PairVerdict(rule="name_phone", rule_version=1, is_duplicate=False) for _ in range(9)
    )
    phone = next(line for line in rule_lines(standard_document()) if line.key == "name_phone")
    assert (phone.right, phone.total, phone.merges_alone, phone.is_stopped) == (0, 9, False, True)
