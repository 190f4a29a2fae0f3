"""Rows of a form that say which value of ours is which of theirs, with the values of both sides to choose from.

Where several of ours share one of theirs, a mark says which of them it comes back as; where several of theirs mean one of
ours, a mark says which of them is written.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from martech.selectors.sync_words import Choices, Words
from martech.sync.value_maps import OURS, THEIRS, Pair, contradictions, put_first, several, shared

PREFIX = "v"
BACK = "v-back-"
SENT = "v-sent-"
"""Of the names of marks: a group for each of theirs that is shared, and for each of ours with several of theirs."""
SPARE = 2


class ValueForm(forms.Form):
    ours = forms.CharField(required=False, max_length=1_000, label="Ours")
    theirs = forms.CharField(required=False, max_length=1_000, label="Theirs")

    def __init__(self, *args: Any, words: Words, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices, is_closed in (
            ("ours", words.ours, words.is_ours_closed),
            ("theirs", words.theirs, words.is_theirs_closed),
        ):
            self.fields[name].widget = widget_of(name, choices, is_closed, str(self.initial.get(name) or ""))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("theirs") and not values.get("ours"):
            self.add_error("ours", "Say which value of ours it is.")
        return values


def widget_of(name: str, choices: Choices, is_closed: bool, value: str) -> forms.Widget:
    """A choice where there are no other values, else a text with proposals. A value that is gone stays to be seen."""
    if not is_closed:
        return forms.TextInput({"list": f"words-{name}", "class": "form-control"})
    known = {key for key, _label in choices}
    gone = [(value, f"Gone: {value}")] if value and value not in known else []
    return forms.Select({"class": "form-select"}, [("", "—"), *gone, *choices])


class ValueRows(forms.BaseFormSet):  # type: ignore[type-arg]
    is_shared = False

    def clean(self) -> None:
        if any(self.errors):
            return
        said = self.values()
        rows = {(row.cleaned_data["ours"], row.cleaned_data["theirs"]): row for row in self.forms if row.cleaned_data}
        for index, (reason, remedy) in contradictions(said).items():
            rows[said[index]].add_error("theirs", f"{reason}: {remedy}.")

    def pairs(self) -> list[Pair]:
        """[(ours, theirs)] in the order of the rows; a row without one of theirs is left out."""
        rows = [row.cleaned_data for row in self.forms]
        return [(row["ours"], row["theirs"]) for row in rows if row.get("theirs")]

    def values(self) -> list[Pair]:
        """The pairs, but what is marked first."""
        pairs = self.pairs()
        sent = [pair for pair in pairs if self.data.get(SENT + pair[0]) == pair[1]]
        found = put_first(pairs, sent, OURS)
        return put_first(found, [pair for pair in found if self.data.get(BACK + pair[1]) == pair[0]], THEIRS)


ValueFormSet = forms.formset_factory(ValueForm, formset=ValueRows, extra=SPARE, max_num=500)


def value_rows(words: Words, pairs: Sequence[Pair], *, data: Any = None) -> Any:
    """The rows that were said, in their order, then the other values of ours; one without theirs is not translated. The
    spare ones are for further words of theirs, as far as there are any."""
    said = {ours for ours, _theirs in pairs}
    order = [*pairs, *((ours, "") for ours, _label in words.ours if ours not in said)]
    rows = [{"ours": ours, "theirs": theirs} for ours, theirs in order]
    found: Any = ValueFormSet(data, initial=rows, prefix=PREFIX, form_kwargs={"words": words})
    if words.is_ours_closed and words.is_theirs_closed:
        found.extra = min(SPARE, len(unsaid(words, pairs)))
    found.is_shared = mark_shared(found, words, pairs)
    return found


def mark_shared(rows: Any, words: Words, pairs: Sequence[Pair]) -> bool:
    """Tell each row whose word others have, too, whether it comes back as this one, and each of several rows of one of ours
    whether it is the one that is written; answers whether there is any."""
    ours, theirs = dict(words.ours), dict(words.theirs)
    backs, sents = shared(pairs), several(pairs)
    for row in rows.forms:
        our, their = row.initial.get("ours"), row.initial.get("theirs")
        row.marks = []
        if their in backs:
            row.marks.append(
                mark(rows.data, BACK + their, our, backs[their], f"“{theirs.get(their, their)}” becomes this")
            )
        if their and our in sents:
            row.marks.append(
                mark(rows.data, SENT + our, their, sents[our], f"“{ours.get(our, our)}” is written as this")
            )
    return bool(backs or sents)


def mark(data: Any, name: str, value: str, group: Sequence[str], label: str) -> dict[str, Any]:
    """One choice of a group; the first of it unless another one was chosen."""
    return {"name": name, "value": value, "label": label, "is_this": (data.get(name) or group[0]) == value}


def comes_back(words: Words, pairs: Iterable[Pair]) -> list[str]:
    """What each of theirs that several of ours share comes back as, and as what one of ours with several of theirs is
    written, in words."""
    ours, theirs, said = dict(words.ours), dict(words.theirs), list(pairs)
    backs = [
        f"“{theirs.get(word, word)}” comes back as {ours.get(first, first)}"
        for word, (first, *_others) in shared(said).items()
    ]
    return backs + [
        f"{ours.get(word, word)} is written as “{theirs.get(first, first)}”"
        for word, (first, *_others) in several(said).items()
    ]


def unsaid(words: Words, pairs: Sequence[Pair]) -> Sequence[str]:
    """Options of theirs that no value of ours means: what comes in with one waits as a dead letter."""
    said = {theirs for _ours, theirs in pairs}
    return [label for value, label in words.theirs if value not in said] if pairs else []
