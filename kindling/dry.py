"""Dry runs: what would be understood of a sentence, and what would be planned for it. No server, nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Group, RenderableType

from bus.events import IntentParsed
from bus.plan import Artifact, Brief, Made, Plan
from bus.plan_rules import check_plan
from bus.wire.artifacts import file_digest
from kindling.client import read_picture
from kindling.exits import Exit, Trouble
from kindling.home import Settings
from kindling.screen import brief_panel, labelled, plan_table, words
from kindling.wording import sentence
from services._kit.pictures import NotAPicture, open_picture, write_png
from services.gateway.words import message_of
from services.intent.rules import Impossible, Limits, Question, Words, read_brief
from services.planner.drafts import Unplannable
from services.planner.markdown import plan_as_markdown
from services.planner.plan_settings import PlanSettings
from services.planner.rules import write_plan

_MADE = Made(by="rules", version="1")


class Asked(Struct, frozen=True, kw_only=True):
    """What would be asked before anything is made."""

    text: str
    why: str
    field: str


class BriefDocument(Struct, frozen=True, kw_only=True):
    """A brief as `kindling brief --json` prints it: every field of `bus.plan.Brief`, and the question if there is one.

    Beside a question stands the brief that holds if nobody answers it; all is null where there can't be one.
    """

    title: str | None = None
    logline: str | None = None
    subject: str | None = None
    language: str | None = None
    mode: str | None = None
    mode_reason: str | None = None
    duration_s: float | None = None
    aspect: str | None = None
    style: str | None = None
    avoid: tuple[str, ...] = ()
    shots: tuple[str, ...] = ()
    shot_count: int | None = None
    images: tuple[msgspec.Raw, ...] = ()
    notes: tuple[msgspec.Raw, ...] = ()
    assumed: tuple[msgspec.Raw, ...] = ()
    question: Asked | None = None


def understand(said: str, images: Sequence[Path], settings: Settings) -> Brief | Question:
    """Return what would be understood, or what would be asked.

    Raises:
        Refused: the words or the pictures can't be taken, or the content policy says no.
        Trouble: what is asked for can't be done.
    """
    text = message_of(said, len(images))
    conversation = (Words(text=text, images=tuple(_opened(path) for path in images)),)
    understood = read_brief(conversation, None, Limits(duration_max_s=settings.film.duration_max_s))
    if isinstance(understood, Impossible):
        raise Trouble(Exit.REFUSED, understood.what, why=understood.why, help=understood.help)
    return understood


def plan_for(brief: Brief, settings: Settings, seed: int) -> Plan:
    """Return the plan that would be written for the brief.

    Raises:
        Trouble: the brief can't become a plan.
    """
    film = settings.film
    rules = PlanSettings(renderer=settings.renderer, caption=film.caption, duration_max_s=film.duration_max_s)
    try:
        return check_plan(write_plan(brief, rules, None, seed))
    except Unplannable as error:
        raise Trouble(Exit.REFUSED, sentence(str(error)), help="Say it otherwise, and look again.") from error


def _opened(path: Path) -> Artifact:
    """Return the picture as it would be kept: opened, turned upright, and written anew."""
    try:
        frame = open_picture(read_picture(path))
    except NotAPicture as error:
        raise Trouble(Exit.REFUSED, f"The picture {path} can't be taken.", why=sentence(str(error))) from error
    height, width = frame.shape[:2]
    with tempfile.TemporaryDirectory(prefix="kindling-") as folder:
        file = Path(folder) / "picture.png"
        write_png(frame, file)
        size_bytes, digest = file.stat().st_size, file_digest(file)
    return Artifact(digest=digest, media_type="image/png", size_bytes=size_bytes, width=width, height=height)


# -- as documents and as pages ---------------------------------------------------------------------------------


def brief_document(understood: Brief | Question) -> bytes:
    """Return the brief as JSON."""
    asked = None
    brief: Brief | None
    if isinstance(understood, Question):
        asked = Asked(text=understood.text, why=understood.why, field=understood.field)
        brief = understood.otherwise
    else:
        brief = understood
    if brief is None:
        return msgspec.json.encode(BriefDocument(question=asked))
    document = msgspec.json.decode(msgspec.json.encode(brief), type=BriefDocument)
    return msgspec.json.encode(msgspec.structs.replace(document, question=asked))


def brief_page(understood: Brief | Question, width: int) -> RenderableType:
    """Return the brief as a person reads it."""
    if isinstance(understood, Question):
        return question_page(understood)
    parsed = IntentParsed(number=1, heard=1, brief=understood, made=_MADE)
    return brief_panel(parsed, is_new=True, width=width)


def question_page(question: Question) -> RenderableType:
    """Return what would be asked first."""
    return Group(words(question.text, "bold"), labelled([("why", words(sentence(question.why)))], label_width=4))


def plan_page(plan: Plan, width: int) -> RenderableType:
    """Return the plan in short, all of its segments."""
    return plan_table(plan, 1, width, len(plan.segments))


def unanswered(question: Question) -> Trouble:
    """Return why there is no plan: something has to be answered first."""
    return Trouble(
        Exit.REFUSED,
        f"There is no plan without an answer: {question.text}",
        why=question.why,
        help="Put the answer into the sentence; `kindling make` asks in place.",
    )


def plan_markdown(plan: Plan) -> str:
    """Return the plan as Markdown, to be redirected into a file."""
    return plan_as_markdown(plan).rstrip("\n")
