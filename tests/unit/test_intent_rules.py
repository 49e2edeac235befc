"""The intent rules: golden cases in eleven languages, and the laws that hold for any words."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.plan import Brief, ImageRole, Mode
from services.intent.answers import Impossible, Limits, Question
from services.intent.approvals import is_approval
from services.intent.changes import changes
from services.intent.rules import Understanding, Words, read_brief
from tests.unit.intent_cases import Case, cases, field_of, picture, understood

LIMITS = Limits()
REQUEST = "A lighthouse keeper rows out at dusk, painterly, 20 seconds"


def read(*messages: str, before: Brief | None = None, limits: Limits = LIMITS) -> Understanding:
    return read_brief(tuple(Words(text=one) for one in messages), before, limits)


def brief_of(*messages: str, before: Brief | None = None, limits: Limits = LIMITS) -> Brief:
    found = read(*messages, before=before, limits=limits)
    assert isinstance(found, Brief), found
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda one: one.name)
def test_each_golden_case_is_understood(case: Case) -> None:
    """Every field that a golden case names is what the rules find."""
    found = understood(case)
    assert {field: field_of(found, field) for field in case.expect} == case.expect


def test_there_are_enough_golden_cases_of_each_language() -> None:
    """The cases are many, and no language that is promised goes without."""
    counted = [one.language for one in cases()]
    assert len(counted) >= 120
    assert min(counted.count(one) for one in ("en", "de", "fr", "es", "pt", "it", "zh", "hi", "fa", "ar")) >= 5


# -- what is not said is assumed, and said to be --------------------------------------------------------------


def test_what_nobody_said_stays_null_and_is_assumed_with_a_reason() -> None:
    """Length and aspect are null where the words are silent, and the assumption says why."""
    brief = brief_of("a heron stands in the reeds")
    assert (brief.duration_s, brief.aspect, brief.style) == (None, None, None)
    assert brief.assumed_value("duration_s") == LIMITS.duration_default_s
    assert brief.assumed_value("aspect") == "16:9"
    assert all(one.why for one in brief.assumed)


def test_what_was_said_is_never_assumed() -> None:
    """A field with a value of the person has no assumption."""
    brief = brief_of("a heron, 12 seconds, 4:5")
    assert brief.assumed_value("duration_s") is None
    assert brief.assumed_value("aspect") is None


def test_a_range_is_taken_in_its_middle_and_says_so() -> None:
    """Between two lengths the middle is taken, and the person reads why."""
    brief = brief_of("a 10 to 20 second film of a heron")
    assert brief.duration_s == 15
    assert "middle" in brief.assumed[0].why


def test_a_second_ratio_is_named_as_not_taken() -> None:
    """A film has one shape; that another one was named too is said."""
    brief = brief_of("a heron, 16:9 and 9:16")
    assert brief.aspect == "16:9"
    assert "9:16" in next(one.why for one in brief.assumed if one.field == "aspect")


# -- limits ---------------------------------------------------------------------------------------------------


def test_too_long_a_film_names_the_limit_and_the_setting() -> None:
    """What, why and what to do: the sentence holds the limit and how it is raised."""
    found = read("3 hours of rain on a roof")
    assert isinstance(found, Impossible)
    assert "10 minutes" in found.why
    assert "film.duration_max_s" in found.help


def test_the_limit_is_the_operators() -> None:
    """A raised limit lets the same words pass, a lowered one refuses shorter films."""
    assert isinstance(read("15 minutes of rain, a film", limits=Limits(duration_max_s=1000)), Brief)
    assert isinstance(read("a film of 20 seconds about rain", limits=Limits(duration_max_s=10)), Impossible)


def test_an_assumed_length_keeps_within_the_limit() -> None:
    """The default gives way to a shorter limit."""
    assert brief_of("rain", limits=Limits(duration_max_s=6)).assumed_value("duration_s") == 6


def test_too_many_words_name_the_limit_and_the_way_out() -> None:
    """A hundred kilobytes are not read; the answer says how long a message may be."""
    found = read("rain " * 20_000)
    assert isinstance(found, Impossible)
    assert "8000" in found.why
    assert "several messages" in found.help


@pytest.mark.parametrize("words", ["", "   \n\t", "…!?", "🎬🐶", "—"])
def test_no_words_are_no_film(words: str) -> None:
    """Blanks, marks and pictures alone are answered with what to do."""
    found = read(words)
    assert isinstance(found, Impossible)
    assert "no words" in found.what


def test_a_picture_without_words_is_asked_about() -> None:
    """A picture alone doesn't say what happens in it, and a render would be a guess."""
    found = read_brief((Words(text="", images=(picture(640, 480),)),), None, LIMITS)
    assert isinstance(found, Question)
    assert found.field == "subject"


# -- questions ------------------------------------------------------------------------------------------------


def test_a_question_is_settled_by_its_answer() -> None:
    """Two lengths are asked about; one of them ends it, and the rest of the brief is as it was."""
    first = "A 10 second film of a heron. The film should be 2 minutes long."
    asked = read(first)
    assert isinstance(asked, Question)
    assert "10 seconds or 2 minutes" in asked.text
    answered = brief_of(first, "2 minutes")
    assert (answered.duration_s, answered.subject) == (120, "A heron")


def test_a_question_says_what_holds_without_an_answer() -> None:
    """Whoever would rather not answer gets the first length, said to be assumed."""
    asked = read("A 10 second film of a heron. The film should be 2 minutes long.")
    assert isinstance(asked, Question)
    assert asked.otherwise is not None
    assert asked.otherwise.duration_s == 10
    assert "first" in asked.otherwise.assumed[0].why


def test_a_missing_picture_is_asked_for_until_it_comes() -> None:
    """Words about my photo need the photo; another remark does not settle it, the photo does."""
    asked = read("Animate my photo: the sea moves", "make it 12 seconds")
    assert isinstance(asked, Question)
    assert asked.field == "images"
    words = (Words(text="Animate my photo: the sea moves"), Words(text="here", images=(picture(720, 1280),)))
    found = read_brief(words, None, LIMITS)
    assert isinstance(found, Brief)
    assert found.mode is Mode.I2V
    assert found.assumed_value("aspect") == "9:16"


def test_without_its_picture_a_film_of_nothing_else_has_no_brief() -> None:
    """`Animate this photo` says nothing to film without the photo; with it, the rest is assumed and said."""
    asked = read("animate this photo")
    assert isinstance(asked, Question)
    assert (asked.field, asked.otherwise) == ("images", None)
    words = (Words(text="animate this photo"), Words(text="here it is", images=(picture(640, 480),)))
    found = read_brief(words, None, LIMITS)
    assert isinstance(found, Brief)
    assert found.mode is Mode.I2V
    assert found.assumed_value("subject") == found.subject


def test_whoever_has_no_picture_may_say_so() -> None:
    """The question ends, the film is made from words, and `picture` is nothing to avoid."""
    found = brief_of("Animate this photo: the sea moves", "go on without a picture")
    assert (found.mode, found.avoid) == (Mode.T2V, ())


# -- pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "aspect"),
    [((1920, 1080), "16:9"), ((1080, 1920), "9:16"), ((800, 800), "1:1"), ((1024, 768), "4:3"), ((1080, 1350), "4:5")],
)
def test_the_first_picture_decides_the_assumed_shape(size: tuple[int, int], aspect: str) -> None:
    """A film that starts from a picture has its shape, unless another one was said."""
    words = Words(text="she turns and smiles", images=(picture(*size),))
    found = read_brief((words,), None, LIMITS)
    assert isinstance(found, Brief)
    assert found.assumed_value("aspect") == aspect


def test_one_picture_starts_the_film_and_that_is_said_to_be_assumed() -> None:
    """Where the words are silent a single picture is the first frame."""
    found = read_brief((Words(text="the sea moves", images=(picture(640, 360),)),), None, LIMITS)
    assert isinstance(found, Brief)
    assert [one.role for one in found.images] == [ImageRole.FIRST_FRAME]
    assert found.assumed_value("images") == "first_frame"
    assert found.mode_reason.startswith("An image came with the words")


# -- changes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("make it 30 seconds", ["duration_s"]),
        ("vertical instead", ["aspect"]),
        ("9:16, and no music", ["aspect", "avoid"]),
        ("more painterly", ["style"]),
        ("at night", ["subject"]),
        ("she should be older", ["subject"]),
        ("segment 3: closer", ["notes"]),
        ("make shot 2 five seconds long", ["notes"]),
        ("faster cuts", ["subject"]),
        ("twice as long", ["duration_s"]),
        ("ein bisschen dunkler bitte, 40 Sekunden", ["subject", "duration_s"]),
        ("竖屏，30秒", ["duration_s", "aspect"]),
        ("I like it, but make it 25 seconds", ["duration_s"]),
        ("I'd prefer it at dawn", ["subject"]),
        ("change the style to anime", ["style"]),
        ("not painterly", ["style"]),
        ("16:9 but keep the rest", ["aspect"]),
        ("replace the lighthouse keeper with a fisherman", ["subject"]),
        ("looks good", []),
        ("👍", []),
    ],
)
def test_a_change_changes_what_it_asks_for_and_nothing_else(words: str, fields: list[str]) -> None:
    """The fields that differ are the ones the later message speaks of."""
    before = brief_of(REQUEST)
    after = brief_of(REQUEST, words, before=before)
    assert [one.field for one in changes(before, after)] == fields


def test_light_takes_the_place_of_light() -> None:
    """A film at dusk that is to be at night is no longer at dusk."""
    assert brief_of(REQUEST, "darker, at night").subject == "A lighthouse keeper rows out at night, darker"


def test_brighter_after_darker_is_not_both() -> None:
    """Of two opposites the later one holds."""
    assert brief_of(REQUEST, "darker", "brighter").subject == "A lighthouse keeper rows out at dusk, brighter"


def test_changes_may_be_told_from_the_whole_conversation_or_from_the_brief() -> None:
    """The rules find by themselves which messages a brief of theirs holds already: nothing is applied twice."""
    whole = brief_of(REQUEST, "10 seconds longer", "no text")
    earlier = brief_of(REQUEST, "10 seconds longer")
    assert brief_of(REQUEST, "10 seconds longer", "no text", before=earlier) == whole
    assert whole.duration_s == 30


def test_a_brief_of_somebody_else_takes_the_last_message_only() -> None:
    """A brief these rules did not write keeps its own words."""
    other = msgspec.structs.replace(brief_of(REQUEST), subject="A keeper in a small boat", title="The Keeper")
    after = brief_of(REQUEST, "make it 45 seconds", before=other)
    assert (after.subject, after.title, after.duration_s) == ("A keeper in a small boat", "The Keeper", 45)


def test_changes_are_read_by_a_person() -> None:
    """Each change says what was and what is, in words."""
    before = brief_of(REQUEST)
    (change,) = changes(before, brief_of(REQUEST, "make it 30 seconds"))
    assert (change.was, change.now) == ("20 s", "30 s")


@pytest.mark.parametrize(
    "words",
    [
        "yes",
        "Looks good!",
        "perfect, thanks",
        "I love it",
        "ja, passt",
        "C'est parfait",
        "está bien",
        "ficou ótimo",
        "va bene",
        "很好",
        "ठीक है",
        "عالی است",
        "ممتاز",
        "いいね",
        "да, отлично",
        "👍",
    ],
)
def test_a_yes_is_an_approval(words: str) -> None:
    """In each language a yes is a yes."""
    assert is_approval(words)


@pytest.mark.parametrize(
    "words",
    ["yes, but darker", "make it good", "no", "a perfect day", "gut, aber heller", "好的，再亮一点", "", "20 seconds"],
)
def test_a_yes_with_a_wish_is_none(words: str) -> None:
    """Whoever still wants something has not approved."""
    assert not is_approval(words)


# -- laws -----------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "a fox",
        "in the snow",
        "20 seconds",
        "1:30",
        "9:16",
        "vertical",
        "painterly",
        "no text",
        ", ",
        ". ",
        "\n",
        "first",
        "then",
        "shot 2:",
        "my photo",
        "二十秒",
        "竖屏",
        "बीस सेकंड",
        "۲۰ ثانیه",
        "ثانية",
        "—",
        "(0-3s)",
        "-5",
        "½",
        "🎬",
        "style",
        "'",
    ]
)
ANY_WORDS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join))


@given(ANY_WORDS)
def test_any_words_are_understood_asked_about_or_refused(words: str) -> None:
    """No words make the rules fail, and a brief always holds something to see, a title and a language."""
    found = read(words)
    match found:
        case Brief():
            assert found.subject
            assert found.title
            assert found.logline
            assert found.language
            assert found.duration_s is None or 0 < found.duration_s <= LIMITS.duration_max_s
        case Question():
            assert found.text.endswith("?")
        case Impossible():
            assert found.what
            assert found.help


@given(ANY_WORDS)
def test_the_same_words_give_the_same_brief(words: str) -> None:
    """The rules are a function of the words."""
    assert read(words) == read(words)


@given(st.lists(PIECES, min_size=1, max_size=8).map(" ".join), st.sampled_from([3, 12, 45, 200, 600]))
def test_a_stated_length_overrules_all_other_words(words: str, seconds: int) -> None:
    """Whatever was said before, a later message that states a length is heeded."""
    found = read("a fox runs through the snow", words.replace("my photo", ""), f"make the film {seconds} seconds long")
    assert isinstance(found, Brief)
    assert found.duration_s == seconds


@given(
    st.integers(min_value=1, max_value=199), st.sampled_from(["{} seconds", "{}-second clip", "{} Sekunden", "{} 秒"])
)
def test_every_length_in_figures_is_read(seconds: int, form: str) -> None:
    """Any number of seconds is read as it stands."""
    assert brief_of(f"A fox in the snow, {form.format(seconds)}").duration_s == seconds


@given(ANY_WORDS)
def test_a_brief_survives_its_wire_form(words: str) -> None:
    """What is understood can be written to the log and read back."""
    found = read(words)
    if isinstance(found, Brief):
        assert msgspec.json.decode(msgspec.json.encode(found), type=Brief) == found
