"""Invented names, words and shares that a population is made of."""

FIRST_NAMES = (
    "Anna Ben Carla David Elif Finn Greta Hannah Ivan Julia Karim Laura Marco Nina Oskar Paula Quentin Rosa Stefan "
    "Tara Umar Vera Wim Xenia Yusuf Zoe Amélie Björn Chloé Darius Esther Felix Giulia Hakan Ingrid Jorge Liam Mei"
).split()
LAST_NAMES = (
    "Adler Bauer Conti Dubois Eriksson Fontaine García Hansen Ibrahim Jansen Kowalski Lange Meyer Nowak O'Neill "
    "Petrov Quinn Rossi Schmidt Tanaka Ünal Vogel Wagner Xu Yilmaz Zimmermann Andersson Bakker Costa Diaz Egger"
).split()
COMPANY_FIRST = (
    "Helio Nord Alpen Blue Vector Quanta Terra Lumen Ferro Agil Nova Delta Orbit Prisma Rhein Sola Tempo Ultra Vento "
    "Wald Zenit Astra Boreal Corvus Echo Fjord Granit Hansa Iris Juno Kern Lyra Neon Opal Polar Rubin Stern Titan"
).split()
COMPANY_SECOND = (
    "Energy Logistics Systems Foods Analytics Robotics Media Health Textil Finance Software Mobility Packaging Optics "
    "Chemie Retail Learning Networks Tools Water Aero Labs Print Steel Travel"
).split()
INDUSTRIES = ("Software", "Manufacturing", "Energy", "Logistics", "Retail", "Health", "Finance", "Education", "Media")
TITLES = (
    "Head of Marketing",
    "Marketing Manager",
    "Head of Revenue Operations",
    "CRM Manager",
    "Chief Marketing Officer",
    "Sales Operations Manager",
    "Digital Marketing Specialist",
    "IT Manager",
    "Managing Director",
)
PLACES = (
    # country, city, domain, dialling code, currency, weight
    ("DE", "Berlin", "de", "+4930", "EUR", 30),
    ("AT", "Wien", "at", "+431", "EUR", 6),
    ("CH", "Zürich", "ch", "+4144", "CHF", 6),
    ("GB", "London", "co.uk", "+4420", "GBP", 12),
    ("FR", "Paris", "fr", "+331", "EUR", 10),
    ("NL", "Utrecht", "nl", "+3130", "EUR", 6),
    ("ES", "Madrid", "es", "+3491", "EUR", 5),
    ("US", "Boston", "com", "+1617", "USD", 20),
    ("CA", "Toronto", "ca", "+1416", "USD", 5),
)
CHANNELS = (
    # channel, source, kind of the first touch, code, weight
    ("paid_search", "google", "ad_click", "SRCH", 30),
    ("content", "blog", "form", "CONT", 30),
    ("email", "newsletter", "email_click", "MAIL", 16),
    ("webinar", "webinar", "webinar", "WEB", 12),
    ("paid_social", "linkedin", "ad_click", "PSOC", 12),
)
OWNERS = ("Ana Ferreira", "Bo Lindqvist", "Cyril Moreau", "Dana Novak", "Emma Clarke", "Fabio Ricci", "Gita Sharma")
PAGES = ("/pricing", "/demo", "/blog/lead-routing", "/guides/crm-sync", "/webinars/ops", "/product")
STAGE_SHARES = (("subscriber", 16), ("lead", 34), ("mql", 18), ("sal", 7), ("sql", 7), ("opportunity", 6))
END_SHARES = (("customer", 4), ("recycled", 5), ("disqualified", 3))
