"""The quick ways of reading companies and domains say what the libraries behind them say."""

import cleanco
from hypothesis import given
from hypothesis import strategies as st

from martech.normalisation.companies import without_form
from martech.normalisation.domains import HOSTS, asked_domain, domain_of, known_suffixes

FORMS = sorted({" ".join(words) for _size, words in cleanco.prepare_default_terms()})
WORDS = st.one_of(st.sampled_from(FORMS), st.sampled_from(["Acme", "B.V", "& Co.", "ß", "ﬀ Ltd", "-", ",", "株式会社"]))


@given(st.lists(WORDS, max_size=6).map(" ".join))
def test_legal_forms_come_off_as_the_library_takes_them_off(name: str) -> None:
    assert without_form(name) == cleanco.basename(name)


LABELS = st.sampled_from(["a", "www", "acme-1", "kawasaki", "city", "-", "xn--a", "co", "com", "ACME"])
SUFFIXES = st.sampled_from(sorted(rule.lstrip("!").replace("*", "any") for rule in known_suffixes()))


@given(
    st.sampled_from(["", "http://", "https://", "ana@"]),
    st.lists(LABELS, max_size=3),
    SUFFIXES,
    st.sampled_from(["", "/", "/about", ".", ":8080"]),
)
def test_a_plain_host_has_the_domain_that_the_public_suffix_list_gives_it(
    scheme: str, labels: list[str], suffix: str, rest: str
) -> None:
    host = scheme + ".".join([*labels, suffix]) + rest
    asked = asked_domain(host.rsplit("@", 1)[-1])
    assert domain_of(host) == ("" if asked in HOSTS else asked)
