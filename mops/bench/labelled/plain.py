"""Many ordinary contacts: most come once, some two or three times with what clerks and forms do to them."""

from collections.abc import Iterator
from random import Random
from typing import Any

from martech.identity.lexicon import GIVEN
from mops.bench.labelled.world import FREE, TITLES, World, ascii_word

EXTRA = 0.6
"""Further copies a person, on average."""
FRONTS = [
    "Ab",
    "Ahl",
    "Alm",
    "Bach",
    "Berg",
    "Blum",
    "Bran",
    "Brook",
    "Cal",
    "Car",
    "Cor",
    "Dal",
    "Dorn",
    "Eck",
    "Eld",
    "Fair",
    "Falk",
    "Fen",
    "Gar",
    "Gold",
    "Grün",
    "Hag",
    "Hal",
    "Hart",
    "Hoch",
    "Holm",
    "Jor",
    "Kal",
    "Kern",
    "Kirk",
    "Kort",
    "Lam",
    "Lang",
    "Lind",
    "Lor",
    "Mal",
    "Mar",
    "Mon",
    "Nor",
    "Oak",
    "Ost",
    "Pal",
    "Pen",
    "Quin",
    "Ras",
    "Ried",
    "Ros",
    "Sand",
    "Schön",
    "Sil",
    "Stein",
    "Tal",
    "Thorn",
    "Ul",
    "Var",
    "Vil",
    "Wald",
    "Wes",
    "Wind",
    "Zim",
    "Özt",
    "Çel",
    "Dąb",
    "Bję",
    "Nov",
    "Kos",
    "Ivan",
    "Petr",
]
BACKS = [
    "ach",
    "ander",
    "aro",
    "bach",
    "bauer",
    "beck",
    "berg",
    "born",
    "brand",
    "burg",
    "ca",
    "dal",
    "ek",
    "ell",
    "er",
    "feld",
    "ford",
    "gard",
    "hagen",
    "ham",
    "hof",
    "hurst",
    "ig",
    "ini",
    "ison",
    "kamp",
    "kow",
    "land",
    "ler",
    "ley",
    "lund",
    "mann",
    "mark",
    "mayer",
    "mond",
    "more",
    "nell",
    "nik",
    "off",
    "ov",
    "owski",
    "quist",
    "rath",
    "rode",
    "sen",
    "shaw",
    "ski",
    "sky",
    "son",
    "stad",
    "stein",
    "ström",
    "thal",
    "ton",
    "vik",
    "wald",
    "weg",
    "wick",
    "wood",
    "worth",
    "zki",
]
WORDS = [
    "Acorn",
    "Adler",
    "Alto",
    "Amber",
    "Apex",
    "Arbor",
    "Aster",
    "Atlas",
    "Aurum",
    "Axis",
    "Basalt",
    "Beacon",
    "Birch",
    "Bolt",
    "Boreal",
    "Canto",
    "Cedar",
    "Cinder",
    "Cobalt",
    "Comet",
    "Coral",
    "Crest",
    "Cubic",
    "Dawn",
    "Delta",
    "Drift",
    "Echo",
    "Elm",
    "Ember",
    "Epoch",
    "Falcon",
    "Fable",
    "Flint",
    "Forge",
    "Fjord",
    "Galena",
    "Glade",
    "Grove",
    "Harbor",
    "Hazel",
    "Helix",
    "Indigo",
    "Iris",
    "Jade",
    "Juniper",
    "Kite",
    "Lark",
    "Ledger",
    "Lumen",
    "Lyric",
    "Maple",
    "Marlin",
    "Mesa",
    "Mica",
    "Mosaic",
    "Nectar",
    "Nimbus",
    "Oasis",
    "Onyx",
    "Opal",
    "Orchid",
    "Osprey",
    "Pebble",
    "Pine",
    "Prism",
    "Quill",
    "Raven",
    "Reef",
    "Ridge",
    "Sable",
    "Sage",
    "Slate",
    "Solar",
    "Spruce",
    "Summit",
    "Talon",
    "Tempo",
    "Terra",
    "Thistle",
    "Topaz",
    "Tundra",
    "Velvet",
    "Vertex",
    "Willow",
]
TRADES = [
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
    "Travel",
    "Labs",
]


def plain_people(people: int, seed: int = 1) -> Iterator[tuple[int, dict[str, Any]]]:
    """(Person, values) of `people` records in a mixed order; the same seed gives the same records."""
    random, world = Random(seed), World(seed)  # noqa: S311 - invented data
    made, person = 0, 0
    waiting: list[tuple[int, dict[str, Any]]] = []
    while made < people:
        person += 1
        first = ordinary(random, world)
        waiting.append((person, first))
        while random.random() < EXTRA / (1 + EXTRA):
            waiting.append((person, copied(random, world, first)))
        if len(waiting) > 5_000 or made + len(waiting) >= people:
            random.shuffle(waiting)
            yield from waiting[: people - made]
            made += len(waiting)
            waiting = []


def ordinary(random: Random, world: World) -> dict[str, Any]:
    country = random.choice(["DE", "US", "GB", "FR", "ES", "SE", "PL"])
    first = random.choice(FIRSTS).title()
    last = random.choice(FRONTS) + random.choice(BACKS)
    words = random.choice(WORDS), random.choice(WORDS), random.choice(TRADES)
    company = " ".join(words)
    domain = f"{ascii_word(words[0] + words[1])}-{words[2].lower()[:5]}.{random.choice(['com', 'de', 'eu', 'io'])}"
    is_private = random.random() < 0.15
    host = random.choice(FREE) if is_private else domain
    local = f"{ascii_word(first)}.{ascii_word(last)}" + (str(random.randrange(10, 9999)) if is_private else "")
    return {
        "first_name": first, "last_name": last, "email": f"{local}@{host}", "company": company, "website": f"www.{domain}",
        "phone": world.phone(country), "country": country, "city": "", "job_title": random.choice(TITLES),
        "linkedin_url": world.profile(first, last) if random.random() < 0.3 else "",
    }  # fmt: skip


FIRSTS = GIVEN.split()


def copied(random: Random, world: World, values: dict[str, Any]) -> dict[str, Any]:
    """The same person again: fields missing, a slip, an accent or the order lost, a plus part, a number spelled out."""
    copy = dict(values)
    for name, share in (("email", 0.35), ("phone", 0.35), ("linkedin_url", 0.6), ("website", 0.5), ("job_title", 0.3)):
        if random.random() < share:
            copy[name] = ""
    chance = random.random()
    if chance < 0.12:
        copy["last_name"] = world.typo(copy["last_name"])
    elif chance < 0.18:
        copy["first_name"] = world.typo(copy["first_name"])
    elif chance < 0.22:
        copy["first_name"], copy["last_name"] = copy["last_name"], copy["first_name"]
    elif chance < 0.27:
        copy["first_name"] = copy["first_name"][0] + "."
    elif chance < 0.37:
        copy["last_name"] = ascii_word(copy["last_name"]).title()
    if copy["email"] and random.random() < 0.1:
        copy["email"] = copy["email"].replace("@", "+news@")
    if copy["phone"] and random.random() < 0.5:
        copy["phone"] = f"00{copy['phone'][1:3]} {copy['phone'][3:7]} {copy['phone'][7:]}"
    if random.random() < 0.3:
        copy["company"] = copy["company"] + random.choice([" GmbH", " Inc.", " Ltd"])
    return copy
