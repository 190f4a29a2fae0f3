"""What a form's builder works out: keys of new questions, and what changed between two versions in words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import count
from typing import Any

from workflow.questions import MAPS_TO, TYPES, Question

LONGEST_KEY = 40


def key_of(label: str, taken: Iterable[str]) -> str:
    """A key for a new question that no other has: `Target group` is `target_group`, then `target_group_2`."""
    signs = (sign if f"a{sign}".isidentifier() else "_" for sign in label.strip().lower())
    words = "_".join(piece for piece in "".join(signs).split("_") if piece)[:LONGEST_KEY].strip("_")
    base = words if words.isidentifier() else f"q_{words}".rstrip("_")
    used, key, number = set(taken), base, 1
    while key in used:
        number += 1
        key = f"{base}_{number}"
    return key


def with_keys(rows: Sequence[Mapping[str, Any]], former: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every question with its key: the one it always had, else one that nothing else in this form ever had.

    `former` maps the keys of all versions to the label asked under each last. Who asks again what was asked before, in the same
    words, goes on with its answers.
    """
    kept = {row["key"] for row in rows if row.get("key") in former}
    known = {label: key for key, label in former.items() if key not in kept}
    names: dict[str, str] = {}
    used: set[str] = set()
    found = []
    for row in rows:
        key = row.get("key", "")
        if key not in kept or key in used:
            key = known.pop(row["label"], "") or key_of(row["label"], {*former, *used})
        used.add(key)
        names.setdefault(row.get("key", ""), key)
        found.append({**row, "key": key})
    return [{**row, "when": renamed(row["when"], names)} if "when" in row else row for row in found]


def renamed(tree: Any, names: Mapping[str, str]) -> Any:
    """A condition with other keys for its fields."""
    if isinstance(tree, list):
        return [renamed(part, names) for part in tree]
    if not isinstance(tree, dict):
        return tree
    if "field" in tree:
        key = tree["field"]
        return {**tree, "field": names.get(key, key) if isinstance(key, str) else key}
    return {word: renamed(part, names) for word, part in tree.items()}


def with_names(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every row with a name that conditions of others can say until it gets its key; no key begins with an underscore."""
    found = [dict(row) for row in rows]
    taken = {row.get("key") for row in found}
    free = (name for number in count(1) if (name := f"_{number}") not in taken)
    for row in found:
        row["key"] = row.get("key") or next(free)
    return found


def changes_of_head(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What is different about the form itself: `name`, `description` and `is_active`."""
    found = []
    if old["name"] != new["name"]:
        found.append(f"The form “{old['name']}” is called “{new['name']}”.")
    if old["description"] != new["description"]:
        found.append(f"It has {'another' if new['description'] else 'no'} description.")
    if old["is_active"] != new["is_active"]:
        found.append("It is open: people can ask by it." if new["is_active"] else "It is closed: nobody can ask by it.")
    return found


def changes_between(before: Sequence[Question], after: Sequence[Question]) -> list[str]:
    """What is different, a sentence each; a question is the same one while its key is."""
    old, new = ({question.key: question for question in side} for side in (before, after))
    gone = [f"“{question.label}” is no longer asked." for key, question in old.items() if key not in new]
    added = [f"“{question.label}” is asked, too." for key, question in new.items() if key not in old]
    changed = [line for key, question in new.items() if key in old for line in changes_of(old[key], question)]
    return [*added, *gone, *changed, *moves(old, new)]


def changes_of(old: Question, new: Question) -> list[str]:
    """What is different about one question."""
    name, found = f"“{new.label or old.label}”", []
    if old.label != new.label:
        found.append(f"“{old.label}” is worded “{new.label}”.")
    if old.type != new.type:
        found.append(f"{name} takes {word_of(new.type)} instead of {word_of(old.type)}.")
    if old.required != new.required:
        found.append(f"{name} {'needs an answer' if new.required else 'may stay empty'} now.")
    if old.condition != new.condition:
        found.append(f"{name} is asked {f'only when {new.when_in_words}' if new.condition else 'always'} now.")
    if old.help != new.help:
        found.append(f"{name} {'has another help text' if new.help else 'has no help text any more'}.")
    found += changes_of_choices(name, old, new)
    if old.maps_to != new.maps_to:
        fills = (
            f"fills the campaign’s {filled(new)} now"
            if new.maps_to
            else f"no longer fills the campaign’s {filled(old)}"
        )
        found.append(f"{name} {fills}.")
    if old.min_days != new.min_days:
        notice = f"needs {days(new.min_days)} of notice" if new.min_days else "needs no notice"
        found.append(f"{name} {notice}{f' instead of {old.min_days}' if old.min_days else ''}.")
    return found


def changes_of_choices(name: str, old: Question, new: Question) -> list[str]:
    if old.choices == new.choices or new.type != "choice":
        return []
    added = [choice for choice in new.choices if choice not in old.choices]
    gone = [choice for choice in old.choices if choice not in new.choices]
    parts = [f"offers {', '.join(added)} now"] if added else []
    parts += [f"no longer offers {', '.join(gone)}"] if gone else []
    return [f"{name} {' and '.join(parts) or 'offers its choices in another order'}."]


def moves(old: Mapping[str, Question], new: Mapping[str, Question]) -> list[str]:
    """Which of the questions that stay are asked at another place: as few as explain the new order."""
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    still = {key for block in blocks for key in before[block.a : block.a + block.size]}
    order = list(new)
    return [
        f"“{new[key].label}” comes "
        + (f"after “{new[order[order.index(key) - 1]].label}” now." if order.index(key) else "first now.")
        for key in after
        if key not in still
    ]


def word_of(kind: str) -> str:
    """A kind of answer within a sentence: `a short text`."""
    word = TYPES.get(kind, kind).lower()
    return word if word.startswith("one ") else f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


def filled(question: Question) -> str:
    return MAPS_TO[question.maps_to][0].lower() if question.maps_to in MAPS_TO else question.maps_to


def days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
