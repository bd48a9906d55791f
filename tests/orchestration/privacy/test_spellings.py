"""Is a hidden value found in every way that people write it, and nothing else with it?"""

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.privacy.texts import FORMS, Secret, Secrets, mask_text

ZERO_WIDTH, SOFT, NO_BREAK, THIN = "\u200b", "\u00ad", "\u00a0", "\u2009"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

NAME = Secret("Maria Groß-Müller", "name")
IBAN = Secret("DE89370400440532013000", "iban")
CARD = Secret("5500005555555559", "card")
PHONE = Secret("+49 30 23125 042", "phone")
EMAIL = Secret("maria.gross@mail-example.com", "email")
BORN = Secret("1980-03-05", "all")
CUSTOMER = Secret("K-4711-0815", "all")
CASE = (NAME, IBAN, CARD, PHONE, EMAIL, BORN, CUSTOMER)
KNOWN = Secrets(known=frozenset(CASE))
BOTH = Secrets(known=frozenset(CASE), kinds=FORMS)
BY_FORM = Secrets(kinds=FORMS)

NAMES = [
    "Maria Groß-Müller", "MARIA GROSS-MÜLLER", "maria gross müller", "Maria  Groß  Müller", "Maria Groß\nMüller",
    f"Maria{NO_BREAK}Groß-Müller", f"Maria{THIN}Groß–Müller", "Maria Gross-Mueller", "MARIA GROSS MUELLER",
    "Maria Groß‑Müller", "Maria Groß—Müller", "Maria Groß−Müller", "Maria.Groß.Müller", "Maria_Groß_Müller",
    f"Ma{SOFT}ria Groß-Mül{SOFT}ler", f"Ma{ZERO_WIDTH}ria Gr{ZERO_WIDTH}oß-Müller",
    "M a r i a  G r o ß - M ü l l e r",
    "M.a.r.i.a G.r.o.ß M.ü.l.l.e.r", "MariaGroßMüller", "mariagrossmueller", "Groß-Müller, Maria", "Müller Maria",
    "Maria Groß-Mu\u0308ller", unicodedata.normalize("NFD", "Maria Groß-Müller"), "Ｍａｒｉａ Ｇｒｏß－Ｍüｌｌｅｒ",
    "Mаriа Grоß-Müller", "Ｍaria Ｍüller", "Mar-\nia Groß-Mül-\nler", "Maria Gro&szlig;-M&uuml;ller",
    "Maria%20Gro%C3%9F-M%C3%BCller", "Maria=20Gro=C3=9F-M=C3=BCller", "Maria Gro\\u00df-M\\u00fcller",
    "Maria Groẞ-Müller", "𝐌𝐚𝐫𝐢𝐚 Groß-Müller", "> Maria Groß-\n> Müller", "Frau Muller", "Maria\tGroß\tMüller",
    "Maria/Groß/Müller", "M-a-r-i-a Groß-Müller", "MARIA\r\nGROSS-MÜLLER", "Maria&nbsp;Gro&#223;-M&#xfc;ller",
    "Ms. Gross-Mueller", "Müllers Konto", "customerMaria",
]  # fmt: skip
IBANS = [
    "DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "de89 3704 0044 0532 0130 00",
    f"DE89{NO_BREAK}3704{NO_BREAK}0044{NO_BREAK}0532{NO_BREAK}0130{NO_BREAK}00", "DE89  3704  0044  0532  0130  00",
    "DE89-3704-0044-0532-0130-00", "DE89–3704–0044–0532–0130–00", "DE89.3704.0044.0532.0130.00",
    "DE89/3704/0044/0532/0130/00", "DE89 3704 0044\n0532 0130 00", "> DE89 3704 0044\n> 0532 0130 00",
    ">> DE89 3704 00\n>> 44 0532 0130 00", "IBANDE89370400440532013000", "IBAN:DE89370400440532013000",
    "ibande89 3704 0044 0532 0130 00", "DE８９３７０４００４４０５３２０１３０００",
    "DE" + "89370400440532013000".translate(ARABIC),
    "DE" + "89370400440532013000".translate(DEVANAGARI), f"DE89{ZERO_WIDTH}37040044{SOFT}0532013000",
    "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0", "DE 89 37040044 0532013000", "37040044 0532013000",
    "370400440532013000", "BLZ 37040044 Kto 532013000", "BLZ 370 400 44, Konto 0532 013 000", "account 0532013000",
    "Kontonummer532013000", "my account 532013000", "it ends in 013000", "0532 0130 00",
    "DE89|3704|0044|0532|0130|00",
    "DE89_3704_0044_0532_0130_00", "DE89%203704%200044%200532%200130%2000",
    "DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00",
    "DE89 37O4 OO44 O532 O13O OO", "DE893704004405320130\n00", "ＤＥ８９ ３７０４ ００４４ ０５３２ ０１３０ ００",
    "DE89*3704*0044*0532*0130*00",
    "DE89 (3704) 0044 0532 0130 00", "DE89,3704,0044,0532,0130,00", "🇩🇪89370400440532013000",
    "DE89370400440532013000EUR",
    "DE89‒3704‒0044‒0532‒0130‒00", "DE89 - 3704 - 0044 - 0532 - 0130 - 00", "89370400440532013000",
    "DE89370400 ... 3704 0044 0532",
    "&#68;E89370400440532013000", "DE89\\u0033704\\u00300440532013000",
]  # fmt: skip
CARDS = [
    "5500005555555559", "5500 0055 5555 5559", "5500-0055-5555-5559", "5500.0055.5555.5559", "5500/0055/5555/5559",
    f"5500{NO_BREAK}0055{NO_BREAK}5555{NO_BREAK}5559", "5500  0055  5555  5559", "5500–0055–5555–5559",
    "5500 0055\n5555 5559", "> 5500 0055\n> 5555 5559", "CARD5500005555555559", "card no.5500005555555559",
    "5500005555555559".translate(ARABIC), "5500005555555559".translate(DEVANAGARI),
    "5500005555555559".translate(WIDE),
    "5 5 0 0 0 0 5 5 5 5 5 5 5 5 5 9", f"5500{ZERO_WIDTH}0055{ZERO_WIDTH}55555559", f"5500{SOFT}00555555{SOFT}5559",
    "550000555555 5559", "55000055 55555559", "it begins 55000055", "it begins with 550000", "ends in 555559",
    "the middle is 00555555", "5500_0055_5555_5559", "5500%200055%205555%205559",
    "5500&nbsp;0055&nbsp;5555&nbsp;5559",
    "5500 0055 5555 5559 until December", "55OO OO55 5555 5559", "5500·0055·5555·5559", "5500,0055,5555,5559",
    "(5500)(0055)(5555)(5559)",
    "5500\t0055\t5555\t5559", "5500 - 0055 - 5555 - 5559", "5500−0055−5555−5559", "5500 0055 5555 xxxx",
    "①⑤⑤⓪⓪⓪⓪⑤⑤⑤⑤⑤⑤⑤⑤⑤⑨"[1:],
    "550000555555\n5559", "5500 0055 5555 5559EUR", "visa5500-0055-5555-5559",
]  # fmt: skip
PHONES = [
    "+49 30 23125 042", "+493023125042", "0049 30 23125042", "004930 23125042", "030 23125042", "030/23125042",
    "(030) 23125-042", "+49 (0)30 / 23125-042", "030-23125042", "030.23125.042", f"030{NO_BREAK}23125{NO_BREAK}042",
    "+49–30–23125–042", "030  23125  042", "030\n23125042", "> 030 231\n> 25042", "Tel030 23125042",
    "Tel.:+493023125042",
    "phone+49 30 23125042", "٠٣٠٢٣١٢٥٠٤٢", "030 23125042".translate(DEVANAGARI), "030 23125042".translate(WIDE),
    "23125042",
    "23125 042", "231 250 42", "0 3 0 2 3 1 2 5 0 4 2", f"030{ZERO_WIDTH}23125{SOFT}042", "+49%2030%2023125042",
    "030&#32;23125042", "call 23125-042 now", "the last digits are 125042", "+49-30-23125-042", "+49/30/23125/042",
    "+49_30_23125_042",
    "49 30 23125042", "(+49) 30 23125042", "030 - 23125042", "O3O 23125O42", "+49 30 23 12 50 42", "030·23125042",
]  # fmt: skip
EMAILS = [
    "maria.gross@mail-example.com", "MARIA.GROSS@MAIL-EXAMPLE.COM", "maria.gross (at) mail-example.com",
    "maria.gross(at)mail-example.com", "maria.gross [at] mail-example [dot] com",
    "maria.gross[at]mail-example[dot]com",
    "maria.gross at mail-example dot com", "maria dot gross at mail-example dot com",
    "maria.gross{at}mail-example.com",
    "maria.gross ät mail-example punkt com", "maria.gross AT mail-example DOT com",
    "maria.gross@mail-example(dot)com",
    "maria.gross＠mail-example．com", "maria.gross&#64;mail-example.com", "maria.gross&commat;mail-example.com",
    "maria.gross%40mail-example.com", "maria.gross=40mail-example.com", "maria.gross @ mail-example.com",
    "maria.gross@ mail-example.com", "maria.gross@mail-\nexample.com", "maria.gross@\nmail-example.com",
    "> maria.gross@mail-\n> example.com", f"maria.gross{ZERO_WIDTH}@mail-example.com",
    f"maria.gross@mail-ex{SOFT}ample.com",
    "<maria.gross@mail-example.com>", "mailto:maria.gross@mail-example.com", "mailmaria.gross@mail-example.com",
    "maria.gross@mail‑example.com", "m a r i a . g r o s s @ m a i l - e x a m p l e . c o m",
    "maria.groß@mail-example.com",
    "mаriа.grоss@mail-example.com", "maria.gross (a) mail-example.com", "maria.gross <at> mail-example <dot> com",
    "maria . gross @ mail-example . com", "maria_gross@mail-example.com", "maria.gross(@)mail-example.com",
    "maria.gross@mail–example.com", "maria.gross\\u0040mail-example.com", "write to maria.gross at the usual host",
]  # fmt: skip
DATES = [
    "5 III 1980", "5.III.1980", "5 - iii - 1980", "1980年3月5日", "１９８０年３月５日", "1980 年 3 月 5 日",
    "1980-03-05", "05.03.1980", "5.3.1980", "5.3.80", "05.03.80", "05/03/1980", "5/3/1980", "03/05/1980", "3/5/1980",
    "1980/03/05", "1980.03.05", "19800305", "05031980", "5 March 1980", "5th March 1980", "5th of March 1980",
    "March 5, 1980", "March 5th, 1980", "5. März 1980", "5. Maerz 1980", "5. MÄRZ 1980", "05 Mar 1980",
    "Mar. 5, 1980",
    "5-Mar-1980", "05 – 03 – 1980", f"05.{NO_BREAK}03.{NO_BREAK}1980", "05 03 1980", "05.03.\n1980", "5 mars 1980",
    "5 de marzo de 1980", "5 marzo 1980", "٠٥.٠٣.١٩٨٠", "05.03.1980".translate(WIDE), f"05.03.{ZERO_WIDTH}1980",
    "5 March '80",
    "1980 March 5", "0 5 . 0 3 . 1 9 8 0", "05-03-1980", "5.März 1980", "05&#46;03&#46;1980", "born05.03.1980",
]  # fmt: skip


def left(text: str) -> str:
    """What is left of a text for somebody who reads it, in small letters and digits alone."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(str(unicodedata.digit(c, c)) for c in plain if c.isalnum())


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_hidden_in_every_way_of_writing_it(text):
    assert not re.search("mari|gros|ull|uell|аri|groß", left(mask_text(f"I am {text}.", KNOWN)))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("iban", text) for text in IBANS] + [("card", text) for text in CARDS] + [("phone", text) for text in PHONES],
)
def test_a_number_and_each_part_of_it_is_hidden_in_every_way_of_writing_it(kind, text):
    shown = mask_text(f"It is {text} as you know", KNOWN)
    assert not re.search(r"\d{5,}", left(shown)), shown


@pytest.mark.parametrize("text", EMAILS)
def test_an_address_is_hidden_in_every_way_of_writing_it(text):
    assert "gros" not in left(mask_text(f"It is {text}, yes", KNOWN))


@pytest.mark.parametrize("text", DATES)
def test_a_date_of_birth_is_hidden_in_every_way_of_writing_it(text):
    shown = left(mask_text(f"I was born on {text}, in Kiel", KNOWN))
    assert not re.search(r"\d", shown), shown


@pytest.mark.parametrize("text", ["K-4711-0815", "K47110815", "k 4711 0815", "K–4711–0815", "47110815", "4711 0815"])
def test_a_number_of_a_customer_is_hidden_in_every_way_of_writing_it(text):
    assert not re.search(r"\d{4,}", left(mask_text(f"It is {text}.", KNOWN)))


BARE = re.compile(
    r"account|konto|kto|blz|begins|ends|middle|digits|xxxx|\.\.\.|55oo|^[\d ]{6,12}$|^\d{18,20}$|^37040044"
)


@pytest.mark.parametrize("text", [text for text in [*IBANS, *CARDS] if not re.search(BARE, text.casefold())])
def test_an_account_or_a_card_that_nobody_knows_is_found_by_its_form(text):
    if re.fullmatch(r"0532 0130 00", text):
        return
    assert not re.search(r"\d{5,}", left(mask_text(f"It is {text} as you know", BY_FORM)))


@pytest.mark.parametrize("text", [text for text in EMAILS if "usual host" not in text and "m a r i a" not in text])
def test_an_address_that_nobody_knows_is_found_by_its_form(text):
    assert "gros" not in left(mask_text(f"It is {text}, yes", BY_FORM))


INNOCENT = [
    "On 05.06.2026 14:30 I paid 1,250.00 euros and got a receipt.",
    "Between 2026-05-06 1030 and 2026-05-07 1100 nobody answered.",
    "Invoice 2026-000815 of 12 March 2026 over 13,000.00 EUR is still open.",
    "Case CMP-00012345 of version 3 was opened at 2026-11-28T21:06:25.123456+00:00.",
    "Order 0000123456 and 0.07123456 percent, 100,000 pieces at 1,000,000 each.",
    "The grocer is very great about the milling of his flour in the mill.",
    "Look at example.com, it is open at 9 and closes at 5.",
    "We sell 3 pieces @ 4.50 EUR each, at most 20 a day.",
    "He moved from de 12 to nl 34 in the year 2011, then to 75010 Paris.",
    "The marina in Ancona has 1980 berths, 305 of them free in March 2026.",
    "model 3db94a26749a, 0.123456789, confidence 0.83, latency 12.5 ms",
    "Tracking 1Z999AA10123456784 and ISBN 978-3-16-148410-0",
    "Version 10.4.2 of 2026.11.28 fixes 300 faults; see pages 12-15, 20-22.",
    "The train 370 at 4:00 costs 44.05 and 32.01, or 30.00 with a card.",
    "My reference is REF-2026-0001/7, batch 20261128-1530.",
    "Rule 7 of 7 for everything that no rule above took",
    "In 1980 my mother was 35, and on March 5 we had 3 guests.",
    "The room is 5 by 3 by 80 centimetres",
    "Sort code and account are on the card; the last four are 3000.",
    "Anna, Ria and Mull went to the Groove on 2026-03-05.",
    "{\"instance\": 17, \"item\": 230, \"at\": \"2026-11-28T20:58:16Z\"}",
    "42 of 59 events, 8351502 comparisons, 1043 events in 3.3 s",
    "Tax number 12/345/67890, VAT DE123456789, company HRB 12345",
    "A 10 % discount of 1.250,75 € on 28/11/2026 at 20:58",
    "1 2 3 4 5 6 7 8 9 is how a child counts.",
    "5500 customers, 55 of them since 2005, 5555 calls, 59 complaints",
]  # fmt: skip


@pytest.mark.parametrize("text", INNOCENT)
def test_what_is_no_secret_stays_as_it_is(text):
    assert mask_text(text, BOTH) == text


def test_the_lists_are_long():
    assert len([*NAMES, *IBANS, *CARDS, *PHONES, *EMAILS, *DATES]) > 200


# Whatever the spelling

SEPARATORS = st.sampled_from(
    ["", " ", "  ", NO_BREAK, "-", "–", "—", "−", ".", "/", "\n", "\n> ", ZERO_WIDTH, SOFT, "_"]
)
SCRIPTS = st.sampled_from([{}, ARABIC, DEVANAGARI, WIDE])


@st.composite
def spelled_numbers(draw):
    """A number with something between its groups, and its digits in some script."""
    digits = draw(st.text("123456789", min_size=10, max_size=20))
    size, script, between = draw(st.sampled_from([1, 2, 3, 4, 5, 20])), draw(SCRIPTS), draw(SEPARATORS)
    groups = [digits[at : at + size] for at in range(0, len(digits), size)]
    return digits, between.join(groups).translate(script)


@settings(max_examples=300, deadline=None)
@given(spelled_numbers(), st.sampled_from(["iban", "card", "phone", "all"]))
def test_no_number_shows_however_it_is_grouped_and_whatever_its_digits(number, mask):
    digits, text = number
    shown = left(mask_text(f"see {text} there", Secrets(known=frozenset({Secret(digits, mask)}))))
    assert not re.search(r"\d{5,}", shown)


WORDS = st.text("abcdefghilmnoprstuvzäöüßéñ", min_size=4, max_size=9)


@settings(max_examples=300, deadline=None)
@given(
    WORDS, WORDS, SEPARATORS, st.sampled_from([str, str.upper, str.title, lambda t: unicodedata.normalize("NFD", t)])
)
def test_no_name_shows_however_it_is_put_together(first, last, between, case):
    shown = mask_text(case(f"{first}{between}{last}"), Secrets(known=frozenset({Secret(f"{first} {last}", "name")})))
    assert left(first) not in left(shown)
    assert left(last) not in left(shown)


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%b %d, %Y"]),
)
def test_no_date_shows_in_any_order(day, order):
    secrets = Secrets(known=frozenset({Secret(day.isoformat(), "all")}))
    assert not re.search(r"\d", mask_text(f"on {day.strftime(order)} it was", secrets))
