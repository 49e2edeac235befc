"""What is on the screen, from folded facts: whole words, no line too long, nothing that steers the terminal."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rich.cells import cell_len
from rich.console import Console, RenderableType

from bus import events as e
from bus.production import Production
from bus.work import Step
from kindling.command_make import tell_left
from kindling.lines import Pace, Where, left_s, lines_of, lines_view
from kindling.page import age_of, production_page, productions_table
from kindling.screen import brief_panel, film_note, plan_table, problem_panel, question_panel, sample_line, words
from kindling.tail import event_line
from kindling.wording import said
from services._kit.settings import COMFYUI_VARIABLE
from services.gateway.view import summary
from tests.golden.examples import EXAMPLES
from tests.unit.cli_story import ID, MADE, Story, brief, stall, verdict

WIDTHS = [80, 120]


def drawn(what: RenderableType, width: int = 80) -> str:
    """Return what is drawn, without colours."""
    console = Console(file=io.StringIO(), width=width, record=True, markup=False, highlight=False)
    console.print(what)
    return console.export_text()


def pace(segment: int, done: int, rate: float | None = None) -> dict[str, Pace]:
    """Return how far a segment is."""
    about = f"segment {segment}"
    return {about: Pace(Step(service="creator", about=about, done=done, total=81), rate)}


def begun(segments: int = 4) -> Story:
    """Return a production with a plan and nothing made."""
    return Story().requested().understood().sampled().planned(segments)


# -- panels ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_the_brief_says_what_was_understood_and_what_was_assumed_and_why(width: int) -> None:
    """Nothing that was assumed stands among what was understood."""
    text = drawn(brief_panel(Story().requested().understood().state().briefs[0], is_new=True, width=width), width)
    understood, assumed = text.split("assumed")
    assert "20 s · painterly" in understood
    assert "16:9" not in understood
    assert "shape 16:9 · You said no shape" in assumed


def test_a_later_brief_is_shown_as_what_changed() -> None:
    """The rest of the brief is not repeated."""
    change = e.Change(field="duration_s", was="20 s", now="30 s")
    parsed = e.IntentParsed(number=2, heard=2, brief=brief(duration_s=30.0), changes=(change,), made=MADE)
    text = drawn(brief_panel(parsed, is_new=False, width=80))
    assert "length      20 s → 30 s" in text
    assert "painterly" not in text


def test_a_brief_in_which_nothing_changed_says_so() -> None:
    """An empty panel would look like a fault."""
    parsed = e.IntentParsed(number=2, heard=2, brief=brief(), made=MADE)
    assert "Nothing in it changed" in drawn(brief_panel(parsed, is_new=False, width=80))


def test_the_plan_shows_each_segment_with_its_length_framing_and_beat() -> None:
    """Length, shot, camera and what happens; how it is joined where it is no plain cut."""
    plan = begun().state().plan
    assert plan is not None
    text = drawn(plan_table(plan, 1, 120), 120)
    assert "3   5.0 s  wide          track right  He rows out, the tower growing small behind him." in text
    assert "goes on from the one before" in " ".join(text.replace("│", " ").split())


def test_a_long_plan_is_cut_and_says_what_is_missing() -> None:
    """A screen is no book: forty segments are named as the rest."""
    plan = begun(40).state().plan
    assert plan is not None
    text = drawn(plan_table(plan, 1, 80))
    assert "… and 17 more segments: kindling show" in text
    assert "more segment" not in drawn(plan_table(plan, 1, 80, rows_max=40))


def test_a_problem_says_what_why_what_would_help_and_how_to_go_on() -> None:
    """The command to go on is whole, to be copied."""
    state = begun().stalled().state()
    text = drawn(problem_panel(state.open_stalls[0], state, 80))
    for part in (
        "Problem 1: segment 3",
        "failed three times at segment 3.",
        "ran out of memory",
        "Allow a smaller size",
    ):
        assert part in text
    assert f"kindling resume {state.id}" in text


def test_a_problem_names_its_work_in_words() -> None:
    """`review 2-1` is what the services call it; a person reads which take that is."""
    state = begun().stalled("review 2-1").state()
    assert "Problem 1: the review of take 2-1" in drawn(problem_panel(state.open_stalls[0], state, 80))
    assert "the review of take 2-1: " in said(stall(begun().state(), "review 2-1")).text


def test_a_reason_that_is_in_the_first_sentence_is_not_said_twice() -> None:
    """What failed names the reason at times; the line for it would only repeat it."""
    told = stall(begun().state(), "segment 3")
    problem = structs.replace(told.problem, what="The render failed: no server is named", why="no server is named")
    state = begun().tell(structs.replace(told, problem=problem)).state()
    text = drawn(problem_panel(state.open_stalls[0], state, 80))
    assert text.count("no server is named") == 1
    assert "Allow a smaller size" in text


def test_who_leaves_is_told_the_servers_to_go_on_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Servers named on the command line are in no settings: without them the film would find none."""
    monkeypatch.setenv(COMFYUI_VARIABLE, "http://gpu1:8188 http://gpu2:8188")
    tell_left(ID)
    line = " ".join(capsys.readouterr().err.split())
    assert f"kindling make --continue --comfyui http://gpu1:8188 --comfyui http://gpu2:8188 {ID}" in line
    monkeypatch.delenv(COMFYUI_VARIABLE)
    tell_left(ID)
    assert f"kindling make --continue {ID}" in capsys.readouterr().err


def test_of_several_problems_each_is_resumed_by_its_number() -> None:
    """Resuming names one where there are more."""
    state = begun().stalled().stalled("segment 4").state()
    assert f"kindling resume {state.id} 2" in drawn(problem_panel(state.open_stalls[1], state, 80))


def test_a_flagged_segment_is_named_at_the_end() -> None:
    """What was kept without approval is said with its reason and the way to make it anew."""
    story = begun(1).ordered(1).started(1).rendered(1).rejected(1)
    story.tell(e.SegmentKept(segment=1, take=1, score=0.1, why="The best of one.")).done(flagged=(1,))
    state = story.state()
    text = drawn(film_note(state, state.cuts[-1]))
    assert "segment 1 was kept though no take was approved: Sharper, with clear edges." in " ".join(text.split())
    assert f"kindling redo {state.id} 1" in text


def every_panel(state: Production, width: int) -> list[RenderableType]:
    """Return all there is to show of a state."""
    shown: list[RenderableType] = [production_page(state, width), lines_view(state, {}, width=width, rows_max=12)]
    shown += [brief_panel(one, is_new=number == 0, width=width) for number, one in enumerate(state.briefs)]
    shown += [plan_table(one, 1, width) for one in state.plans]
    shown += [sample_line(one) for one in state.samples if one.rendered]
    shown += [problem_panel(one, state, width) for one in state.stalls]
    shown += [question_panel(one, width) for one in state.questions]
    shown += [film_note(state, one) for one in state.cuts]
    shown.append(productions_table([summary(state)], datetime(2026, 3, 2, tzinfo=UTC), width))
    return shown


@pytest.mark.parametrize("width", [40, *WIDTHS])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    """Whatever the state and the width, the terminal has nothing to wrap."""
    story = (
        begun().took(1).ordered(2).started(2).rendered(2).rejected(2).ordered(2, 2, "Take 1 was rejected.").stalled()
    )
    for state in (Story().requested().state(), story.state(), begun(60).state(), begun(2).took(1, 2).done().state()):
        for what in every_panel(state, width):
            assert max(cell_len(line) for line in drawn(what, width).splitlines()) <= width


def test_words_of_a_person_do_not_steer_the_terminal() -> None:
    """Escape sequences in a sentence are shown as blanks, in panels and in the log alike."""
    nasty = "red \x1b[31malert\x1b]0;title\x07 \x9b2J [bold]not bold[/bold]"
    story = Story().requested(nasty)
    story.tell(e.IntentParsed(number=1, heard=1, brief=brief(title=nasty, logline=nasty), made=MADE))
    console = Console(file=io.StringIO(), width=80, force_terminal=False, markup=False, highlight=False)
    for what in (*every_panel(story.state(), 80), *(event_line(one, None) for one in story.log)):
        console.print(what)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "[bold]not bold[/bold]" in text


@given(st.text())
def test_text_from_outside_keeps_all_but_its_control_characters(text: str) -> None:
    """What is shown has the length of what was said; letters of any script stay."""
    shown = words(text).plain
    assert len(shown) == len(text) or "\r" in text or any(one in text for one in "\x07\x08\x0b\x0c")
    assert not set(shown) & {"\x1b", "\x9b", "\x00", "\x07"}


# -- a line for each segment -------------------------------------------------------------------------------


def wheres(state: Production, paces: dict[str, Pace] | None = None) -> list[Where]:
    """Return where each segment stands."""
    return [one.where for one in lines_of(state, paces or {})]


def test_a_segment_goes_from_waiting_to_approved() -> None:
    """Each fact moves its line; one that starts from another waits for it."""
    story = begun(3)
    assert wheres(story.state()) == [Where.WAITING] * 3
    assert lines_of(story.state(), {})[2].note == "starts from 2"
    story.ordered(1)
    assert wheres(story.state())[0] is Where.QUEUED
    story.started(1)
    assert wheres(story.state(), pace(1, 10))[0] is Where.RENDERING
    story.rendered(1)
    assert wheres(story.state())[0] is Where.REVIEWING
    story.approved(1)
    assert wheres(story.state())[0] is Where.APPROVED


def test_a_rejected_take_says_why_while_the_next_one_is_made() -> None:
    """The reason stays on the line until the segment is settled."""
    story = begun(1).ordered(1).started(1).rendered(1).rejected(1)
    assert wheres(story.state()) == [Where.AGAIN]
    story.ordered(1, 2).started(1, 2)
    (line,) = lines_of(story.state(), pace(1, 40))
    assert (line.where, line.take, line.done) == (Where.RENDERING, 2, 40)
    assert line.note == "take 1: sharpness 12.4, the limit is 40"
    text = drawn(lines_view(story.state(), pace(1, 40), width=120, rows_max=5), 120)
    assert "take 2" in text
    assert "take 1: sharpness 12.4, the limit is 40" in text


def test_a_renderer_that_says_nothing_for_long_is_said_to_be_silent() -> None:
    """A worker that died is no mystery: the line says how long, and that another one takes over."""
    state = begun(1).ordered(1).started(1).state()
    silent = {"segment 1": Pace(Step(service="creator", about="segment 1", done=10, total=81), None, 34.0)}
    (line,) = lines_of(state, silent)
    assert (line.where, line.note) == (Where.SILENT, "for 34 s; a lost worker is replaced")


def test_what_waits_for_its_turn_on_the_gpu_says_so() -> None:
    """A take that would be rendered or reviewed, and others have the GPU: the line says who, and for what."""
    note = "waits for the GPU: the models have it, for review 2-1"
    waits = {"segment 1": Pace(Step(service="creator", about="segment 1", done=0, total=0, note=note))}
    (line,) = lines_of(begun(1).ordered(1).started(1).state(), waits)
    assert (line.where, line.note) == (Where.IN_LINE, note)
    waits = {"review 1-1": Pace(Step(service="reviewer", about="review 1-1", done=0, total=0, note=note))}
    (line,) = lines_of(begun(1).ordered(1).started(1).rendered(1).state(), waits)
    assert (line.where, line.note) == (Where.IN_LINE, note)


def test_a_stuck_segment_says_what_is_in_the_way() -> None:
    """The lines name the problem too, for who looks at them only."""
    (line,) = [one for one in lines_of(begun().stalled().state(), {}) if one.segment == 3]
    assert line.where is Where.STUCK
    assert line.note == "The renderer failed three times at segment 3"


def test_a_kept_take_is_flagged_and_one_accepted_by_hand_is_not() -> None:
    """A person's word outweighs the flag."""
    story = begun(1).ordered(1).started(1).rendered(1).rejected(1)
    story.tell(e.SegmentKept(segment=1, take=1, score=0.1, why="The best of one."))
    assert wheres(story.state()) == [Where.KEPT]
    story.tell(e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.ACCEPT, why="the blur is meant"))
    (line,) = lines_of(story.state(), {})
    assert (line.where, line.note) == (Where.APPROVED, "accepted by hand")


def test_what_is_left_shrinks_as_segments_are_made() -> None:
    """The estimate follows the frames that are done, and is nothing at the end."""
    story = begun(2)
    seconds = [left_s(lines_of(story.state(), {}))]
    story.ordered(1).started(1)
    seconds.append(left_s(lines_of(story.state(), pace(1, 40))))
    story.rendered(1).approved(1).ordered(2).started(2)
    seconds.append(left_s(lines_of(story.state(), pace(2, 60))))
    story.rendered(2).approved(2)
    seconds.append(left_s(lines_of(story.state(), {})))
    told = [one for one in seconds if one is not None]
    assert len(told) == 4
    assert told == sorted(told, reverse=True)
    assert told[-1] == 0


def test_a_measured_rate_tells_more_than_an_estimate() -> None:
    """Twenty frames a second and 41 to go are two seconds."""
    line = lines_of(begun(1).ordered(1).started(1).state(), pace(1, 40, rate=20.0))[0]
    assert line.left_s == pytest.approx(41 / 20)


def test_a_long_film_is_shown_around_its_work() -> None:
    """Settled segments scroll out above, waiting ones below, and both are counted."""
    story = begun(40).took(1, 2, 3).ordered(4)
    text = drawn(lines_view(story.state(), {}, width=80, rows_max=10))
    assert "… 2 segments before" in text
    assert "… 30 segments after" in text
    assert "3 of 40 segments" in text
    assert len(text.splitlines()) == 11


# -- a line for each event ---------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", sorted(e.BY_TYPE))
def test_every_event_is_said_in_words(type_: str) -> None:
    """No fact is shown as a structure: each has a sentence of one line, without class names or nulls."""
    fact = EXAMPLES[type_]
    text = said(fact).text
    assert text
    assert "\n" not in text
    assert "None" not in text.replace("None of", "")
    assert type(fact).__name__ not in text


def test_an_event_of_a_newer_kindling_is_said_to_be_one() -> None:
    """It is shown, and not taken for a fault."""
    assert "newer Kindling" in said(e.Unknown(type="segment.praised", version=2, data=b"{}")).text


def test_a_long_sentence_wraps_under_itself() -> None:
    """At 80 columns the time, the ordinal and the type stay readable columns."""
    story = begun().stalled()
    lines = drawn(event_line(story.log[-1], 80)).splitlines()
    assert "production.stalled" in lines[0]
    assert len(lines) > 2
    indent = lines[0].index("problem 1")
    assert all(line[:indent].strip() == "" for line in lines[1:])


def test_a_line_for_other_programs_is_one_line() -> None:
    """Piped, an event is never broken."""
    console = Console(file=io.StringIO(), width=80, markup=False, highlight=False)
    console.print(event_line(begun().stalled().log[-1], None), soft_wrap=True)
    assert console.file.getvalue().count("\n") == 1  # type: ignore[attr-defined]


def test_an_anomaly_on_the_log_is_shown_as_one() -> None:
    """A foreign message is neither hidden nor mistaken for an event."""
    strange = e.Unreadable(sequence=9, subject="x.y.z.1", digest=begun().log[0].digest, why="It does not decode.")
    assert "anomaly  x.y.z.1 (sequence 9): It does not decode." in drawn(event_line(strange, 80))


# -- pages -------------------------------------------------------------------------------------------------


def test_a_page_has_the_words_the_brief_the_plan_and_the_state_of_each_segment() -> None:
    """What `show` prints is enough to know what is going on."""
    text = drawn(production_page(begun().took(1).state(), 120), 120)
    for part in ("making 1/4", "asked", "painterly", "The brief", "1-1 approved", "The plan", "approved ✓", "head"):
        assert part in text


def test_a_list_tells_id_status_length_age_and_title() -> None:
    """One line for each production, at 80 columns too."""
    now = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    text = drawn(productions_table([summary(begun(2).took(1, 2).done().state())], now, 80))
    assert len(text.strip().splitlines()) == 2
    for part in ("lighthouse-keeper-rows-7q2k", "done", "10 s", "1 h", "The Lighthouse"):
        assert part in text


@pytest.mark.parametrize(
    ("time", "age"),
    [("2026-03-01T17:59:40.000Z", "now"), ("2026-03-01T17:55:00.000Z", "5 min"), ("2026-02-27T18:00:00.000Z", "2 d")],
)
def test_ages_are_told_in_one_unit(time: str, age: str) -> None:
    """The largest unit that fits."""
    assert age_of(time, datetime(2026, 3, 1, 18, 0, tzinfo=UTC)) == age


def test_the_verdict_of_the_story_is_what_its_tests_read() -> None:
    """A soft take fails the one criterion there is."""
    assert verdict(12.4).is_good is False
