"""Who Brightline is: its people, regions, channels and how well each channel works. Every number is invented."""

from dataclasses import dataclass

from governance.policies import Role
from planning.models import Channel


@dataclass(frozen=True)
class Colleague:
    name: str
    role: str
    job_title: str
    team: str

    @property
    def email(self) -> str:
        folded = self.name.lower().translate(str.maketrans({"ü": "ue", "ö": "oe", "ä": "ae", "é": "e", "á": "a"}))
        return ".".join(folded.split()) + "@brightline.example"


COLLEAGUES = [
    Colleague("Maya Krüger", Role.LEADER, "Chief marketing officer", "Marketing"),
    Colleague("Omar Haddad", Role.OPS_MANAGER, "Head of marketing operations", "Marketing"),
    Colleague("Ada Winter", Role.ADMIN, "Systems administrator", "Marketing"),
    Colleague("Lena Fischer", Role.CAMPAIGN_OWNER, "Demand generation manager", "Marketing"),
    Colleague("Tomas Novak", Role.CAMPAIGN_OWNER, "Content lead", "Marketing"),
    Colleague("Grace Obi", Role.CAMPAIGN_OWNER, "Field marketing manager", "Marketing"),
    Colleague("Henrik Dahl", Role.APPROVER, "Brand and legal review", "Marketing"),
    Colleague("Ines Costa", Role.ANALYST, "Marketing analyst", "Marketing"),
    Colleague("Petra Vogel", Role.PRIVACY_OFFICER, "Data protection officer", "Legal"),
    Colleague("Samuel Reed", Role.AUDITOR, "Internal audit", "Legal"),
    Colleague("Nora Blum", Role.REQUESTER, "Product marketing", "Product"),
    Colleague("Jonas Weber", Role.REQUESTER, "Partner manager", "Product"),
    Colleague("Ana Ferreira", Role.SALES_REP, "Account executive", "Sales DACH"),
    Colleague("Bo Lindqvist", Role.SALES_REP, "Account executive", "Sales DACH"),
    Colleague("Cyril Moreau", Role.SALES_REP, "Account executive", "Sales DACH"),
    Colleague("Dana Novak", Role.SALES_REP, "Account executive", "Sales DACH"),
    Colleague("Emma Clarke", Role.SALES_REP, "Account executive", "Sales EMEA"),
    Colleague("Fabio Ricci", Role.SALES_REP, "Account executive", "Sales EMEA"),
    Colleague("Gita Sharma", Role.SALES_REP, "Account executive", "Sales EMEA"),
    Colleague("Hugo Laurent", Role.SALES_REP, "Account executive", "Sales EMEA"),
    Colleague("Isla Morgan", Role.SALES_REP, "Account executive", "Sales Americas"),
    Colleague("Jack Turner", Role.SALES_REP, "Account executive", "Sales Americas"),
    Colleague("Kira Bennett", Role.SALES_REP, "Account executive", "Sales Americas"),
    Colleague("Luis Ortega", Role.SALES_REP, "Account executive", "Sales Americas"),
]

TEAM_REGIONS = {"Sales DACH": "DACH", "Sales EMEA": "EMEA", "Sales Americas": "AMER"}

SIGN_INS = [
    ("Marketing leader", "maya.krueger@brightline.example"),
    ("Marketing operations", "omar.haddad@brightline.example"),
    ("Sales representative", "ana.ferreira@brightline.example"),
    ("Requester", "nora.blum@brightline.example"),
    ("Administrator", "ada.winter@brightline.example"),
]

COUNTRIES: dict[str, list[tuple[str, float]]] = {
    "DACH": [("DE", 0.7), ("AT", 0.15), ("CH", 0.15)],
    "EMEA": [("GB", 0.32), ("FR", 0.2), ("NL", 0.13), ("SE", 0.1), ("ES", 0.1), ("IT", 0.1), ("PL", 0.05)],
    "AMER": [("US", 0.78), ("CA", 0.16), ("BR", 0.06)],
}
REGION_SHARES = {"DACH": 0.42, "EMEA": 0.33, "AMER": 0.25}
CURRENCIES = {"GB": "GBP", "CH": "CHF", "US": "USD", "CA": "USD", "BR": "USD"}
TOP_LEVEL_DOMAINS = {"US": "com", "CA": "ca", "GB": "co.uk", "BR": "com.br"}


@dataclass(frozen=True)
class ChannelStory:
    """How a channel works: its share of new people, how often they become an MQL, what a lead costs in EUR."""

    channel: str
    source: str
    medium: str
    share: float
    becomes_mql: float
    cost_per_lead: float
    touch_kind: str


CHANNELS = [
    ChannelStory(Channel.PAID_SEARCH, "google", "cpc", 0.30, 0.24, 78.0, "ad_click"),
    ChannelStory(Channel.CONTENT, "blog", "organic", 0.30, 0.19, 16.0, "download"),
    ChannelStory(Channel.EMAIL, "newsletter", "email", 0.16, 0.22, 9.0, "email_click"),
    ChannelStory(Channel.WEBINAR, "webinar", "event", 0.09, 0.36, 62.0, "webinar"),
    ChannelStory(Channel.PAID_SOCIAL, "linkedin", "paid_social", 0.08, 0.15, 92.0, "ad_click"),
    ChannelStory(Channel.REFERRAL, "partner", "referral", 0.03, 0.42, 0.0, "form"),
    ChannelStory(Channel.DIRECT, "direct", "none", 0.04, 0.30, 0.0, "form"),
]

CAMPAIGNED = {Channel.PAID_SEARCH, Channel.CONTENT, Channel.EMAIL, Channel.WEBINAR, Channel.PAID_SOCIAL}

MQL_TO_SQL, SQL_TO_OPPORTUNITY, OPPORTUNITY_TO_WON = 0.46, 0.58, 0.27
"""Shares of people who go on; those who do not are recycled or disqualified."""
ACCEPTED_IN_VAIN = 0.28
"""Of the MQLs that never become SQLs, those whom sales took on all the same."""
ORDERED = {Channel.CONTENT: ("Agency", 40), Channel.WEBINAR: ("Studio and speakers", 55)}
"""Channels whose months to come are ordered ahead: from whom, and how many hundredths of the plan."""

INDUSTRIES = ["Software", "Manufacturing", "Energy", "Logistics", "Retail", "Health", "Finance", "Education", "Media"]
TITLES = [
    ("Head of Marketing", 0.12),
    ("Marketing Manager", 0.22),
    ("Head of Revenue Operations", 0.06),
    ("CRM Manager", 0.1),
    ("Chief Marketing Officer", 0.06),
    ("Sales Operations Manager", 0.08),
    ("Digital Marketing Specialist", 0.14),
    ("IT Manager", 0.08),
    ("Managing Director", 0.05),
    ("Consultant", 0.05),
    ("Student", 0.04),
]
FIRST_NAMES = [
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elif",
    "Finn",
    "Greta",
    "Hannah",
    "Ivan",
    "Julia",
    "Karim",
    "Laura",
    "Marco",
    "Nina",
    "Oskar",
    "Paula",
    "Quentin",
    "Rosa",
    "Stefan",
    "Tara",
    "Umar",
    "Vera",
    "Wim",
    "Xenia",
    "Yusuf",
    "Zoe",
    "Amélie",
    "Björn",
    "Chloé",
    "Darius",
    "Esther",
    "Felix",
    "Giulia",
    "Hakan",
    "Ingrid",
    "Jorge",
    "Katarzyna",
    "Liam",
    "Mei",
    "Niklas",
    "Olga",
    "Priya",
    "Rafael",
    "Sofia",
    "Tim",
    "Ursula",
    "Viktor",
    "Wanda",
    "Yara",
    "Zlatan",
]
LAST_NAMES = [
    "Adler",
    "Bauer",
    "Conti",
    "Dubois",
    "Eriksson",
    "Fontaine",
    "García",
    "Hansen",
    "Ibrahim",
    "Jansen",
    "Kowalski",
    "Lange",
    "Meyer",
    "Nowak",
    "O'Neill",
    "Petrov",
    "Quinn",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Ünal",
    "Vogel",
    "Wagner",
    "Xu",
    "Yilmaz",
    "Zimmermann",
    "Andersson",
    "Bakker",
    "Costa",
    "Diaz",
    "Egger",
    "Ferrari",
    "Gruber",
    "Hughes",
    "Ivanova",
    "Johnson",
    "Keller",
    "Lopez",
    "Müller",
    "Nguyen",
    "Olsen",
    "Peeters",
    "Raman",
    "Silva",
    "Thompson",
    "Urban",
    "Varga",
    "Williams",
    "Young",
    "Ziegler",
]
COMPANY_FIRST = [
    "Helio",
    "Nord",
    "Alpen",
    "Blue",
    "Vector",
    "Quanta",
    "Terra",
    "Lumen",
    "Ferro",
    "Agil",
    "Nova",
    "Delta",
    "Orbit",
    "Prisma",
    "Rhein",
    "Sola",
    "Tempo",
    "Ultra",
    "Vento",
    "Wald",
    "Zenit",
    "Astra",
    "Boreal",
    "Corvus",
    "Dyna",
    "Echo",
    "Fjord",
    "Granit",
    "Hansa",
    "Iris",
    "Juno",
    "Kern",
    "Lyra",
    "Motiv",
    "Neon",
    "Opal",
    "Polar",
    "Quell",
    "Rubin",
    "Stern",
    "Titan",
    "Unio",
    "Volta",
]
COMPANY_SECOND = [
    "Energy",
    "Logistics",
    "Systems",
    "Foods",
    "Analytics",
    "Robotics",
    "Media",
    "Health",
    "Textil",
    "Finance",
    "Software",
    "Mobility",
    "Packaging",
    "Optics",
    "Chemie",
    "Retail",
    "Learning",
    "Networks",
    "Tools",
    "Water",
    "Aero",
    "Labs",
    "Print",
    "Steel",
    "Travel",
]
LEGAL_FORMS = {"DE": "GmbH", "AT": "GmbH", "CH": "AG", "GB": "Ltd", "FR": "SAS", "NL": "B.V.", "SE": "AB", "ES": "S.L."}
LEGAL_FORM_ELSEWHERE = "Inc"
PRODUCTS = [("Brightline Core", 0.5, 9_000), ("Brightline Plus", 0.35, 21_000), ("Brightline Enterprise", 0.15, 64_000)]
PAGES = [
    "/pricing",
    "/demo",
    "/blog/lead-routing",
    "/blog/attribution",
    "/guides/crm-sync",
    "/webinars/ops",
    "/product",
]
