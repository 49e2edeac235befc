"""The parts of the intent rules: numbers in words, amounts of time, languages, and notes on segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intent.aspects import KNOWN, aspect_of_size, read_aspects
from services.intent.languages import Text, fold, language_of
from services.intent.lengths import read_lengths
from services.intent.numbers import number_at
from services.intent.quantities import quantities
from services.intent.shots import notes_apart, read_notes


def number_in(words: str) -> float | None:
    found = number_at(Text.of(words).tokens, 0)
    return None if found is None or found[1] != len(Text.of(words).tokens) else found[0]


def seconds_in(words: str) -> list[float]:
    return [one.seconds for one in quantities(Text.of(words))]


ENGLISH_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def in_english(number: int) -> str:
    if number >= 100:
        rest = number - 100
        return "one hundred" + (f" and {in_english(rest)}" if rest else "")
    if number < 20:
        return ENGLISH_ONES.split()[number]
    one = number % 10
    return ENGLISH_TENS.split()[number // 10 - 2] + (f"-{ENGLISH_ONES.split()[one]}" if one else "")


def in_chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number >= 100:
        rest = number - 100
        return "一百" + ("" if not rest else ("零" + digits[rest] if rest < 10 else in_chinese(rest)))
    if number < 10:
        return digits[number]
    ten, one = divmod(number, 10)
    return ("" if ten == 1 else digits[ten]) + "十" + (digits[one] if one else "")


@given(st.integers(min_value=0, max_value=199))
def test_every_number_to_199_is_read_in_english_words(number: int) -> None:
    """Spelled as an Englishman does."""
    assert number_in(in_english(number)) == number


@given(st.integers(min_value=0, max_value=199))
def test_every_number_to_199_is_read_in_chinese_signs(number: int) -> None:
    """Spelled in everyday signs. A hundred and ten may leave its one out."""
    assert number_in(in_chinese(number)) == number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("fünfundzwanzig", 25),
        ("hundertzwanzig", 120),
        ("einhundertfünf", 105),
        ("soixante-quinze", 75),
        ("quatre-vingt-dix-neuf", 99),
        ("vingt et un", 21),
        ("septante", 70),
        ("cent vingt", 120),
        ("treinta y cinco", 35),
        ("veintidós", 22),
        ("ciento veinte", 120),
        ("trinta e cinco", 35),
        ("cento e vinte", 120),
        ("dezesseis", 16),
        ("ventotto", 28),
        ("trentuno", 31),
        ("centoventi", 120),
        ("sessanta", 60),
        ("पच्चीस", 25),
        ("पैंतालीस", 45),
        ("निन्यानवे", 99),
        ("एक सौ बीस", 120),
        ("साढ़े तीन", 3.5),
        ("डेढ़", 1.5),
        ("بیست و پنج", 25),
        ("صد و بیست", 120),
        ("هفده", 17),
        ("خمس وعشرون", 25),
        ("خمسة عشر", 15),
        ("تسعين", 90),
        ("مئة وعشرين", 120),
        ("сорок пять", 45),
        ("сто двадцать", 120),
        ("девяносто", 90),
        ("٢٥", 25),
        ("۲۵", 25),
        ("२५", 25),
        ("２５", 25),
        ("1½", 1.5),
    ],
)
def test_numbers_are_read_in_other_languages(words: str, number: float) -> None:
    """Spelled out, in figures of any script, and with halves."""
    assert number_in(words) == number


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("half a minute", 30),
        ("a minute and a half", 90),
        ("1m30s", 90),
        ("2 min 30", 150),
        ("one and a half minutes", 90),
        ("anderthalb Minuten", 90),
        ("zweieinhalb Minuten", 150),
        ("30-sekündig", 30),
        ("halbminütig", 30),
        ("demi-minute", 30),
        ("une minute et demie", 90),
        ("trois quarts de minute", 45),
        ("minuto y medio", 90),
        ("medio minuto", 30),
        ("meio minuto", 30),
        ("mezzo minuto", 30),
        ("un minuto e mezzo", 90),
        ("半分钟", 30),
        ("一分半", 90),
        ("两分钟半", 150),
        ("1分20秒", 80),
        ("半小时", 1800),
        ("आधा मिनट", 30),
        ("डेढ़ मिनट", 90),
        ("ढाई मिनट", 150),
        ("نیم دقیقه", 30),
        ("یک دقیقه و نیم", 90),
        ("نصف دقيقة", 30),
        ("دقيقة ونصف", 90),
        ("دقيقتان", 120),
        ("دقيقة وعشرون ثانية", 80),
        ("полминуты", 30),
        ("полторы минуты", 90),
        ("-5 seconds", -5),
    ],
)
def test_amounts_of_time_are_read(words: str, seconds: float) -> None:
    """One amount, whole, however it is put together."""
    assert seconds_in(words) == [seconds]


@pytest.mark.parametrize(
    "words", ["24fps", "3D", "4K", "30 years", "16:9 and 2024", "a second man", "10分", "三分之一", "five"]
)
def test_other_figures_are_no_time(words: str) -> None:
    """What only looks like an amount of time is none."""
    assert seconds_in(words) == []


@pytest.mark.parametrize("words", ["፩", "፩ seconds", "a fox, ፳ seconds long", "፩:30", "𐩀"])
def test_digits_of_no_decimal_system_are_signs(words: str) -> None:
    """What Python calls a digit and can't read as a number is no figure, and no error."""
    assert seconds_in(words) == []
    read_aspects(Text.of(words))


@pytest.mark.parametrize("name", sorted(set(KNOWN) - {"2:1", "1:2", "3:2", "2:3", "1:1", "3:4", "5:4"}))
def test_every_known_ratio_is_read_with_a_word_for_it(name: str) -> None:
    """`Aspect ratio 21:9` is that, for each ratio in the table."""
    assert read_aspects(Text.of(f"a fox, aspect ratio {name}")).aspect == name


@given(st.integers(min_value=64, max_value=8000), st.integers(min_value=64, max_value=8000))
def test_the_nearest_ratio_of_a_picture_lies_on_its_side_of_the_square(width: int, height: int) -> None:
    """A tall picture never gets a wide shape, nor a wide one a tall shape."""
    ratio = KNOWN[aspect_of_size(width, height)]
    assert (ratio - 1) * (width - height) >= 0


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("a lighthouse near Nürnberg", "en"),
        ("ein Hund im Schnee", "de"),
        ("un chat noir sur un toit", "fr"),
        ("Una barca sul lago", "it"),
        ("un gato negro en un tejado", "es"),
        ("um gato preto no telhado", "pt"),
        ("猫在屋顶上", "zh"),
        ("猫が走る", "ja"),
        ("एक बिल्ली", "hi"),
        ("گربه سیاه می‌دود", "fa"),
        ("قطة على السطح", "ar"),
        ("кот на крыше", "ru"),
        ("mansion", "en"),
        ("naïve", "en"),
        ("Björk in a café, 10 seconds", "en"),
        ("Ett rödräv springer genom snön", "sv"),
        ("Een vos rent door de sneeuw, 12 seconden", "nl"),
        ("lis biegnie przez śnieg, 10 sekund", "pl"),
        ("Karda koşan kırmızı bir tilki, 10 saniye", "tr"),
        ("Một con cáo chạy trong tuyết", "vi"),
        ("একটি শিয়াল বরফে দৌড়ায়", "bn"),
        ("Μια αλεπού τρέχει στο χιόνι", "el"),
        ("Zażółć gęślą", "und"),
        ("ᏣᎳᎩ", "und"),
    ],
)
def test_languages_are_told_apart(words: str, language: str) -> None:
    """By script and a few common words."""
    assert language_of(Text.of(words)) == language


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(words: str) -> None:
    """The folded form is a form of its own."""
    assert fold(fold(words)) == fold(words)


@given(st.text(max_size=60))
def test_every_folded_letter_leads_back_to_where_it_came_from(words: str) -> None:
    """Spans of the folded text can be read in the person's own wording."""
    text = Text.of(words)
    assert len(text.places) == len(text.folded) + 1
    assert list(text.places) == sorted(text.places)
    assert text.places[-1] == len(text.said)


@pytest.mark.parametrize(
    ("words", "notes"),
    [
        ("segment 3: closer", [(3, "closer")]),
        ("make shot 2 slower", [(2, "slower")]),
        ("shot 2 should be slower, and segment 4 brighter", [(2, "slower"), (4, "brighter")]),
        ("in scene 4, remove the dog", [(4, "remove the dog")]),
        ("第三个镜头慢一点", [(3, "慢一点")]),
        ("she turns around", []),
    ],
)
def test_words_about_one_segment_are_noted(words: str, notes: list[tuple[int, str]]) -> None:
    """Each note has the segment's number and what is said of it."""
    assert [(one.segment, one.words) for one in read_notes(Text.of(words))[0]] == notes


@pytest.mark.parametrize(
    ("words", "notes"),
    [
        ("a girl turns and smiles, 15 seconds, segment 2: closer", [(2, "closer")]),
        ("segment 1: a girl. segment 2: a boy", []),
        ("a girl turns. shot 1: wide. shot 2: closer", []),
        ("segment 2: closer", []),
    ],
)
def test_first_words_may_note_a_segment_after_they_said_what_is_to_be_seen(
    words: str, notes: list[tuple[int, str]]
) -> None:
    """A list of the shots begins with the first one, and stays a list."""
    assert [(one.segment, one.words) for one in notes_apart(Text.of(words))[0]] == notes


@pytest.mark.parametrize(
    ("words", "said", "implied"),
    [
        ("a fox, 20 seconds or maybe 30", 25, None),
        ("20 seconds or maybe 30 seconds, a fox", 25, None),
        ("a fox, 30 seconds or 20", 25, None),
        ("ein Fuchs, 20 Sekunden oder vielleicht 30", 25, None),
        ("between 20 and 30 seconds of sea", 25, None),
        ("a fox, maybe 20 seconds, no, 30", 30, None),
        ("a fox, 1 minute, no, 2", 120, None),
        ("a fox, 20 seconds, no snow", 20, None),
        ("a fox, 20 seconds, no 3 foxes", 20, None),
        ("a minute of rain", 60, None),
        ("An old man sits by the sea for a minute", None, 60),
        ("A girl waits at the bus stop. The rain falls for a minute.", None, 60),
        ("She holds her breath for a minute, then dives", None, None),
        ("a man waits for a minute", None, None),
        ("a boat drifts for an hour", None, None),
    ],
)
def test_a_length_said_with_a_second_thought_is_the_one_meant(
    words: str, said: float | None, implied: float | None
) -> None:
    """Two figures share their unit, a correction takes the place of the first, and `for a minute` is not lost."""
    found = read_lengths(Text.of(words), (), None)
    assert [one.seconds for one in found.said] == ([] if said is None else [said])
    assert (found.implied.seconds if found.implied else None) == implied
