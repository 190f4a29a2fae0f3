"""Which account a person belongs to: rules in order, then tie-breakers, then the honest answer that nobody knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz.distance import OSA

from martech.accounts.evidence import Candidate, Evidence, country_of_domain, label_of
from martech.accounts.names import Name
from martech.accounts.settings import DEFAULT_SETTINGS, MatchRule, MatchSettings, TieBreaker

SHOWN = 5


class Outcome(StrEnum):
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True)
class Match:
    """`account` when matched; `tied` when ambiguous; `reason` is a sentence for people."""

    outcome: Outcome
    account: int | None = None
    rule: str = ""
    evidence: str = ""
    signs: tuple[str, ...] = ()
    tie_breaker: str = ""
    tied: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Found:
    """What one rule found: the accounts it accepts, and the ones it saw and refused."""

    accepted: list[Candidate] = field(default_factory=list)
    refused: list[Candidate] = field(default_factory=list)
    evidence: str = ""
    reason: str = ""
    is_contradiction: bool = False


def match(evidence: Evidence, candidates: Sequence[Candidate], settings: MatchSettings = DEFAULT_SETTINGS) -> Match:
    """The account of a person among candidates. The order of the candidates never matters."""
    if evidence.is_empty:
        return Match(Outcome.NONE, reason="Neither a company nor an address or website of one is known.")
    pool = sorted(candidates, key=lambda candidate: candidate.id)
    doubts: list[Found] = []
    for rule in settings.rules:
        found = RULES[rule](evidence, pool)
        if found.is_contradiction:
            return ambiguous(found.accepted, str(rule), found.evidence, found.reason)
        if found.accepted:
            return decide(rule, found, evidence, settings)
        if found.refused:
            doubts.append(found)
    if doubts:
        return Match(Outcome.NONE, evidence=doubts[0].evidence, reason=doubts[0].reason)
    return Match(Outcome.NONE, reason="No account has this domain or a name like this.")


def decide(rule: MatchRule, found: Found, evidence: Evidence, settings: MatchSettings) -> Match:
    """The one accepted account, or the one that a tie-breaker leaves."""
    left, used = found.accepted, ""
    for breaker in settings.tie_breakers:
        if len(left) == 1:
            break
        kept = TIE_BREAKERS[breaker](evidence, left)
        if 0 < len(kept) < len(left):
            left, used = kept, str(breaker)
    if len(left) > 1:
        return ambiguous(left, str(rule), found.evidence, f"{len(left)} accounts fit equally well.")
    signs = tuple(signs_of(evidence, left[0]))
    return Match(Outcome.MATCHED, left[0].id, str(rule), found.evidence, signs, used if len(found.accepted) > 1 else "")


def ambiguous(tied: Sequence[Candidate], rule: str, evidence: str, reason: str) -> Match:
    ids = tuple(candidate.id for candidate in tied[:SHOWN])
    return Match(Outcome.AMBIGUOUS, rule=rule, evidence=evidence, tied=ids, reason=reason)


# --- signs for and against -------------------------------------------------------------------------------------------


def is_named(name: Name | None, candidate: Candidate) -> bool:
    return name is not None and bool(name.compact & candidate.name.compact)


def was_named(name: Name | None, candidate: Candidate) -> bool:
    return name is not None and any(name.compact & former.compact for former in candidate.former)


def has_domain_name(evidence: Evidence, candidate: Candidate) -> bool:
    """Their domain carries the account's name under another ending: brightwater.de for Brightwater Analytics.

    A single word may be anybody's, so it counts only in the account's own country or where the account has no domain.
    """
    names = {label_of(domain) for domain in candidate.domains} | candidate.name.compact | candidate.name.acronyms
    names |= {form for former in candidate.former for form in former.compact}
    if not any(label_of(domain) in names for domain in evidence.domains):
        return False
    if not candidate.domains or (evidence.country and evidence.country == candidate.country):
        return True
    return candidate.name.is_distinctive and any(country_of_domain(domain) for domain in evidence.domains)


def strong_signs(evidence: Evidence, candidate: Candidate) -> list[str]:
    """Signs that do not come from the name."""
    found = []
    if has_domain_name(evidence, candidate):
        found.append("domain name")
    if set(evidence.domains) & candidate.people_domains:
        found.append("people there")
    if evidence.phone and evidence.phone in candidate.phones:
        found.append("phone")
    return found


def signs_of(evidence: Evidence, candidate: Candidate) -> list[str]:
    found = ["domain"] if set(evidence.domains) & candidate.domains else []
    found += strong_signs(evidence, candidate) if not found else []
    if evidence.country and evidence.country == candidate.country:
        found.append("country")
    if is_named(evidence.name, candidate):
        found.append("name")
    elif was_named(evidence.name, candidate):
        found.append("former name")
    return found


def objections(evidence: Evidence, candidate: Candidate) -> list[str]:
    """What speaks against an account of that name."""
    found = []
    if evidence.domains and candidate.domains and not set(evidence.domains) & candidate.domains:
        found.append("domain")
    if evidence.country and candidate.country and evidence.country != candidate.country:
        found.append("country")
    return found


def is_acceptable(evidence: Evidence, candidate: Candidate, name: Name) -> bool:
    """An equal name is enough when nothing speaks against it; a common word needs more than a rare one."""
    if strong_signs(evidence, candidate):
        return True
    against = objections(evidence, candidate)
    if name.is_generic:
        return False
    if not against:
        return True
    same_country = bool(evidence.country) and evidence.country == candidate.country
    return against == ["domain"] and name.is_distinctive and same_country


# --- the rules ------------------------------------------------------------------------------------------------------


def by_domain(evidence: Evidence, pool: Sequence[Candidate]) -> Found:
    """A registrable domain of the account, the e-mail's before the website's. A name that says otherwise is heard."""
    for domain in evidence.domains:
        hits = [candidate for candidate in pool if domain in candidate.domains]
        if hits:
            return heard_with_the_name(evidence, hits, pool, domain)
    return Found()


def heard_with_the_name(evidence: Evidence, hits: list[Candidate], pool: Sequence[Candidate], domain: str) -> Found:
    name, named = evidence.name, [c for c in pool if is_named(evidence.name, c)]
    alike = [candidate for candidate in hits if name is not None and candidate.name.core == name.core]
    if alike or not named or any(candidate in named for candidate in hits):
        return Found(alike or [c for c in hits if c in named] or hits, evidence=domain)
    family = [candidate for candidate in named if candidate.root in {hit.root for hit in hits}]
    if family:
        return Found(family, evidence=f"{domain}, and its name within the group")
    if name is None or any(is_alike(name, hit) for hit in hits):
        return Found(hits, evidence=domain)
    reason = f"The domain {domain} is one account’s, the company name another’s."
    return Found([*hits, *named], evidence=domain, reason=reason, is_contradiction=True)


def is_alike(name: Name, candidate: Candidate) -> bool:
    """The name they gave is another word for this account: former, shorter, an acronym, or all but equal."""
    others = [candidate.name, *candidate.former]
    return any(
        name.compact & other.compact
        or name.core == other.core
        or name.compact & other.acronyms
        or other.compact & name.acronyms
        or set(name.tokens) <= set(other.tokens)
        or set(other.tokens) <= set(name.tokens)
        or is_slip(name.core, other.core)
        for other in others
    )


def by_name(evidence: Evidence, pool: Sequence[Candidate]) -> Found:
    return among_equals(evidence, [c for c in pool if is_named(evidence.name, c)], "name")


def by_former_name(evidence: Evidence, pool: Sequence[Candidate]) -> Found:
    return among_equals(evidence, [c for c in pool if was_named(evidence.name, c)], "former name")


def among_equals(evidence: Evidence, named: list[Candidate], what: str) -> Found:
    """Accounts of one name: those with a sign of their own before those without, and nobody where something objects."""
    name = evidence.name
    if name is None or not named:
        return Found()
    text = f"{what} “{name.text}”"
    if signed := [candidate for candidate in named if strong_signs(evidence, candidate)]:
        return Found(signed, evidence=text)
    accepted = [candidate for candidate in named if is_acceptable(evidence, candidate, name)]
    if accepted and len(accepted) < len(named):
        # Namesakes: one that merely has nothing against it is not better than the others without the country.
        accepted = [c for c in accepted if evidence.country and c.country == evidence.country]
        if not accepted:
            reason = f"{len(named)} accounts have the name, and nothing tells them apart."
            return Found(named, evidence=text, reason=reason, is_contradiction=True)
    against = sorted({reason for candidate in named for reason in objections(evidence, candidate)})
    reason = f"An account has the name “{name.text}”, but " + (
        f"another {' and '.join(against)}." if against else "it is too common a name to be enough."
    )
    return Found(accepted, [] if accepted else named, text, reason)


def by_people(evidence: Evidence, pool: Sequence[Candidate]) -> Found:
    """A domain that several people known at the account have; or the beginning of their numbers, with a name alike."""
    for domain in evidence.domains:
        if hits := [candidate for candidate in pool if domain in candidate.people_domains]:
            return Found(hits, evidence=f"people with {domain}")
    name = evidence.name
    if name is None or not evidence.phone:
        return Found()
    hits = [candidate for candidate in pool if evidence.phone in candidate.phones and is_alike(name, candidate)]
    return Found(hits, evidence=f"people with {evidence.phone}…")


def with_another_sign(evidence: Evidence, alike: list[Candidate], text: str) -> Found:
    """Names that are only alike: one more sign is needed, and nothing may object."""
    accepted = [
        candidate
        for candidate in alike
        if strong_signs(evidence, candidate)
        or (evidence.country and evidence.country == candidate.country and not objections(evidence, candidate))
    ]
    if accepted:
        return Found(accepted, evidence=text)
    return Found([], alike, text, "An account has a name like it, but nothing else speaks for it.")


def by_core(evidence: Evidence, pool: Sequence[Candidate]) -> Found:
    name = evidence.name
    if name is None or name.is_generic:
        return Found()
    alike = [candidate for candidate in pool if name.core == candidate.name.core]
    return with_another_sign(evidence, alike, f"name like “{name.text}”") if alike else Found()


def by_acronym(evidence: Evidence, pool: Sequence[Candidate]) -> Found:
    name = evidence.name
    if name is None:
        return Found()
    alike = [
        candidate
        for candidate in pool
        if name.compact & candidate.name.acronyms
        or any(name.compact & former.acronyms for former in candidate.former)
        or (candidate.name.compact & name.acronyms)
    ]
    return with_another_sign(evidence, alike, f"acronym of “{name.text}”") if alike else Found()


def by_slip(evidence: Evidence, pool: Sequence[Candidate]) -> Found:
    name = evidence.name
    if name is None or name.is_generic:
        return Found()
    alike = [candidate for candidate in pool if is_slip(name.core, candidate.name.core)]
    if not alike:
        return Found()
    clear = [c for c in alike if len(name.core.split()) > 1 or is_mechanical(name.core, c.name.core)]
    strong = [candidate for candidate in alike if strong_signs(evidence, candidate)]
    text = f"name almost “{alike[0].text}”"
    return with_another_sign(evidence, strong or clear, text) if strong or clear else Found([], alike, text, DOUBT)


DOUBT = "An account has almost this name, but one letter may be another company."


def is_slip(one: str, other: str) -> bool:
    """One wrong letter in five, two in ten; numbers must be equal, and so must every word but one."""
    if one == other or min(len(one), len(other)) < 5 or digits(one) != digits(other):
        return False
    words, others = one.split(), other.split()
    if len(words) != len(others):
        return False
    different = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if len(different) != 1 or min(map(len, different[0])) < 5:
        return False
    allowed = 2 if min(map(len, different[0])) >= 9 else 1
    return OSA.distance(*different[0], score_cutoff=allowed) <= allowed


def is_mechanical(one: str, other: str) -> bool:
    """Two letters swapped or one typed twice, as fingers do; a letter more or less may be another name."""
    if len(one) == len(other):
        return sorted(one) == sorted(other) and one[0] == other[0]
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(longer[:i] + longer[i + 1 :] == shorter and longer[i] == longer[i - 1] for i in range(1, len(longer)))


def digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


RULES: dict[MatchRule, Callable[[Evidence, Sequence[Candidate]], Found]] = {
    MatchRule.DOMAIN: by_domain,
    MatchRule.NAME: by_name,
    MatchRule.FORMER: by_former_name,
    MatchRule.PEOPLE: by_people,
    MatchRule.CORE: by_core,
    MatchRule.ACRONYM: by_acronym,
    MatchRule.FUZZY: by_slip,
}

# --- tie-breakers: those of the left that are in front, or none ------------------------------------------------------


def called_so(evidence: Evidence, left: Sequence[Candidate]) -> list[Candidate]:
    """Accounts of exactly that name; “Veridian” alone does not mean one Veridian of several countries."""
    name = evidence.name
    if name is None or all(candidate.name.core == name.core for candidate in left):
        return []
    return [candidate for candidate in left if is_named(name, candidate)]


def ancestor_of_all(_evidence: Evidence, left: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in left if all(c.id in other.ancestors for other in left if other is not c)]


TIE_BREAKERS: dict[TieBreaker, Callable[[Evidence, Sequence[Candidate]], list[Candidate]]] = {
    TieBreaker.NAME: called_so,
    TieBreaker.COUNTRY: lambda evidence, left: [c for c in left if evidence.country and c.country == evidence.country],
    TieBreaker.PHONE: lambda evidence, left: [c for c in left if evidence.phone and evidence.phone in c.phones],
    TieBreaker.PARENT: ancestor_of_all,
    TieBreaker.OWNER: lambda _evidence, left: [c for c in left if c.has_owner],
    TieBreaker.CUSTOMER: lambda _evidence, left: [c for c in left if c.is_customer],
    TieBreaker.OLDEST: lambda _evidence, left: [min(left, key=lambda candidate: (candidate.order, candidate.id))],
}
