"""Phone numbers of the demo company, all of ranges that authorities keep for fiction: nobody answers there.

Berlin, Frankfurt, Hamburg, Cologne and Munich by the Bundesnetzagentur, British towns by Ofcom, the five zones of Arcep,
and 555-0100 to 555-0199 of every North American area code. Other countries name no range, so their people have no number.
"""

from collections import Counter

GIVEN = 74
"""Of a hundred people, so many gave a number."""
AMERICAN = (
    *(201, 202, 206, 212, 213, 214, 215, 216, 303, 305, 312, 313, 314, 404, 408, 410, 412, 415, 480, 503),
    *(504, 510, 512, 602, 612, 615, 617, 619, 646, 702, 703, 704, 713, 718, 720, 786, 801, 813, 818, 917),
)
# Country → beginnings, and how many digits follow.
RANGES = {
    "DE": (("+493023125", "+496990009", "+494066969", "+492214710", "+498999998"), 3),
    "GB": (
        ("+44113496", "+44114496", "+44116496", "+44117496", "+44118496", "+44121496", "+44131496")
        + ("+44141496", "+44151496", "+44161496", "+44207946"),
        4,
    ),
    "FR": (("+3319900", "+3326191", "+3335301", "+3346571", "+3353649"), 4),
    "US": (tuple(f"+1{area}55501" for area in AMERICAN), 2),
    "CA": (tuple(f"+1{area}55501" for area in (403, 416, 437, 514, 604, 613, 647, 778, 780, 902)), 2),
}


class Numbers:
    """Gives every number once; who comes when a range is used up has none."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def next_for(self, country: str) -> str:
        """A number of the country in E.164, or ""."""
        beginnings, digits = RANGES.get(country, ((), 0))
        number = self.asked[country]
        self.asked[country] += 1
        if not beginnings or number * 37 % 100 >= GIVEN or number >= len(beginnings) * most_of(digits):
            return ""
        town, line = number % len(beginnings), number // len(beginnings)
        return f"{beginnings[town]}{line:0{digits}}"


def most_of(digits: int) -> int:
    """British ranges end at 0999 of four digits; the others are whole."""
    return 1_000 if digits == 4 else 10**digits
