"""What of a text gives somebody away, and what is shown instead?"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.privacy.detectors import is_card_number, is_iban
from orchestration.privacy.folding import Folded
from orchestration.privacy.masks import MASKS
from orchestration.privacy.texts import DOTS, FORMS, Secret, Secrets, index_of, mask_text, mask_value

ALL_FORMS = Secrets(kinds=FORMS)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        ("email", "maria.stone@mail.example.com", "m•••@•••.com"),
        ("email", "not an address", "•••"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE•• •••• 3000"),
        ("iban", "de89370400440532013000", "DE•• •••• 3000"),
        ("iban", "DE89", "•••"),
        ("card", "4111 1111 1111 1111", "•••• 1111"),
        ("card", "1111", "•••"),
        ("phone", "+49 (0)30 / 23125-042", "••• 42"),
        ("phone", "112", "•••"),
        ("name", "Maria Stone", "M••• S•••"),
        ("name", "M", "•••"),
        ("name", "M•••", "•••"),
        ("year", "1980-05-12", "1980"),
        ("year", "1980-05-12T08:00:00Z", "1980"),
        ("year", "12.05.1980", "•••"),
        ("year", "1980", "•••"),
        ("band", "4210.5", "two thousand to five thousand"),
        ("band", "2000", "two thousand to five thousand"),
        ("band", "1999.99", "one thousand to two thousand"),
        ("band", "700000", "five hundred thousand to one million"),
        ("band", "500000000", "five hundred million or more"),
        ("band", "0", "less than one thousand"),
        ("band", "-3", "•••"),
        ("band", "True", "•••"),
        ("band", "1e9", "•••"),
        ("all", "anything", "•••"),
        ("text", "anything", "•••"),
        ("of no kind", "anything", "•••"),
    ],
)
def test_a_masked_value_shows_just_enough_to_tell_it_from_another(mask, value, shown):
    assert mask_value(value, mask) == shown


@settings(deadline=None)
@given(st.text(min_size=1), st.sampled_from(sorted(MASKS)))
def test_a_mask_never_holds_the_value(value, mask):
    shown = mask_value(value, mask)
    assert shown == DOTS or value not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to maria.stone@example.com.", "Write to m•••@•••.com."),
        ("From <a.b+c@mail.example.co.uk>", "From <a•••@•••.uk>"),
        ("IBAN DE89 3704 0044 0532 0130 00 and more", "IBAN DE•• •••• 3000 and more"),
        ("gb82-west-1234-5698-7654-32", "GB•• •••• 5432"),
        ("card 4111-1111-1111-1111, thanks", "card •••• 1111, thanks"),
        ("4111 1111 1111 1111 202 times", "•••• 1111 202 times"),
        ("call +49 30 23125 042 or 030/23125042", "call ••• 42 or ••• 42"),
        ("0049 30 23125042, 00 49 30 23125042", "••• 42, ••• 42"),
        ("US: (212) 555-0142 or 212-555-0142", "US: ••• 42 or ••• 42"),
    ],
)
def test_details_are_found_in_a_text_by_their_form(text, shown):
    assert mask_text(text, ALL_FORMS) == shown


@pytest.mark.parametrize(
    "text",
    [
        "On 05.06.2026 14:30 I paid 1,250.00 euros.",
        "Between 2026-05-06 1030 and 2026-05-07 1100",
        "Case CMP-00012345 of version 3",
        "Order 0000123456 and 0.07123456",
        "GB82 WEST 1234 5698 7654 33 is no IBAN: its checksum is wrong",
        "4111 1111 1111 1112 is no card number: its checksum is wrong",
        "model 3db94a26749a, 0.123456789, confidence 0.83",
        "It happened 3 times @ home",
    ],
)
def test_what_only_looks_like_a_detail_stays(text):
    assert mask_text(text, ALL_FORMS) == text


def test_only_the_hidden_kinds_are_masked():
    text = "maria@example.com, DE89370400440532013000"
    assert mask_text(text, Secrets(kinds=frozenset({"iban"}))) == "maria@example.com, DE•• •••• 3000"


def test_a_detail_that_the_reader_sees_in_its_field_stays_clear_in_a_text_however_it_is_written():
    secrets = Secrets(kinds=FORMS, shown=frozenset({"de89370400440532013000"}))
    text = "DE89 3704 0044 0532 0130 00 and GB82 WEST 1234 5698 7654 32"
    assert mask_text(text, secrets) == "DE89 3704 0044 0532 0130 00 and GB•• •••• 5432"


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        (
            Secret("Maria Stone", "name"),
            "MARIA STONE called; ms stone was upset",
            "M••• S••• called; ms s••• was upset",
        ),
        (Secret("Jan van der Berg", "name"), "the van of Mr Berg", "the van of Mr B•••"),
        (Secret("Li", "name"), "Li lives in Berlin", "L••• lives in Berlin"),
        (Secret("+49 30 23125 042", "phone"), "my number is 23125042", "my number is ••• 42"),
        (Secret("DE00 1234", "iban"), "de00 1234 is wrong", "••• is wrong"),
        (Secret("blue house", "all"), "the Blue House on the hill", "the ••• on the hill"),
    ],
)
def test_a_known_value_is_found_however_people_write_it(secret, text, shown):
    assert mask_text(text, Secrets(known=frozenset({secret}))) == shown


def test_what_a_mask_lets_through_is_hidden_when_it_is_a_secret_itself():
    secrets = Secrets(known=frozenset({Secret("3000", "all"), Secret("DE89370400440532013000", "iban")}))
    assert "3000" not in mask_text("DE89 3704 0044 0532 0130 00", secrets)


@settings(deadline=None)
@given(st.sets(st.text(min_size=4, max_size=12), min_size=1, max_size=4), st.lists(st.text(max_size=8), max_size=4))
def test_no_known_value_of_four_characters_or_more_is_left_in_a_text(values, between):
    secrets = Secrets(known=frozenset(Secret(value, "name") for value in values))
    text = "".join(piece + value for piece, value in zip([*between, "", "", "", ""], sorted(values), strict=False))
    shown = mask_text(text, secrets)
    assert [value for value in values if value.strip("•\t\n ") and value in shown and len(value.strip()) > 3] == []


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_masked_and_masking_it_again_changes_nothing(text):
    once = mask_text(text, ALL_FORMS)
    assert mask_text(once, ALL_FORMS) == once


def test_text_with_nothing_to_hide_is_left_as_it_is():
    assert (
        mask_text("Nothing to see here.", Secrets(known=frozenset({Secret("Maria", "name")}))) == "Nothing to see here."
    )


def test_a_leak_is_named_by_its_kind():
    secrets = Secrets(known=frozenset({Secret("Maria Stone", "name")}), kinds=FORMS)
    assert secrets.leak("Dear Ms Stone") == "known value"
    assert secrets.leak("Write to x.y@example.com") == "email"
    assert secrets.leak("Dear customer") == ""


@settings(deadline=None)
@given(st.integers(min_value=10**9, max_value=10**10 - 1))
def test_an_iban_with_its_own_checksum_is_one_and_with_any_other_is_not(account):
    bban = f"10000000{account}"
    check = 98 - int(f"{bban}131400") % 97
    assert is_iban(f"DE{check:02d}{bban}")
    assert not is_iban(f"DE{(check + 1) % 97:02d}{bban}")


PUBLISHED = """
    AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
    AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678
    BR1800360305000010009795493C1 BY13NBRB3600900000002Z00AB00 CH9300762011623852957 CR05015202001026284066
    CY17002001280000001200527600 CZ6508000000192000145399 DK5000400440116243 DO28BAGR00000001212453611324
    EE382200221020145685 ES9121000418450200051332 FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606
    GB29NWBK60161331926819 GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206
    GR1601101250000000012300695 GT82TRAJ01020000001210029690 HR1210010051863000160 HU42117730161111101800000000
    IE29AIBK93115212345678 IL620108000000099999999 IQ98NBIQ850123456789012 IS140159260076545510730339
    IT60X0542811101000000123456 JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101 KZ86125KZT5004100100
    LB62099900000001001901229114 LC55HEMM000100010012001200023015 LI21088100002324013AA LT121000011101001000
    LU280019400644750000 LV80BANK0000435195001 MC5811222000010123456789030 MD24AG000225100013104168
    ME25505000012345678951 MK07250120000058984 MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S
    MU17BOMM0101101030300200000MUR NL91ABNA0417164300 NO9386011117947 PK36SCBL0000001123456702
    PL61109010140000071219812874 PS92PALS000000000400123456702 PT50000201231234567890154
    QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379 SA0380000000608010167519
    SC18SSCB11010000000000001497USD SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541
    SM86U0322509800000000270100 SV43ACAT00000000000000123123 TL380080012345678910157 TN5910006035183598478831
    TR330006100519786457841326 UA213223130000026007233566001 VA59001123000012345678 VG96VPVG0000012345678901
    XK051212012345678906
"""
"""The examples that the registry of SWIFT gives for its countries."""


def test_the_examples_of_the_registry_are_ibans_and_found_as_they_are_printed():
    texts = {each: f"Pay to {' '.join(re.findall('.{1,4}', each))}, please." for each in PUBLISHED.split()}
    missed = [each for each, text in texts.items() if not is_iban(each) or mask_text(text, ALL_FORMS) == text]
    assert missed == []


def test_an_account_has_digits_where_its_country_has_them_and_letters_where_it_has_letters():
    assert not is_iban(_with_sum("DE", "veryofpart5arrived"))
    assert not is_iban(_with_sum("GB", "WE5T12345698765432"))
    assert is_iban(_with_sum("GB", "WEST12345698765432"))


def _with_sum(country: str, account: str) -> str:
    number = "".join(str(int(each, 36)) for each in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{account.upper()}"


def test_words_that_add_up_to_an_iban_are_left_as_they_are():
    for text in ("delivery of part 5 arrived", *_sentences()):
        assert mask_text(text, Secrets(kinds=frozenset({"iban"}))) == text


def _sentences() -> list[str]:
    """Of words that begin as countries do, and of lengths enough that every remainder comes up."""
    begins = ("delivery", "Gillian", "rolled", "skills", "until", "bills", "dollars", "it 10", "is 20", "by 15")
    words = ("parts", "of", "the", "order", "arrived", "late", "again", "yesterday", "and", "two", "were", "missing")
    turned = [" ".join((*words[at:], *words[:at])) for at in range(len(words))]
    return [f"{begin} {rest} {number}" for begin in begins for rest in turned for number in range(1, 10)]


def test_a_card_number_has_the_right_length_and_sum():
    assert is_card_number("4111111111111111")
    assert is_card_number("378282246310005")
    assert not is_card_number("4111111111111112")
    assert not is_card_number("411111111111")


def test_what_is_shown_in_place_of_two_that_are_written_alike_is_the_same_in_every_process() -> None:
    """Sets have another order in each: marks of what was shown would differ."""
    alike = [Secret("Maria Sandoval", "name"), Secret("maria.sandoval@example.org", "email")]
    for known in (alike, alike[::-1]):
        assert [find.shown for find in index_of(known).finds(Folded("says Maria Sandoval"))][:1] == ["M••• S•••"]
