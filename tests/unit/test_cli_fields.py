"""The fields of a brief, as a person calls them, and what became of each."""

from __future__ import annotations

import pytest

from bus import events as e
from bus.brief_words import FIELD, LANGUAGE, change_in_words
from bus.plan import Assumption
from kindling.screen import brief_panel
from kindling.wording import said
from services.intent import languages
from services.intent.changes import SHOWN
from tests.unit.cli_story import MADE, brief
from tests.unit.test_cli_screen import drawn


def test_what_pictures_are_for_and_what_a_film_is_made_from_is_said_in_words() -> None:
    """Neither an assumption nor a change shows the names that the log has for it."""
    assumed = (Assumption(field="images", value="first_frame, last_frame", why="Two came."),)
    parsed = e.IntentParsed(number=1, heard=1, brief=brief(assumed=assumed), made=MADE)
    text = drawn(brief_panel(parsed, is_new=True, width=80))
    assert "pictures the first frame, the last frame · Two came." in text
    changes = (
        e.Change(field="mode", was="t2v", now="i2v"),
        e.Change(field="images", was="", now="first_frame 1c94d7f6f9c4"),
    )
    changed = e.IntentParsed(number=2, heard=2, brief=brief(), changes=changes, made=MADE)
    text = drawn(brief_panel(changed, is_new=False, width=80))
    assert "made        from words → from a picture" in text
    assert "pictures    first picture added" in text
    assert said(changed).text.startswith("brief 2: made: from words → from a picture; first picture added")


@pytest.mark.parametrize("field", SHOWN)
def test_every_field_that_can_change_has_a_name_for_people(field: str) -> None:
    """None is called by the name that the log has for it."""
    assert "_" not in FIELD[field]


FIRST, OTHER, THIRD = "1c94d7f6f9c4", "aa11bb22cc33", "0123456789ab"


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("", f"first_frame {FIRST}", "first picture added"),
        (f"first_frame {FIRST}", "", "first picture left out"),
        (f"first_frame {FIRST}", f"first_frame {OTHER}", "first picture replaced"),
        (f"first_frame {FIRST}", f"last_frame {FIRST}", "first picture is now the last picture"),
        (f"first_frame {FIRST}", f"first_frame {FIRST}, last_frame {OTHER}", "last picture added"),
        (
            f"first_frame {FIRST}, reference {OTHER}",
            f"first_frame {THIRD}, reference {FIRST}",
            "first picture added, first picture is now the picture for the look, picture for the look left out",
        ),
        (f"first_frame {FIRST}", f"first_frame {FIRST}, mask {OTHER}", "mask picture added"),
    ],
)
def test_what_became_of_each_picture_is_said_in_words(was: str, now: str, words: str) -> None:
    """A change of pictures names none by its digest."""
    assert change_in_words(e.Change(field="images", was=was, now=now)) == words


def test_values_are_said_in_words() -> None:
    """A language, a note and what is open are no codes."""
    said = {
        ("language", "de", "en-GB"): "language: German → English",
        ("notes", "", "2: closer; 3: slower"): "notes: open → segment 2: closer; segment 3: slower",
        ("shot_count", "3", ""): "number of shots: 3 → open",
    }
    for (field, was, now), words in said.items():
        assert change_in_words(e.Change(field=field, was=was, now=now)) == words


def test_each_language_that_the_rules_tell_apart_has_a_name() -> None:
    """A tag such as `sv` is shown to nobody who speaks of Swedish."""
    tags = {*languages._COMMON, *languages._OTHERS, *languages._SCRIPTS.values(), languages.UNKNOWN}
    assert tags - LANGUAGE.keys() == set()
