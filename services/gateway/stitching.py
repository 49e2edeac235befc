"""Clips that are there, joined: which clip a link means, and the facts that a joined film begins with. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import floor
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from bus.errors import Reason, Refused
from bus.events import Options, ProductionDeleted, ProductionDone, ProductionRequested, Purpose, SegmentBorrowed
from bus.ids import ProductionId, parse_production_id
from bus.plan import (
    DURATION_MAX_S,
    Artifact,
    Crossfade,
    Cut,
    FromText,
    Made,
    Mode,
    Movement,
    Order,
    Plan,
    Segment,
    ShotSize,
    Size,
    basis_of,
)
from bus.plan_rules import film_frame_count, plan_problems
from bus.policy import OperatorRule
from bus.production import Production, Take
from services.gateway.clips import NO_LOOK, OPTIONS, begun, brief_of
from services.gateway.decide import Facts
from services.gateway.links import PRODUCTIONS
from services.gateway.words import message_of

PIECES_MAX = 100
RENDERER = "stitch"
"""What a plan names whose segments are there already; nothing renders by this name."""
CROSSFADE_MAX = 32
_LINK = re.compile(
    re.escape(PRODUCTIONS) + r"/(?P<production>[a-z0-9-]{1,80})"
    r"(?:/(?P<film>film)|/takes/(?P<take>[1-9]\d{0,8}-[1-9]\d{0,8})/clip"
    r"|/samples/(?P<sample>[1-9]\d{0,8}-[1-9]\d{0,8})/clip)?",
    re.ASCII,
)


class Named(Struct, frozen=True, kw_only=True):
    """A clip as a link names it."""

    production: ProductionId
    part: str
    """`cut`, `take` or `sample`."""
    name: str
    """`3-2`; of a film the number of the cut, or nothing for the newest."""


class Piece(Struct, frozen=True, kw_only=True):
    """A clip of ours, with all that is to be known of it to join it."""

    production: ProductionId
    name: str
    """`take 3-2`, `sample 1-1`, `cut 1`."""
    title: str
    clip: Artifact
    poster: Artifact | None
    """None where it has to be made of the clip."""
    hand_over: Artifact | None
    order: Order
    fps: int
    given: tuple[Artifact, ...]
    """Pictures of the person that it begins or ends with."""
    made: Made

    @property
    def size(self) -> Size:
        """Return its size in pixels."""
        return Size(self.clip.width or self.order.width, self.clip.height or self.order.height)


# -- which clip is meant -------------------------------------------------------------------------------------


def named_by(link: str, host: str) -> Named:
    """Return which clip a link means.

    Args:
        host: what this gateway is called by: a link that names another one is not ours.

    Raises:
        Refused: it is no link to a clip of ours.
    """
    parts = urlsplit(link.strip())
    found = _LINK.fullmatch(parts.path)
    if found is None or (parts.netloc and parts.netloc.lower() != host.lower()):
        raise _no_link(link)
    try:
        production = parse_production_id(found["production"])
    except ValueError as error:
        raise _no_link(link) from error
    if found["take"] or found["sample"]:
        return Named(
            production=production, part="take" if found["take"] else "sample", name=found["take"] or found["sample"]
        )
    cut = parse_qs(parts.query).get("cut", [""])[0]
    if cut and not (cut.isascii() and cut.isdecimal() and len(cut) <= 9):
        raise _no_link(link)
    return Named(production=production, part="cut", name=cut)


def _no_link(link: str) -> Refused:
    return Refused(
        Reason.INVALID,
        f"{link[:120]!r} is no link to a clip of ours.",
        why="A clip is a film, a take or a sample of a production.",
        help="Take the links from productions: their film's link, or the clip of a take or a sample.",
    )


def piece_of(production: Production, named: Named) -> Piece:
    """Return the clip that is meant.

    Raises:
        Refused: there is none such, or it is not there yet or no more.
    """
    if isinstance(production.end, ProductionDeleted):
        raise _missing(f"The films and pictures of {production.id} are gone", "It was deleted; only its log is left")
    match named.part:
        case "take":
            return _of_take(production, named.name)
        case "sample":
            return _of_sample(production, named.name)
        case _:
            return _of_cut(production, named.name)


def _of_take(production: Production, name: str) -> Piece:
    segment, _, number = name.partition("-")
    take = production.takes.get((int(segment), int(number)))
    if take is None or take.rendered is None:
        raise _missing(f"{production.id} has no clip of take {name}", "It was not rendered, or never ordered")
    return Piece(
        production=production.id,
        name=f"take {name}",
        title=_title(production),
        clip=take.rendered.clip,
        poster=take.rendered.poster,
        hand_over=take.rendered.hand_over,
        order=take.order,
        fps=take.order.fps,
        given=_given(production, (take,)),
        made=take.rendered.made,
    )


def _of_sample(production: Production, name: str) -> Piece:
    brief, _, number = name.partition("-")
    found = next((one for one in production.samples if (one.brief, one.take) == (int(brief), int(number))), None)
    if found is None or found.rendered is None:
        raise _missing(f"{production.id} has no clip of sample {name}", "It was not rendered, or never ordered")
    return Piece(
        production=production.id,
        name=f"sample {name}",
        title=_title(production),
        clip=found.rendered.clip,
        poster=found.rendered.poster,
        hand_over=None,
        order=found.order,
        fps=found.order.fps,
        given=_pictures(production, (found.order,)),
        made=found.rendered.made,
    )


def _of_cut(production: Production, name: str) -> Piece:
    if not production.cuts:
        raise _missing(
            f"The film of {production.id} is not there yet",
            "It is joined when each segment has its take",
            Reason.NOT_NOW,
        )
    number = int(name) if name else production.cuts[-1].number
    cut = next((one for one in production.cuts if one.number == number), None)
    if cut is None:
        raise _missing(f"{production.id} has no cut {number}", f"The newest one is {production.cuts[-1].number}")
    takes = _shown(production, cut)
    plan = production.plans[cut.plan - 1]
    return Piece(
        production=production.id,
        name=f"cut {number}",
        title=plan.title,
        clip=cut.film,
        poster=None,
        hand_over=None,
        order=_telling(takes, _given(production, takes)),
        fps=plan.fps,
        given=_given(production, takes),
        made=cut.made,
    )


def _shown(production: Production, cut: ProductionDone) -> tuple[Take, ...]:
    return tuple(production.takes[one.segment, one.take] for one in cut.takes)


def _telling(takes: Sequence[Take], given: tuple[Artifact, ...]) -> Order:
    """Return the order that says most of where a film comes from: by a model rather than drawn, from a picture."""
    pictures = {one.digest for one in given}
    ranked = sorted(takes, key=lambda one: (one.order.renderer == "animatic", one.order.start not in pictures))
    return ranked[0].order


def _given(production: Production, takes: Sequence[Take]) -> tuple[Artifact, ...]:
    return _pictures(production, [one.order for one in takes])


def _pictures(production: Production, orders: Sequence[Order]) -> tuple[Artifact, ...]:
    used = {digest for one in orders for digest in (one.start, one.end, one.colour_reference) if digest is not None}
    images = (image for message in production.conversation for image in message.images)
    return tuple(image for image in images if image.digest in used)


def _title(production: Production) -> str:
    if production.plan is not None:
        return production.plan.title
    return production.brief.title if production.brief else production.id


def _missing(what: str, why: str, reason: Reason = Reason.UNKNOWN) -> Refused:
    return Refused(
        reason,
        f"{what}: it can't be joined.",
        why=f"{why}.",
        help="Look at the production, and take a link that it has now.",
    )


# -- the facts -----------------------------------------------------------------------------------------------


class Joining(Struct, frozen=True, kw_only=True):
    """Clips to be joined, each with its pictures, and how."""

    pieces: tuple[Piece, ...]
    title: str = ""
    crossfade_frames: int = 0
    duration_max_s: float | None = None
    key: str | None = None


def check_joining(joining: Joining) -> str:
    """Return the words that it is asked for in, if clips can be joined so.

    Raises:
        Refused: there are none or too many, or they can't be mixed so.
    """
    count = len(joining.pieces)
    if not 1 <= count <= PIECES_MAX:
        raise _invalid(f"{count} clips are to be joined.", f"It is from 1 to {PIECES_MAX}.", "Name some of them.")
    if not 0 <= joining.crossfade_frames <= CROSSFADE_MAX:
        raise _invalid(
            f"A crossfade can't have {joining.crossfade_frames} frames.",
            f"It has {CROSSFADE_MAX} at most; none is a hard cut.",
            "Choose another number, or leave it out.",
        )
    said = joining.title.strip()
    return said or f"Joined: {', '.join(f'{one.name} of {one.production}' for one in joining.pieces)}"[:500]


def begin_joining(production: Production, joining: Joining, rules: tuple[OperatorRule, ...]) -> Facts:
    """Return the facts that a joined film begins with: the request, brief and plan, and each clip as a take of it.

    Raises:
        Refused: the clips can't be joined so, the content policy says no, or the key was used for something else.
        Taken: the id belongs to another production.
    """
    words = check_joining(joining)
    given = {one.digest: one for piece in joining.pieces for one in piece.given}
    message_of(words, 0, rules=rules)
    plan = _plan(joining, words)
    limit_s = joining.duration_max_s or DURATION_MAX_S
    if plan.duration_s > limit_s:
        raise _invalid(
            f"The joined film would last {plan.duration_s:.0f} s.",
            f"{limit_s:g} s is the limit.",
            "Name fewer clips, or raise film.duration_max_s in kindling.toml.",
        )
    request = ProductionRequested(
        words=words,
        images=tuple(given.values()),
        options=Options(
            takes_max=OPTIONS.takes_max,
            sample=OPTIONS.sample,
            review=OPTIONS.review,
            caption=OPTIONS.caption,
            accept_smaller=False,
            renderer=RENDERER,
        ),
        idempotency_key=joining.key,
        purpose=Purpose.STITCH,
    )
    borrowed = tuple(
        _borrowed(plan, segment, piece) for segment, piece in zip(plan.segments, joining.pieces, strict=True)
    )
    return begun(production, request, (brief_of(plan, (), "Clips that are there are joined."), plan), borrowed)


def _plan(joining: Joining, words: str) -> Plan:
    fps, size = joining.pieces[0].fps, joining.pieces[0].size
    segments = tuple(_segment(number, one, fps, joining) for number, one in enumerate(joining.pieces, start=1))
    plan = Plan(
        title=joining.title.strip() or f"Joined: {joining.pieces[0].title}"[:200],
        logline=words,
        language="und",
        brief=1,
        renderer=RENDERER,
        fps=fps,
        size=size,
        crop=size,
        frame_count=max(1, film_frame_count(segments)),
        look=NO_LOOK,
        segments=segments,
        caption=False,
    )
    if problems := plan_problems(plan, is_rendered=False):
        sentences = ". ".join(f"{one[0].upper()}{one[1:]}" for one in problems)
        raise _invalid("The clips can't be joined so.", f"{sentences}.", "Choose a shorter crossfade, or other clips.")
    return plan


def _segment(number: int, piece: Piece, fps: int, joining: Joining) -> Segment:
    own = piece.clip.frame_count or piece.order.frame_count
    # In frames of the joined film: a clip of another rate is as fast as it was.
    count = own if piece.fps == fps else max(1, floor(Fraction(own * fps, piece.fps)))
    mixes = joining.crossfade_frames and number > 1
    return Segment(
        id=number,
        beat=f"{piece.name} of {piece.production}",
        prompt=piece.order.prompt,
        negative="",
        shot=ShotSize.MEDIUM,
        movement=Movement.STATIC,
        mode=Mode.T2V,
        start=FromText(),
        transition=Crossfade(joining.crossfade_frames) if mixes else Cut(),
        frame_count=count,
        in_frame=0,
        out_frame=count,
        seed=piece.order.seed,
    )


def _borrowed(plan: Plan, segment: Segment, piece: Piece) -> SegmentBorrowed:
    assert piece.poster is not None, "pictures that a clip lacks are made of it before"
    assert piece.hand_over is not None, "pictures that a clip lacks are made of it before"
    order = piece.order
    if order.fps != piece.fps:
        raise AssertionError("a film has the rate of its plan, and so have its takes")
    return SegmentBorrowed(
        segment=segment.id,
        take=1,
        production=piece.production,
        name=piece.name,
        order=order,
        basis=basis_of(plan, segment, None),
        clip=piece.clip,
        hand_over=piece.hand_over,
        poster=piece.poster,
        made=piece.made,
    )


def _invalid(what: str, why: str, help_: str) -> Refused:
    return Refused(Reason.INVALID, what, why=why, help=help_)
