"""The sentence the connections open with: which of them need somebody, and what waits."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from martech.selectors.sync import ConnectionLine
from mops.core.templatetags.mops import ago


def sentence_of(lines: Sequence[ConnectionLine], orphans: int = 0) -> SafeString | str:
    """What is so and what to do first; without a connection, what one would bring."""
    if not lines:
        return "Connect a system, and people, accounts, deals and campaigns agree on both sides within minutes."
    return format_html("{} {}", state_of(lines), waits_of(lines, orphans))


def state_of(lines: Sequence[ConnectionLine]) -> SafeString:
    """Those that need attention by name; else how many are in step, and since when the oldest of them."""
    bad = [line for line in lines if line.health.level == "bad"]
    if bad:
        names = format_html_join(
            ", ", '<a href="{}">{}</a>', ((one.connection.get_absolute_url(), one.connection.name) for one in bad)
        )
        verb = "needs" if len(bad) == 1 else "need"
        return format_html('<b class="down">{} {} attention.</b>', names, verb)
    slow = [line for line in lines if line.health.level == "warn" and not line.health.waits]
    if slow:
        named = format_html_join("; ", "<b>{}</b>: {}", ((one.connection.name, word_of(one)) for one in slow[:2]))
        return format_html("{}.", format_html("{} and {} more", named, len(slow) - 2) if len(slow) > 2 else named)
    oldest = min((line.fresh_at for line in lines if line.fresh_at), default=None)
    one, all_ = "The connection", f"All {len(lines)} connections"
    if any(line.health.waits for line in lines):
        return format_html("{} read {}.", f"{one} was" if len(lines) == 1 else f"{all_} were", ago(oldest))
    return format_html("<b>{} in step</b>, read {}.", f"{one} is" if len(lines) == 1 else f"{all_} are", ago(oldest))


def word_of(line: ConnectionLine) -> str:
    return line.health.word[:1].lower() + line.health.word[1:]


def waits_of(lines: Sequence[ConnectionLine], orphans: int) -> SafeString | str:
    """Runs to approve, values to decide, records to correct or to give to somebody, each with its list."""
    held, letters = sum(line.held for line in lines), sum(line.letters for line in lines)
    undecided, aside = sum(line.undecided for line in lines), [line for line in lines if line.aside]
    runs, records = f"{reverse('martech:sync-runs')}?state=held", reverse("martech:dead-letters")
    found = []
    if held:
        found.append((runs, f"{held:,} {'write waits' if held == 1 else 'writes wait'} for approval"))
    if undecided:
        differ, wait = ("value differs", "waits") if undecided == 1 else ("values differ", "wait")
        found.append((reverse("martech:first-contact"), f"{undecided:,} {differ} and {wait} for a decision"))
    if letters:
        found.append((records, f"{letters:,} {'record' if letters == 1 else 'records'} did not go through"))
    if orphans:
        name = "record names" if orphans == 1 else "records name"
        found.append((reverse("martech:sync-corrections"), f"{orphans:,} {name} an owner who left"))
    if aside:
        number = sum(line.aside for line in aside)
        fields = "field is put aside" if number == 1 else "fields are put aside"
        found.append((aside[0].connection.get_absolute_url(), f"{number:,} {fields}"))
    if not found:
        return "" if any(line.health.level == "bad" for line in lines) else "Nothing waits for you."
    return format_html("{}.", format_html_join(", ", '<a href="{}">{}</a>', found))
