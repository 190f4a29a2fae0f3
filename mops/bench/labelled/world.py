"""Invented people, companies, numbers and addresses, the same ones for the same seed."""

from dataclasses import dataclass, replace
from random import Random

from anyascii import anyascii

NAMES = {
    "DE": (
        "Anna Jürgen Katharina Stefan Björn Ulrike Matthias Heike Sönke Annegret Thorsten Dörte Klaus Sabine Jens Lukas Greta Birgit",
        (
            "Müller Schäfer Groß Weiß Köhler Lindemann Brüggemann Fröhlich Steinbach Zöller Kaltenbach Rühl Hartmann Pfeiffer Vogelsang "
            "Möller Bäcker Winkelmann Osterkamp Dietrich Reinhardt Schwarzkopf"
        ),
    ),
    "US": (
        (
            "Robert Elizabeth William Margaret Jennifer Christopher Katherine Michael Patricia Benjamin Nicholas Deborah Gregory Timothy "
            "Rebecca Kenneth Theodore Samantha"
        ),
        (
            "Whitfield Hargrove Delacroix Pemberton Caldwell McAllister Ferguson Blankenship Thornbury Ashcroft Kowalczyk Underwood Prescott "
            "Hollingsworth Rutherford Stanhope Langley Merriweather"
        ),
    ),
    "FR": (
        "Hélène François Chloé Benoît Élodie Cédric Aurélie Guillaume Margaux Rémi Océane Thibault",
        "Lefèvre Dubois Beaumont Château Delaunay Fournier Marchand Perrault Guérin Rousselle Lemoine Barthélemy Charpentier",
    ),
    "ES": (
        "José Lucía Álvaro Begoña Íñigo Martín Pilar Raúl Inés Joaquín Rocío Gonzalo",
        "García Fernández Ibáñez Núñez Castañeda Villanueva Echeverría Montoya Zabala Quintana Peñalver Arguelles",
    ),
    "PL": (
        "Małgorzata Łukasz Agnieszka Wojciech Zofia Krzysztof Bożena Paweł Grażyna Sławomir",
        "Wiśniewski Kamiński Dąbrowski Zieliński Szymański Woźniak Jabłoński Górski Pawłowski Łukaszewicz",
    ),
    "RU": (
        "Александр Екатерина Дмитрий Наталья Сергей Ольга Юрий Светлана Михаил Татьяна",
        "Иванов Щербаков Кузнецов Жуков Чайковский Соловьёв Третьяков Хабаров Юрьев Ефимов",
    ),
    "GB": (
        "Oliver Harriet Callum Imogen Rupert Philippa Alistair Rosalind Duncan Beatrice Nigel Fiona",
        "Abernathy Cholmondeley Featherstone Winterbourne Oakley Thistlewood Cartwright Hathaway Bramwell Dunmore Fitzgerald Kingsley",
    ),
    "SE": (
        "Åsa Göran Linnéa Håkan Maj Örjan Kerstin Sören Ingrid Mats",
        "Åkesson Björklund Sjöström Nyström Holmqvist Öberg Lindqvist Söderberg Malmgren",
    ),
}
COMPANIES = [
    "Northgate",
    "Blauwerk",
    "Ferrovia",
    "Lumencraft",
    "Tidewater",
    "Kestrel",
    "Orbis",
    "Granitec",
    "Solarium",
    "Pinnacle",
    "Quarzwerk",
    "Meridian",
    "Halcyon",
    "Vantage",
    "Brightwell",
    "Copperleaf",
    "Ironbridge",
    "Novaquell",
    "Silverpine",
    "Stellwerk",
    "Trident",
    "Umbra",
    "Wayfarer",
    "Zephyr",
    "Arkadia",
    "Bellweather",
]
BRANCHES = [
    "Logistics",
    "Robotics",
    "Foods",
    "Analytics",
    "Optics",
    "Textiles",
    "Energy",
    "Pharma",
    "Media",
    "Insurance",
    "Machinery",
    "Software",
    "Chemicals",
    "Packaging",
]
FORMS = {
    "DE": ["GmbH", "AG", "GmbH & Co. KG"],
    "US": ["Inc.", "LLC", "Corp."],
    "GB": ["Ltd", "PLC"],
    "FR": ["SAS", "SARL"],
    "ES": ["S.L.", "S.A."],
    "SE": ["AB"],
    "PL": ["Sp. z o.o."],
    "RU": ["OOO"],
}
ZONES = {"DE": "de", "US": "com", "GB": "co.uk", "FR": "fr", "ES": "es", "SE": "se", "PL": "pl", "RU": "ru"}
CALLING = {
    "DE": ("49", 10),
    "US": ("1", 10),
    "GB": ("44", 10),
    "FR": ("33", 9),
    "ES": ("34", 9),
    "SE": ("46", 9),
    "PL": ("48", 9),
    "RU": ("7", 10),
}
STARTS = {"DE": "151", "US": "212", "GB": "77", "FR": "6", "ES": "6", "SE": "70", "PL": "50", "RU": "916"}
CITIES = {
    "DE": "Hamburg Köln Leipzig Stuttgart",
    "US": "Denver Austin Boston Portland",
    "GB": "Leeds Bristol London Glasgow",
    "FR": "Lyon Nantes Lille Paris",
    "ES": "Bilbao Sevilla Madrid",
    "SE": "Malmö Uppsala Göteborg",
    "PL": "Kraków Gdańsk Poznań",
    "RU": "Moscow Kazan Samara",
}
TITLES = [
    "CMO",
    "Head of Marketing",
    "Sales Director",
    "IT Manager",
    "Purchasing Manager",
    "CFO",
    "Plant Manager",
    "Product Owner",
    "Chief of Staff",
    "HR Business Partner",
    "Data Engineer",
    "VP Operations",
    "Legal Counsel",
    "Account Executive",
]
FREE = ["gmail.com", "yahoo.com", "gmx.de", "outlook.com", "icloud.com", "web.de"]
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Card:
    """What one system knows of one person; the names of the import's columns."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    company: str = ""
    website: str = ""
    phone: str = ""
    country: str = ""
    city: str = ""
    job_title: str = ""
    linkedin_url: str = ""
    source: str = "crm"

    def but(self, **changes: str) -> "Card":
        return replace(self, **changes)

    def without(self, *names: str) -> "Card":
        return replace(self, **dict.fromkeys(names, ""))


@dataclass(frozen=True)
class Firm:
    name: str
    form: str
    domain: str
    country: str

    @property
    def full(self) -> str:
        return f"{self.name} {self.form}"


class World:
    """Makes people; `number` keeps numbers and profiles from meeting by chance."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - invented data
        self.number = 0

    def pick(self, options: str | list[str]) -> str:
        return self.random.choice(options.split() if isinstance(options, str) else options)

    def firm(self, country: str = "") -> Firm:
        country = country or self.pick(list(NAMES))
        self.number += 1
        name = f"{self.pick(COMPANIES)}{self.pick(['', '', 'x', 'is', 'on'])} {self.pick(BRANCHES)}"
        if self.random.random() < 0.5:
            name = f"{self.pick(list(self.last(country).split('-')))} {name}"
        plain = ascii_word(name.replace(" ", self.pick(["", "-"])))
        return Firm(name, self.pick(FORMS[country]), f"{plain}.{ZONES[country]}", country)

    def first(self, country: str) -> str:
        return self.pick(NAMES[country][0])

    def last(self, country: str) -> str:
        return self.pick(NAMES[country][1])

    def phone(self, country: str) -> str:
        code, size = CALLING[country]
        start = STARTS[country]
        rest = "".join(str(self.random.randrange(10)) for _ in range(size - len(start)))
        return f"+{code}{start}{rest}"

    def profile(self, first: str, last: str) -> str:
        tail = "".join(self.pick("0 1 2 3 4 5 6 7 8 9 a b c d e f") for _ in range(6))
        return f"https://www.linkedin.com/in/{ascii_word(first)}-{ascii_word(last)}-{tail}"

    def address(self, first: str, last: str, domain: str, pattern: str = "") -> str:
        one, two = ascii_word(first), ascii_word(last)
        pattern = pattern or self.pick(["{f}.{l}", "{f}.{l}", "{i}{l}", "{i}.{l}", "{f}"])
        return pattern.format(f=one, l=two, i=one[:1]) + "@" + domain

    def free_address(self, first: str, last: str) -> str:
        digits = self.random.randrange(10, 9999)
        return self.address(
            first, last, self.pick(FREE), self.pick(["{f}.{l}", "{f}{l}", "{l}.{f}", "{i}{l}"])
        ).replace("@", f"{digits}@")

    def card(self, country: str = "", firm: Firm | None = None) -> Card:
        """A full card; traps take away and change what they need."""
        firm = firm or self.firm(country)
        country = country or firm.country
        first, last = self.first(country), self.last(country)
        return Card(
            first,
            last,
            self.address(first, last, firm.domain, "{f}.{l}"),
            firm.full,
            f"https://www.{firm.domain}",
            self.phone(country),
            country,
            self.pick(CITIES[country]),
            self.pick(TITLES),
            self.profile(first, last),
            self.pick(["crm", "map", "webinar", "list"]),
        )

    def named(self, card: Card, first: str = "", last: str = "") -> Card:
        """The card under another name, with the address that goes with it."""
        first, last = first or card.first_name, last or card.last_name
        address = self.address(first, last, card.email.partition("@")[2], "{f}.{l}")
        return card.but(first_name=first, last_name=last, email=address, linkedin_url=self.profile(first, last))

    def typo(self, word: str) -> str:
        """A slip of the pen after the first letter."""
        if len(word) < 4:
            return word
        place = self.random.randrange(1, len(word) - 1)
        kind = self.random.randrange(4)
        if kind == 0 and word[place] != word[place + 1]:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        if kind == 1:
            return word[:place] + word[place + 1 :]
        if kind == 2 and word[place].isalpha():
            return word[:place] + word[place] + word[place:]
        return word[:place] + self.pick("a e i o n r s t l".replace(word[place], "m")) + word[place + 1 :]


def ascii_word(text: str) -> str:
    """As it stands in an address: umlauts spelled out, everything else in ASCII, letters and hyphens only."""
    plain = anyascii(text.lower().translate(UMLAUTS)).lower()
    return "".join(sign for sign in plain if sign.isalnum() or sign == "-")
