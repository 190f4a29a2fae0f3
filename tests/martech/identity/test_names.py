"""Names, addresses and numbers in their comparable forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.identity import likeness
from martech.identity.addresses import read_id, read_mail, read_phone, read_profile
from martech.identity.evidence import name_signals
from martech.identity.names import GENERATIONS, any_name, read_name
from martech.identity.signals import keys_of

SAME = [
    (("Jürgen", "Müller"), ("Juergen", "Mueller")),
    (("Jürgen", "Müller"), ("Jurgen", "Muller")),
    (("Александр", "Иванов"), ("Aleksandr", "Ivanov")),
    (("Юрий", "Щербаков"), ("Yuri", "Shcherbakov")),
    (("Xiaoming", "Wang"), ("", "王小明")),
    (("Min-su", "Kim"), ("", "김민수")),
    (("Anna", "van der Berg"), ("Anna", "Vanderberg")),
    (("Sean", "O'Brien"), ("Sean", "OBrien")),
    (("Anna", "Berg"), ("Berg", "Anna")),
    (("DR. ANNA", "BERG"), ("Anna", "Berg")),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_are_the_same_name(one: tuple[str, str], other: tuple[str, str]) -> None:
    found = keys_of(name_signals(read_name(*one), read_name(*other)))
    assert "first_same" in found
    assert "last_same" in found


DIFFERENT = [("Alexander", "Alexandra"), ("Mario", "Maria"), ("Jan", "Jana"), ("Simon", "Simone"), ("Peter", "Petra")]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_differ_by_their_gender_are_two_people(one: str, other: str) -> None:
    assert "first_other" in keys_of(name_signals(read_name(one, "Berg"), read_name(other, "Berg")))


@pytest.mark.parametrize(
    ("one", "other"), [("Robert", "Bob"), ("Bob", "Rob"), ("Екатерина", "Katya"), ("Stephen", "Steven")]
)
def test_short_forms_and_variants_are_one_name(one: str, other: str) -> None:
    assert "first_nick" in keys_of(name_signals(read_name(one, "Berg"), read_name(other, "Berg")))


def test_short_forms_are_a_pair_test_and_not_an_identity() -> None:
    """Both may be called Alex, and are still not each other."""
    assert "first_nick" in keys_of(name_signals(read_name("Alex", "Berg"), read_name("Alexandra", "Berg")))
    assert "first_nick" in keys_of(name_signals(read_name("Alex", "Berg"), read_name("Alexander", "Berg")))
    assert "first_other" in keys_of(name_signals(read_name("Alexander", "Berg"), read_name("Alexandra", "Berg")))


@pytest.mark.parametrize(
    "other", [("John", "Smith Jr."), ("John Jr", "Smith"), ("", "John Smith, Jr."), ("John", "Smith III")]
)
def test_a_junior_is_not_the_senior(other: tuple[str, str]) -> None:
    assert "generation_differs" in keys_of(name_signals(read_name("John", "Smith"), read_name(*other)))


NAMES = st.builds(read_name, st.text(max_size=12), st.text(max_size=12))


@given(NAMES, NAMES)
def test_comparing_names_is_symmetric(one: object, other: object) -> None:
    assert name_signals(one, other) == name_signals(other, one)  # type: ignore[arg-type]


def test_plus_parts_and_gmail_dots_make_one_key() -> None:
    assert read_mail("Anna.Berg+news@GoogleMail.com") == read_mail("annaberg@gmail.com")


@pytest.mark.parametrize(
    "address", ["info@acme.com", "sales-team@acme.com", "no-reply@acme.com", "office2@acme.de", "test@test.com"]
)
def test_a_role_address_is_nobodys(address: str) -> None:
    mail = read_mail(address)
    assert mail is not None
    assert mail.is_role


def test_a_disposable_address_names_nobody() -> None:
    assert read_mail("anna@mailinator.com") is None


PHONES = ["+49 (0)30 9018 20 12", "0049 30 90182012", "030 90182012", "+493090182012"]


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("+17025550143", "+19025550143", False),
        ("+17025550143", "(702) 555-0143", True),
        ("+17025550143", "1 702 555 0143", True),
        ("(702) 555-0143", "902.555.0143", False),
        ("+33199001234", "33 1 99 00 12 34", True),
        ("+33199001234", "01 99 00 12 34", True),
        ("+4915112345678", "0151 12345678", True),
        ("+79123456789", "8 912 345-67-89", True),
        ("+390612345678", "06 1234 5678", True),
    ],
)
def test_numbers_are_the_same_whatever_is_left_out_and_different_by_any_digit_of_theirs(
    one: str, other: str, are_same: bool
) -> None:
    assert (read_phone(one) == read_phone(other)) is are_same


@pytest.mark.parametrize("text", PHONES)
def test_a_number_is_the_same_however_it_is_written(text: str) -> None:
    assert read_phone(text) == "3090182012"


@pytest.mark.parametrize("text", ["", "n/a", "123", "1111111111", "+1 000 000 0000", "1234567890"])
def test_a_placeholder_is_no_number(text: str) -> None:
    assert read_phone(text) == ""


def test_an_extension_is_part_of_the_number() -> None:
    assert read_phone("+1 212 555 0147 ext. 12") != read_phone("+1 212 555 0147 x 13")


def test_profiles_and_ids_are_read_from_every_form() -> None:
    assert read_profile("http://de.linkedin.com/in/Anna-Berg-1a/?x=1") == "anna-berg-1a"
    assert read_profile("https://linkedin.com/company/acme") == ""
    assert read_id("0035g00000AbCdE") == read_id("0035g00000AbCdEAA0")
    assert read_id("4711") == ""


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("rubin networks nordic", "orbit networks nordic", False),
        ("globex industries", "globex industires", True),
        ("acme robotics", "acme robotic", True),
        ("north wind", "northwind", True),
    ],
)
def test_a_long_common_ending_does_not_make_one_company(one: str, other: str, is_same: bool) -> None:
    assert (likeness.company_relation(one, other) == likeness.SAME) is is_same


@given(*[st.text("abceghijklnorstuvyzAEJ") | st.sampled_from(["van", "Dr", "jr", "de", *GENERATIONS])] * 2)
def test_the_short_way_for_plain_names_reads_what_the_long_one_does(first: str, last: str) -> None:
    assert read_name(first, last) == any_name(first, last)


@given(st.text("+0123456789", max_size=16))
def test_a_number_as_the_door_writes_it_reads_like_one_with_spaces(number: str) -> None:
    assert read_phone(number) == read_phone(f" {number} ")
