"""A labelled set of leads that are hard to match: 36 categories, each case an easy mistake for a simpler matcher."""

from dataclasses import dataclass, field
from typing import Any

NOBODY, ASK = 0, -1
"""No account is the right answer; several are, so that the right answer is to ask."""


@dataclass(frozen=True)
class Known:
    """An account: the parent is named by its id."""

    id: int
    name: str
    domain: str = ""
    country: str = ""
    extra: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    parent: int = 0
    people: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lead:
    category: str
    expected: int
    given: dict[str, Any] = field(default_factory=dict)


ACCOUNTS = [
    Known(1, "Nordlicht Energie AG", "nordlicht-energie.de", "DE"),
    Known(2, "Brightwater Analytics Inc.", "brightwater.com", "US"),
    Known(3, "Hanbury & Sons Ltd", "hanbury.co.uk", "GB"),
    Known(4, "Tanaka Seiki Co., Ltd.", "tanaka-seiki.co.jp", "JP"),
    Known(5, "Ferreira Têxteis S.A.", "ferreira.com.br", "BR"),
    Known(6, "Müller Maschinenbau GmbH", "müller-maschinen.de", "DE"),
    Known(7, "Østergaard Møbler A/S", "østergaard.dk", "DK"),
    # one domain, many countries
    Known(10, "Veridian Inc.", "veridian.com", "US"),
    Known(11, "Veridian Deutschland GmbH", "veridian.com", "DE", parent=10),
    Known(12, "Veridian France SAS", "veridian.com", "FR", parent=10),
    Known(13, "Veridian UK Ltd", "veridian.com", "GB", parent=10),
    # a group and its subsidiaries
    Known(20, "Orbis Holding AG", "orbis-holding.com", "CH"),
    Known(21, "Lumen Robotics GmbH", "lumen-robotics.com", "AT", parent=20),
    Known(22, "Kestrel Payments Ltd", "kestrelpay.io", "IE", parent=20),
    # acronyms
    Known(30, "Allgemeine Berliner Versicherung AG", "abv-versicherung.de", "DE"),
    Known(31, "Pacific Rim Freight Services Inc.", "pacificrim.com", "US"),
    Known(32, "Pan Regional Freight Systems", "prfs.ca", "CA"),
    Known(33, "KLT", "klt-logistik.de", "DE"),
    # former names, acquired domains, more domains of one company
    Known(
        40, "Novanta Health Group", "novantahealth.com", "US", former=("MediPoint Systems",), extra=("medipoint.com",)
    ),
    Known(
        41, "Aurelis SE", "aurelis.eu", "DE", former=("Sparfeld Bau AG", "Sparfeld Immobilien"), extra=("sparfeld.de",)
    ),
    Known(42, "Tideway Software", "tideway.com", "US", extra=("tideway.io", "getharbor.com")),
    # namesakes
    Known(50, "Apex Logistics", "apexlogistics.com", "US"),
    Known(51, "Apex Logistics Ltd", "apex-logistics.co.uk", "GB"),
    Known(52, "Summit Consulting", "", ""),
    Known(53, "Summit Consulting GmbH", "", ""),
    Known(54, "Phoenix", "phoenix.com", "US"),
    Known(55, "Delta Faucet Company", "deltafaucet.com", "US"),
    Known(56, "Delta Air Lines, Inc.", "delta.com", "US"),
    Known(57, "Studio 54 Media", "studio54.org", "US"),
    Known(58, "First National Bank of Omaha", "fnbo.com", "US"),
    Known(59, "Global Solutions", "globalsolutions.com", "US"),
    # scripts and spellings
    Known(60, "Газпромнефть", "gazprom-neft.ru", "RU"),
    Known(61, "株式会社アサヒ電子", "asahi-denshi.co.jp", "JP"),
    Known(62, "DataHarbor Inc.", "dataharbor.com", "US"),
    Known(63, "Smith and Wesley LLP", "smithwesley.com", "US"),
    Known(64, "Universität Grünwald", "uni-gruenwald.de", "DE"),
    Known(65, "Coop Co", "coop-co.org", "US"),
    Known(66, "Polska Grupa Meblowa Sp. z o.o.", "pgm.pl", "PL"),
    # reached by people known there, or by the phone
    Known(70, "Waldheim Institut", "waldheim.org", "AT", people=("waldheim-research.net",)),
    Known(71, "Castellan Partners", "castellan.com", "US", phones=("+12125550",)),
    Known(72, "Sonnenberg Pharma GmbH", "sonnenberg-pharma.de", "DE"),
    Known(73, "Westbrook Manufacturing Corp", "westbrookmfg.com", "US"),
    Known(74, "Novaris", "novaris.ch", "CH"),
    Known(75, "Zentrix Technologies Ltd", "zentrix.com", "GB"),
    # accounts whose website is a host
    Known(80, "Café Lindenhof", "linkedin.com", "DE"),
    Known(81, "Pixelschmiede", "pixelschmiede.wordpress.com", "DE"),
    Known(82, "Kleinwerk", "gmail.com", "DE"),
]


def leads(category: str, *cases: tuple[int, dict[str, Any]]) -> list[Lead]:
    return [Lead(category, expected, given) for expected, given in cases]


LEADS = [
    *leads(
        "domain of the e-mail",
        (1, dict(company="Nordlicht", email="a.berg@nordlicht-energie.de")),
        (2, dict(email="j@brightwater.com")),
        (72, dict(company="Sonnenberg", email="x@SONNENBERG-PHARMA.de", country="AT")),
    ),
    *leads(
        "subdomain below a suffix of several labels",
        (3, dict(email="tom@mail.hanbury.co.uk")),
        (4, dict(email="s@sales.tanaka-seiki.co.jp", company="Tanaka")),
        (5, dict(website="https://www.loja.ferreira.com.br/contato", email="x@gmail.com")),
    ),
    *leads(
        "another company below the same suffix",
        (NOBODY, dict(email="tom@wexford.co.uk")),
        (NOBODY, dict(email="x@outra.com.br", country="BR")),
        (NOBODY, dict(email="y@kobe.co.jp")),
    ),
    *leads(
        "internationalised domain",
        (6, dict(email="k@xn--mller-maschinen-zvb.de")),
        (6, dict(email="k@müller-maschinen.de")),
        (7, dict(website="https://xn--stergaard-k8a.dk")),
    ),
    *leads(
        "website instead of an address",
        (2, dict(email="jo@gmail.com", website="http://www.brightwater.com/about")),
        (72, dict(email="", website="sonnenberg-pharma.de")),
    ),
    *leads(
        "free mail with the exact name",
        (1, dict(company="Nordlicht Energie", email="n@gmx.de", country="DE")),
        (62, dict(company="dataharbor", email="n@gmail.com")),
        (31, dict(company="PACIFIC RIM FREIGHT SERVICES", email="n@yahoo.com", country="US")),
    ),
    *leads(
        "legal forms",
        (72, dict(company="Sonnenberg Pharma Gesellschaft mbH", email="n@gmx.de")),
        (66, dict(company="Polska Grupa Meblowa", email="n@wp.pl")),
        (65, dict(company="Coop Co", email="n@gmail.com")),
        (20, dict(company="Orbis Holding Aktiengesellschaft", email="n@gmx.ch")),
    ),
    *leads(
        "accents and umlauts",
        (6, dict(company="Mueller Maschinenbau", email="n@gmx.de")),
        (6, dict(company="MULLER MASCHINENBAU GMBH", email="n@gmx.de")),
        (5, dict(company="Ferreira Texteis", email="n@uol.com.br")),
        (64, dict(company="Universitaet Gruenwald", email="n@gmx.de")),
    ),
    *leads(
        "another script",
        (60, dict(company="Gazpromneft", email="n@mail.ru")),
        (61, dict(company="アサヒ電子", email="n@gmail.com")),
    ),
    *leads(
        "spaces and ampersands",
        (62, dict(company="Data Harbor, Inc", email="n@gmail.com")),
        (63, dict(company="Smith & Wesley", email="n@gmail.com")),
        (3, dict(company="Hanbury and Sons", email="n@gmail.com")),
        (56, dict(company="Delta Airlines", email="n@gmail.com")),
    ),
    *leads(
        "former name",
        (40, dict(company="MediPoint Systems Inc", email="n@gmail.com", country="US")),
        (41, dict(company="Sparfeld Bau", email="n@gmx.de", country="DE")),
        (41, dict(company="Sparfeld Immobilien AG", email="n@web.de")),
    ),
    *leads(
        "acquired domain",
        (40, dict(company="MediPoint", email="n@medipoint.com")),
        (41, dict(email="n@sparfeld.de")),
        (42, dict(company="Harbor", email="n@getharbor.com")),
    ),
    *leads(
        "another domain of the account",
        (42, dict(email="n@tideway.io")),
        (42, dict(website="tideway.io/careers")),
    ),
    *leads(
        "one domain, many countries: by country",
        (11, dict(company="Veridian", email="n@veridian.com", country="DE")),
        (12, dict(email="n@veridian.com", country="FR")),
        (10, dict(email="n@veridian.com", phone="+12125550100")),
        (13, dict(email="n@veridian.com", phone="+442079460000")),
    ),
    *leads(
        "one domain, many countries: by name",
        (12, dict(company="Veridian France", email="n@veridian.com")),
        (11, dict(company="Veridian Deutschland GmbH", email="n@veridian.com", country="US")),
        (13, dict(company="Veridian (UK) Limited", email="n@veridian.com")),
    ),
    *leads(
        "one domain, many countries: nobody can say",
        (ASK, dict(email="n@veridian.com")),
        (ASK, dict(email="n@veridian.com", country="JP")),
        (ASK, dict(company="Something", email="n@veridian.com", country="IT")),
    ),
    *leads(
        "subsidiary by its own domain",
        (21, dict(company="Orbis", email="n@lumen-robotics.com")),
        (22, dict(email="n@kestrelpay.io")),
    ),
    *leads(
        "subsidiary at the group's domain",
        (21, dict(company="Lumen Robotics", email="n@orbis-holding.com")),
        (22, dict(company="Kestrel Payments", email="n@orbis-holding.com", country="IE")),
        (20, dict(company="Orbis", email="n@orbis-holding.com")),
    ),
    *leads(
        "acronym",
        (31, dict(company="PRFS", email="n@gmail.com", country="US")),
        (30, dict(company="ABV", email="n@gmx.de", country="DE")),
        (33, dict(company="Kölner Lager Transporte", email="n@gmx.de", country="DE")),
    ),
    *leads(
        "acronym without another sign",
        (NOBODY, dict(company="ABV", email="n@gmail.com")),
        (NOBODY, dict(company="ABV", email="n@abv-sport.fr", country="FR")),
        (NOBODY, dict(company="KLT", email="n@klt.com.au", country="AU")),
    ),
    *leads(
        "namesakes told apart by country",
        (50, dict(company="Apex Logistics", email="n@gmail.com", country="US")),
        (51, dict(company="Apex Logistics", email="n@gmail.com", phone="+442079460000")),
    ),
    *leads(
        "namesakes nobody can tell apart",
        (ASK, dict(company="Apex Logistics", email="n@gmail.com")),
        (ASK, dict(company="Summit Consulting", email="n@gmail.com")),
        (ASK, dict(company="Summit Consulting", email="n@gmail.com", country="DE")),
    ),
    *leads(
        "a namesake elsewhere",
        (NOBODY, dict(company="Phoenix", email="n@phoenix-plumbing.com", country="US")),
        (NOBODY, dict(company="Phoenix", email="n@gmail.com", country="DE")),
        (NOBODY, dict(company="Phoenix", email="n@phoenix.io", country="IL")),
        (NOBODY, dict(company="Zentrix", email="n@zentrix.de", country="DE")),
    ),
    *leads(
        "names with one word in common",
        (NOBODY, dict(company="Delta Dental", email="n@gmail.com", country="US")),
        (NOBODY, dict(company="First National Bank of Texas", email="n@gmail.com", country="US")),
        (NOBODY, dict(company="Brightwater Plumbing", email="n@gmail.com", country="US")),
        (NOBODY, dict(company="Novanta", email="n@gmail.com", country="IT")),
    ),
    *leads(
        "one letter may be another company",
        (NOBODY, dict(company="Novartis", email="n@gmail.com", country="CH")),
        (NOBODY, dict(company="Studio 45 Media", email="n@gmail.com", country="US")),
        (NOBODY, dict(company="Zentrax Technologies", email="n@gmail.com", country="US")),
    ),
    *leads(
        "a slip of the finger",
        (72, dict(company="Sonnenbreg Pharma", email="n@gmx.de", country="DE")),
        (73, dict(company="Westbrook Manufactuirng", email="n@gmail.com", country="US")),
        (75, dict(company="Zentirx Technology", email="n@gmail.com", country="GB")),
        (2, dict(company="Brightwater Anlytics", email="n@gmail.com", country="US")),
    ),
    *leads(
        "abbreviated words",
        (73, dict(company="Westbrook Mfg", email="n@gmail.com", country="US")),
        (75, dict(company="Zentrix Tech", email="n@gmail.com", country="GB")),
        (64, dict(company="Grünwald University", email="n@gmail.com", country="DE")),
    ),
    *leads(
        "with and without Group or the country",
        (40, dict(company="Novanta Health", email="n@gmail.com", country="US")),
        (72, dict(company="Sonnenberg Pharma Deutschland", email="n@gmx.de")),
        (2, dict(company="Brightwater Analytics International", email="n@gmail.com", country="US")),
    ),
    *leads(
        "free and disposable mail alone",
        (NOBODY, dict(email="n@gmail.com", country="DE")),
        (NOBODY, dict(email="n@mailinator.com")),
        (NOBODY, dict(email="kleinwerk@gmail.com")),
    ),
    *leads(
        "access providers",
        (NOBODY, dict(email="n@t-online.de")),
        (NOBODY, dict(email="n@comcast.net", company="")),
        (NOBODY, dict(email="n@wanadoo.fr", country="FR")),
    ),
    *leads(
        "hosts and networks as website",
        (NOBODY, dict(email="n@gmail.com", website="https://www.linkedin.com/company/cafe-lindenhof")),
        (NOBODY, dict(email="n@gmail.com", website="https://anna.wordpress.com")),
        (NOBODY, dict(email="n@gmail.com", website="https://facebook.com/pixelschmiede")),
    ),
    *leads(
        "no company at all",
        (NOBODY, dict(company="self-employed", email="n@gmail.com")),
        (NOBODY, dict(company="n/a", email="n@gmx.de", country="DE")),
        (NOBODY, dict(company="Student", email="n@web.de")),
        (NOBODY, dict(company="", email="")),
    ),
    *leads(
        "generic words",
        (NOBODY, dict(company="Solutions", email="n@gmail.com")),
        (NOBODY, dict(company="Global Solutions", email="n@gmail.com", country="DE")),
        (NOBODY, dict(company="Bank", email="n@gmail.com", country="US")),
    ),
    *leads(
        "domain and name speak of two accounts",
        (ASK, dict(company="Kestrel Payments", email="n@brightwater.com")),
        (ASK, dict(company="Delta Air Lines", email="n@deltafaucet.com")),
        (ASK, dict(company="Sonnenberg Pharma", email="n@nordlicht-energie.de", country="DE")),
    ),
    *leads(
        "a domain that looks like theirs",
        (NOBODY, dict(email="n@brightwater.co")),
        (NOBODY, dict(email="n@veridian-careers.com", company="Jobs")),
        (NOBODY, dict(email="n@notbrightwater.com")),
    ),
    *leads(
        "the name under the country's own domain",
        (2, dict(company="Brightwater Analytics", email="n@brightwater.de", country="DE")),
        (72, dict(company="Sonnenberg Pharma", email="n@sonnenbergpharma.com.br", country="BR")),
    ),
    *leads(
        "people known there, or the switchboard",
        (70, dict(company="Waldheim", email="n@waldheim-research.net")),
        (71, dict(company="Castellan", email="n@gmail.com", phone="+12125550177")),
        (71, dict(company="Castellan Partners", email="n@castellan-law.com", phone="+12125550188")),
    ),
]
"""Of the categories, the right answer is an account in 23, and nobody or a question in 14."""
