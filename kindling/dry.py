"""Dry runs: what would be understood of a sentence, and what would be planned for it. No server, nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Group, RenderableType

from bus.errors import Reason, Refused
from bus.events import IntentParsed
from bus.plan import Artifact, Brief, Made, Plan
from bus.plan_rules import check_plan
from bus.policy import Refusal
from bus.wire.artifacts import file_digest
from kindling.client import read_picture
from kindling.exits import Exit, Trouble
from kindling.home import Settings
from kindling.screen import brief_panel, labelled, plan_table, words
from kindling.terminal import run
from kindling.wording import sentence
from services._kit.llm import ModelFailed
from services._kit.media import Frame
from services._kit.minds import Mind
from services._kit.pictures import NotAPicture, open_picture, write_png
from services.gateway.words import message_of
from services.intent import think
from services.intent.rules import Impossible, Limits, Question, Words
from services.intent.think import Conversation, Understood
from services.planner.drafts import Unplannable
from services.planner.markdown import plan_as_markdown
from services.planner.rendering import load_renderers
from services.planner.rules import write_plan


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
    prompt: str = ""
    """What is to be seen, the style and the shots in English, where a model wrote them."""
    style_prompt: str = ""
    shot_prompts: tuple[str, ...] = ()
    question: Asked | None = None
    reply: str = ""
    remarks: tuple[str, ...] = ()
    made: Made | None = None
    looked: Made | None = None


class Dry(Struct, frozen=True, kw_only=True):
    """What would be understood, or asked, and how that came to be."""

    found: Brief | Question
    understood: Understood


def understand(said: str, images: Sequence[Path], settings: Settings, llm: str | None = None) -> Dry:
    """Return what would be understood, or what would be asked.

    Args:
        llm: whether models think, where it is not as the settings say.

    Raises:
        Refused: the words or the pictures can't be taken, or the content policy says no.
        Trouble: what is asked for can't be done.
    """
    text = message_of(said, len(images), rules=settings.policy)
    frames = tuple(_opened(path) for path in images)
    artifacts = tuple(_kept(frame) for frame in frames)
    by_digest = {one.digest: frame for one, frame in zip(artifacts, frames, strict=True)}
    conversation = Conversation(
        words=(Words(text=text, images=artifacts),),
        held=0,
        before=None,
        limits=Limits(duration_max_s=settings.film.duration_max_s),
        rules=settings.policy,
    )

    async def opened(artifact: Artifact) -> Frame | None:
        return by_digest[artifact.digest]

    async def thought() -> Understood:
        mind = Mind(settings.llm)
        try:
            return await think.understand(mind.as_said(llm), conversation, opened)
        finally:
            await mind.close()

    try:
        understood = run(thought())
    except ModelFailed as failure:
        raise Trouble(Exit.UNREACHABLE, failure.what, why=failure.why, help=failure.help) from failure
    match understood.found:
        case Impossible() as impossible:
            raise Trouble(Exit.REFUSED, impossible.what, why=impossible.why, help=impossible.help)
        case Refusal() as refusal:
            raise Refused(Reason.POLICY, "The content policy refuses this.", why=refusal.why, help=refusal.help)
        case Brief() | Question() as found:
            return Dry(found=found, understood=understood)


def plan_for(brief: Brief, settings: Settings, seed: int) -> Plan:
    """Return the plan that would be written for the brief.

    Raises:
        Trouble: the brief can't become a plan.
    """
    renderers = load_renderers(settings)
    try:
        rules = renderers.plan_settings(renderers.name_for(), brief)
        return check_plan(write_plan(brief.in_english(), rules, None, seed))
    except Unplannable as error:
        raise Trouble(Exit.REFUSED, sentence(str(error)), help="Say it otherwise, and look again.") from error


def _opened(path: Path) -> Frame:
    try:
        return open_picture(read_picture(path))
    except NotAPicture as error:
        raise Trouble(Exit.REFUSED, f"The picture {path} can't be taken.", why=sentence(str(error))) from error


def _kept(frame: Frame) -> Artifact:
    """Return the picture as it would be kept: turned upright, and written anew."""
    height, width = frame.shape[:2]
    with tempfile.TemporaryDirectory(prefix="kindling-") as folder:
        file = Path(folder) / "picture.png"
        write_png(frame, file)
        size_bytes, digest = file.stat().st_size, file_digest(file)
    return Artifact(digest=digest, media_type="image/png", size_bytes=size_bytes, width=width, height=height)


# -- as documents and as pages ---------------------------------------------------------------------------------


def brief_document(dry: Dry) -> bytes:
    """Return the brief as JSON."""
    asked, how = None, dry.understood
    brief: Brief | None
    if isinstance(dry.found, Question):
        asked = Asked(text=dry.found.text, why=dry.found.why, field=dry.found.field)
        brief = dry.found.otherwise
    else:
        brief = dry.found
    document = BriefDocument()
    if brief is not None:
        document = msgspec.json.decode(msgspec.json.encode(brief), type=BriefDocument)
    document = msgspec.structs.replace(
        document, question=asked, reply=how.reply, remarks=how.remarks, made=how.made, looked=how.looked
    )
    return msgspec.json.encode(document)


def brief_page(dry: Dry, width: int) -> RenderableType:
    """Return the brief as a person reads it."""
    if isinstance(dry.found, Question):
        return question_page(dry.found)
    how = dry.understood
    parsed = IntentParsed(
        number=1,
        heard=1,
        brief=dry.found,
        reply=how.reply,
        remarks=how.remarks,
        made=how.made,
        looked=how.looked,
    )
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
