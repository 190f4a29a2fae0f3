"""Rows of a form that say which value of ours is which of theirs, with the values of both sides to choose from.

Where several of ours share one of theirs, a mark says which of them it comes back as.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from martech.selectors.sync_words import Choices, Words
from martech.sync.value_maps import Pair, put_first, shared

PREFIX = "v"
BACK = "v-back-"
"""Of the names of marks: a group for each of theirs that is shared."""
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
    gone = [(value, f"{value} (does not exist any more)")] if value and value not in known else []
    return forms.Select({"class": "form-select"}, [("", "—"), *gone, *choices])


class ValueRows(forms.BaseFormSet):  # type: ignore[type-arg]
    is_shared = False

    def clean(self) -> None:
        if any(self.errors):
            return
        seen = set()
        for row in self.forms:
            ours = row.cleaned_data.get("ours", "")
            if row.cleaned_data.get("theirs"):
                if ours in seen:
                    row.add_error("ours", f"“{ours}” stands twice: keep one of the rows.")
                seen.add(ours)

    def values(self) -> list[Pair]:
        """[(ours, theirs)] in the order of the rows, but what is marked first; a row without one of theirs is left out."""
        rows = [row.cleaned_data for row in self.forms]
        pairs = [(row["ours"], row["theirs"]) for row in rows if row.get("theirs")]
        return put_first(pairs, [ours for ours, theirs in pairs if self.data.get(BACK + theirs) == ours])


ValueFormSet = forms.formset_factory(ValueForm, formset=ValueRows, extra=SPARE, max_num=500)


def value_rows(words: Words, pairs: Sequence[Pair], *, data: Any = None) -> Any:
    """The rows that were said, in their order, then the other values of ours; one without theirs is not translated."""
    said = {ours for ours, _theirs in pairs}
    order = [*pairs, *((ours, "") for ours, _label in words.ours if ours not in said)]
    rows = [{"ours": ours, "theirs": theirs} for ours, theirs in order]
    found: Any = ValueFormSet(data, initial=rows, prefix=PREFIX, form_kwargs={"words": words})
    if words.is_ours_closed:
        found.extra = 0  # every value of ours has its row
    found.is_shared = mark_shared(found, words, dict(pairs))
    return found


def mark_shared(rows: Any, words: Words, said: Mapping[str, str]) -> bool:
    """Tell each row whose word others have, too, whether it comes back as this one; answers whether there is one."""
    labels = dict(words.theirs)
    groups = shared(said.items())
    for row in rows.forms:
        ours, theirs = row.initial.get("ours"), row.initial.get("theirs")
        if theirs in groups:
            chosen = rows.data.get(BACK + theirs) or groups[theirs][0]
            row.back = {"name": BACK + theirs, "word": labels.get(theirs, theirs), "is_this": chosen == ours}
    return bool(groups)


def comes_back(words: Words, pairs: Iterable[Pair]) -> list[str]:
    """What each of theirs that several of ours share comes back as, in words."""
    ours, theirs = dict(words.ours), dict(words.theirs)
    return [
        f"“{theirs.get(word, word)}” comes back as {ours.get(first, first)}"
        for word, (first, *_others) in shared(pairs).items()
    ]


def unsaid(words: Words, pairs: Sequence[Pair]) -> Sequence[str]:
    """Options of theirs that no value of ours means: what comes in with one waits as a dead letter."""
    said = {theirs for _ours, theirs in pairs}
    return [label for value, label in words.theirs if value not in said] if pairs else []
