"""Exact money: decimal amounts to the minor unit of their currency (ISO 4217 exponents as Babel ships them). Pure."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from babel.core import get_global
from babel.numbers import get_currency_precision, get_currency_symbol

from mops.core.errors import DomainError

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_COMPACT = ((Decimal("1e9"), "bn"), (Decimal("1e6"), "m"))
_SPACES = " \u00a0\u202f\u2009"


class MoneyError(DomainError):
    """An amount, weight or currency that is refused: `reason` says why, `remedy` what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}. {remedy}.")
        self.reason, self.remedy = reason, remedy


def is_currency_code(text: str) -> bool:
    """Whether it has the form of a code of ISO 4217: three capitals, like EUR."""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


@lru_cache(maxsize=512)
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    if currency not in get_global("all_currencies"):
        raise MoneyError(f"{currency!r} is not a currency", "Use an ISO 4217 code such as EUR")
    return Decimal(1).scaleb(-get_currency_precision(currency))


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Rounded to the minor unit, halves to even."""
    if not amount.is_finite():
        raise MoneyError(f"{amount} is not an amount", "Give a finite number")
    try:
        return amount.quantize(minor_unit(currency), context=_EXACT)
    except InvalidOperation as error:
        raise MoneyError(f"{amount} is too large", "Give an amount of at most 50 digits") from error


def split(amount: Decimal, weights: Sequence[Decimal | int], *, currency: str) -> list[Decimal]:
    """Parts in the ratio of the weights that add up to the amount exactly.

    Largest remainder: every part is rounded towards zero to the minor unit, then the units left over go one each to
    the largest fractions lost, the earlier part first on a tie. A part of weight 0 is 0.
    """
    unit = minor_unit(currency)
    if quantize(amount, currency) != amount:
        raise MoneyError(f"{amount} {currency} is finer than {unit}", "Round it first")
    shares = [Fraction(weight) for weight in weights if Decimal(weight).is_finite() and weight >= 0]
    if len(shares) != len(weights) or not sum(shares):
        raise MoneyError("the weights must be finite, none negative and one above zero", "Correct the weights")
    units = int(_EXACT.divide(abs(amount), unit))
    ideal = [units * share / sum(shares) for share in shares]
    whole = [int(part) for part in ideal]
    by_loss = sorted(range(len(ideal)), key=lambda index: whole[index] - ideal[index])
    for index in by_loss[: units - sum(whole)]:
        whole[index] += 1
    return [_EXACT.multiply(unit.copy_sign(amount) if part else unit, part) for part in map(Decimal, whole)]


def format_money(amount: Decimal, currency: str, compact: bool = False) -> str:
    """For people: €412,300, €1,184.50 (a whole amount has no decimals), €8.02m when compact and at least a million."""
    exact = quantize(amount, currency)
    sign, symbol = ("−" if exact < 0 else ""), _symbol(currency)
    if compact:
        return f"{sign}{symbol}{_compact_digits(abs(exact))}"
    is_whole = exact == exact.to_integral_value()
    return f"{sign}{symbol}{abs(exact):,.0f}" if is_whole else f"{sign}{symbol}{abs(exact):,f}"


def parse_amount(text: str, decimal: str = ".") -> Decimal:
    """An amount as people type it: `1,234.56`, `1.234,56` with decimal=",", `(12.50)` negative, a currency sign around.

    Grouping must be in threes with one separator throughout. Raises MoneyError with the reason.
    """
    if decimal not in (".", ","):
        raise MoneyError(f"{decimal!r} is not a decimal sign", "Use '.' or ','")
    digits, is_negative = _unsigned(text)
    whole, point, fraction = digits.partition(decimal)
    group = "".join(sorted({char for char in whole if not char.isdigit()}))
    if len(group) > 1 or not re.fullmatch(r"[0-9]+", whole.replace(group, "") if group else whole):
        raise _refused(text, decimal)
    if group and (group not in ",.'’" + _SPACES or not re.fullmatch(rf"\d{{1,3}}({re.escape(group)}\d{{3}})+", whole)):
        raise _refused(text, decimal)
    if point and not re.fullmatch(r"[0-9]+", fraction):
        raise _refused(text, decimal)
    value = Decimal((whole.replace(group, "") if group else whole) + (f".{fraction}" if point else ""))
    return -value if is_negative else value


def _unsigned(text: str) -> tuple[str, bool]:
    """The digits and separators, with sign, brackets and currency signs taken off."""
    bare = text.strip()
    is_bracketed = bare.startswith("(") and bare.endswith(")")
    bare = re.sub(r"^([+\-−]?)\s*[$€£¥₹]\s*|\s*[$€£¥₹]$", r"\1", bare[1:-1] if is_bracketed else bare)
    has_sign = bare[:1] in ("+", "-", "−") and bool(bare)
    if has_sign and is_bracketed:
        raise MoneyError(f"{text[:40]!r} has both a sign and brackets", "Keep one of them")
    return bare[1:] if has_sign else bare, is_bracketed or (has_sign and bare[0] != "+")


def _refused(text: str, decimal: str) -> MoneyError:
    other = "," if decimal == "." else "."
    shown = text if len(text) <= 40 else text[:39] + "…"
    return MoneyError(
        f"{shown!r} is not an amount with decimal sign {decimal!r}", f"Write it as 1{other}234{decimal}56"
    )


def _compact_digits(amount: Decimal) -> str:
    for size, letter in _COMPACT:
        if amount >= size:
            return f"{amount / size:,.2f}{letter}"
    return f"{amount:,.0f}"


@lru_cache(maxsize=512)
def _symbol(currency: str) -> str:
    symbol = get_currency_symbol(currency, locale="en")
    return f"{symbol}\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else symbol
