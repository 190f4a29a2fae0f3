"""Places in documents, as people call them."""

import pytest

from mops.core.documents import place_in_words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ""),
        ("all[0].value", "Test 1"),
        ("rules[2].when.all[1].any[0].field", "Rule 3, test 2, test 1"),
        ("examples[2]", "Example 3"),
        ("pools.dach-enterprise.members[0].user", "Pool dach-enterprise, member 1, user"),
        ("fields[3].direction", "Field 4, direction"),
        ("create_there", "Create there"),
        ("sla.respond_within_minutes", "Response time, respond within minutes"),
    ],
)
def test_a_place_is_told_in_words(path: str, words: str) -> None:
    assert place_in_words(path) == words
