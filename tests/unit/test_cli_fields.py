"""The fields of a brief, as a person calls them."""

from __future__ import annotations

from bus import events as e
from bus.plan import Assumption
from kindling.screen import brief_panel
from kindling.wording import said
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
    assert "pictures    the first frame 1c94d7f6f9c4" in text
    assert said(changed).text.startswith("brief 2: made: from words → from a picture; pictures: open → the first frame")
