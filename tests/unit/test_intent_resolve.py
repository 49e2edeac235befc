"""Laws of what becomes of a model's reading: whatever it says, the person's figures and words hold."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from bus.plan import Brief
from services._kit.llm_schema import schema_of
from services.intent.answers import Limits, Question
from services.intent.changes import changes
from services.intent.figures import aspect_of
from services.intent.reading import Changed, Reading
from services.intent.resolve import Heard, resolve
from services.intent.rules import Words, read_brief
from services.intent.theirs import is_quoted, share_said
from tests.laws import examples
from tests.unit.test_llm_schema import answers

FIRST = Words(text="A lighthouse keeper rows out at dusk, painterly, 20 seconds, 4:5, three shots, no text")
SECOND = Words(text="make it half a minute")
LIMITS = Limits()

readings = answers(schema_of(Reading).grammar).map(lambda said: msgspec.convert(said, Reading))
"""Whatever a model may say under the grammar, however wild."""


def heard(*words: Words, before: Brief | None = None) -> Heard:
    held = 0 if before is None else len(words) - 1
    by_rule = read_brief(words, before, LIMITS, held)
    return Heard(words=words, held=held, before=before, by_rule=by_rule, limits=LIMITS)


REQUEST = heard(FIRST)
assert isinstance(REQUEST.by_rule, Brief)
BEFORE = REQUEST.by_rule
LATER = heard(FIRST, SECOND, before=BEFORE)

NOTHING_READ = msgspec.convert(
    {
        "about": "0",
        **dict.fromkeys(("aspect_said", "duration_said", "language", "reply", "shot_count_said"), ""),
        **dict.fromkeys(("style_english", "subject", "subject_english", "title"), ""),
        **dict.fromkeys(("aspect", "duration_s", "question", "shot_count", "style")),
        **dict.fromkeys(("avoid", "breaks", "changed", "images", "notes", "shots"), ()),
        **dict.fromkeys(("has_minors", "is_approval", "is_picture_missing", "is_sexual", "starts_over"), False),
    },
    Reading,
)


def brief_of(reading: Reading, said: Heard) -> Brief:
    """Return the brief that holds, also where a question is asked first: a model may miss a picture."""
    found = resolve(reading, said).found
    brief = found.otherwise if isinstance(found, Question) else found
    assert isinstance(brief, Brief)
    return brief


@settings(max_examples=examples(60))
@given(readings)
def test_the_persons_figures_hold_whatever_a_model_reads(reading: Reading) -> None:
    """Length, shape and number of shots are as the words say, and so is what is not to be seen."""
    brief = brief_of(reading, REQUEST)
    assert (brief.duration_s, brief.aspect, brief.shot_count) == (20, "4:5", 3)
    assert "text" in brief.avoid
    assert share_said(brief.subject, [FIRST.text]) >= 0.6
    assert set(map(str.lower, brief.avoid)) <= {
        one.lower() for one in brief.avoid if share_said(one, [FIRST.text]) >= 0.6
    }


@settings(max_examples=examples(60))
@given(readings)
def test_what_a_model_does_not_name_as_changed_stays(reading: Reading) -> None:
    """A reading that changes nothing but the length leaves a brief in which nothing but the length differs."""
    only_length = structs.replace(reading, changed=(Changed.DURATION,), starts_over=False)
    brief = brief_of(only_length, LATER)
    assert brief.duration_s == 30
    assert {one.field for one in changes(BEFORE, brief)} <= {"duration_s"}


@settings(max_examples=examples(30))
@given(readings)
def test_resolving_is_the_same_each_time(reading: Reading) -> None:
    """The same reading of the same words gives the same brief and the same remarks."""
    assert resolve(reading, REQUEST) == resolve(reading, REQUEST)


@given(st.text(max_size=12))
def test_a_shape_is_one_that_a_film_can_have(text: str) -> None:
    """Whatever a model writes for a shape, what is taken of it is a ratio between 1:4 and 4:1."""
    shape = aspect_of(text)
    if shape is not None:
        width, height = map(float, shape.split(":"))
        assert 0.25 <= width / height <= 4


@given(st.text(max_size=60))
def test_what_was_said_is_quoted_and_what_was_not_is_not(text: str) -> None:
    """A quote is found whatever its case and blanks; words that nobody said are in no message."""
    assert share_said(text, [text]) == 1
    assert not is_quoted("zwölf Sekunden", ["a film of a fox"])
    assert is_quoted("20  SECONDS", ["a fox, 20 seconds"])


def test_a_figure_that_no_change_is_named_for_stays_though_its_quote_seems_to_be_said() -> None:
    """The letters of `ei` stand in `make it`; they are no word about shots or a shape."""
    reading = structs.replace(NOTHING_READ, duration_s=30, duration_said="half a minute", changed=(Changed.DURATION,))
    read = structs.replace(reading, shot_count=1, shot_count_said="EI", aspect="9:16", aspect_said="ei")
    assert {one.field for one in changes(BEFORE, brief_of(read, LATER))} <= {"duration_s"}
