"""What a language model is told about one film: the brief, the conversation, and what is settled already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from bus.plan import Brief, Look, Segment
from services.planner.assembly import Frame
from services.planner.looks import style_of
from services.planner.story import SHOTS_MAX, Shot, Story


class Settled(Struct, frozen=True, kw_only=True):
    """What earlier facts settle: the look that a person approved, or the sample they want changed."""

    look: Look | None = None
    sample_prompt: str | None = None
    """What the last sample was rendered from."""
    is_approved: bool = False


def about_story(frame: Frame, words: Sequence[str], loras: Mapping[str, str], settled: Settled) -> str:
    """Return what is said when the story is asked for.

    Args:
        words: the person's messages in their order.
        loras: the catalogue for this model: names, and what each is for.
    """
    parts = [_film(frame, words)]
    if settled.look is not None and settled.is_approved:
        parts.append(f"The look is settled: light “{settled.look.light}”; {settled.look.words}")
    if settled.sample_prompt is not None:
        wish = (
            "The person approved a sample that was rendered from this prompt. Describe whom and what it shows word for "
            "word as it does:"
            if settled.is_approved
            else "A sample was rendered from this prompt, and the last words ask for changes. Whom and what they do "
            "not change is described word for word as in it:"
        )
        parts.append(f"{wish}\n{settled.sample_prompt}")
    if frame.before is not None:
        figures = [f"- {one.name}: {one.description}" for one in (*frame.before.people, *frame.before.places)]
        parts.append(
            "There is a plan that is to be changed as the last words ask. Its people and places; whoever the words do "
            "not change keeps name and description, word for word:\n" + ("\n".join(figures) or "none")
        )
        look = frame.before.look
        parts.append(f"Its look, which stays unless the words ask for another: light “{look.light}”; {look.words}")
    catalogue = [f"- {name}: {purpose}" for name, purpose in loras.items()]
    parts.append("Catalogue of LoRAs:\n" + ("\n".join(catalogue) if catalogue else "empty"))
    return "\n\n".join(parts)


def about_sample(frame: Frame, words: Sequence[str], story: Story) -> str:
    """Return what is said when the sample's shot is asked for."""
    return f"{_film(frame, words)}\n\n{_story(story)}"


def about_shots(frame: Frame, words: Sequence[str], story: Story, count: range, written: Sequence[Shot]) -> str:
    """Return what is said when shots are asked for.

    Args:
        count: how many the film may have.
        written: those that were answered before; long films are asked for in parts.
    """
    parts = [_film(frame, words), _story(story)]
    if frame.before is not None:
        parts.append("The plan before:\n" + "\n".join(_segment(one, frame) for one in frame.before.segments))
    if frame.firsts:
        parts.append(f"{len(frame.firsts)} of the person's pictures can be started from, numbered from 1.")
    if frame.last is not None:
        parts.append("The last shot ends on the person's last picture.")
    if len(count) == 1:
        parts.append(f"The film has exactly {count.start} {'shot' if count.start == 1 else 'shots'}.")
    else:
        parts.append(f"The film has {count.start} to {count.stop - 1} shots.")
    if written:
        told = "\n".join(f"{number}. {one.beat}" for number, one in enumerate(written, 1))
        parts.append(f"These are written:\n{told}")
    first, last = len(written) + 1, min(len(written) + SHOTS_MAX, count.stop - 1)
    if count.stop - 1 > SHOTS_MAX:
        end = " With them the film ends." if last == count.stop - 1 else " The story is not over with them."
        parts.append(f"Write shots {first} to {last} now.{end}")
    return "\n\n".join(parts)


def again(question: str, answer: str, problems: Sequence[str]) -> str:
    """Return the question with what was wrong with the last answer, so that it can be mended."""
    wrong = "\n".join(f"- {one}" for one in problems)
    mend = "Answer again, whole, with that put right."
    return f"{question}\n\nYour last answer was:\n{answer}\n\nIt can't be used:\n{wrong}\n\n{mend}"


def _film(frame: Frame, words: Sequence[str]) -> str:
    brief = frame.brief
    said = "\n".join(f"- {' '.join(one.split())}" for one in words)
    rows = [
        ("Title", brief.title),
        ("What is to be seen", brief.subject),
        ("Style", style_of(brief)),
        ("Length", f"{frame.total / frame.settings.fps:g} s"),
        ("The person's language", brief.language),
        ("To avoid", ", ".join(brief.avoid)),
        ("Notes on segments", "; ".join(f"{one.segment}: {one.words}" for one in brief.notes)),
    ]
    told = "\n".join(f"{name}: {value}" for name, value in rows if value)
    shots = _shots(brief)
    return f"The person said:\n{said}\n\n{told}" + (f"\n\n{shots}" if shots else "")


def _shots(brief: Brief) -> str:
    if not brief.shots:
        return ""
    told = "\n".join(f"{number}. {one}" for number, one in enumerate(brief.shots, 1))
    return f"Shots that the person wrote:\n{told}"


def _story(story: Story) -> str:
    people = [f"- {one.name}: {one.description}" for one in story.people]
    places = [f"- {one.name}: {one.description}" for one in story.places]
    return (
        f"Story: {story.a_arc}\nLight: {story.light}, {story.tones}\n"
        "People:\n" + ("\n".join(people) or "none") + "\nPlaces:\n" + ("\n".join(places) or "none")
    )


def _segment(segment: Segment, frame: Frame) -> str:
    seconds = segment.shown_count / frame.settings.fps
    return f"{segment.id}. ({seconds:.1f} s, {segment.shot}, {segment.movement}) {segment.beat}"


def shot_counts(frame: Frame, usual: int) -> range:
    """Return how many shots the film may have: exactly as many as the person said, where that can be."""
    asked = frame.brief.shot_count or len(frame.brief.shots)
    if asked and frame.fewest <= asked <= frame.most:
        return range(asked, asked + 1)
    if usual > SHOTS_MAX:
        # What is asked for in parts has its number from the start, so that the story ends where the film does.
        return range(usual, usual + 1)
    low, high = max(frame.fewest, usual - 1), min(frame.most, max(usual + 1, frame.fewest))
    if frame.before is not None:
        count = len(frame.before.segments)
        low, high = min(low, max(frame.fewest, count)), max(high, min(frame.most, count))
    return range(low, high + 1)
