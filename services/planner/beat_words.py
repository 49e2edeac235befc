"""The sentences that story beats are made from, for each role of a shot and each kind of subject.

`{a}` and `{the}` stand for the subject, `{action}` for what it does, `{clause}` for both, `{place}` for where it is,
`{at}` for the same with its preposition, `{when}` for the light as an adverb, `{event}` for what the light does,
`{detail}` for what happens in the place by itself, `{deed}` for what is to be seen of the action from very near,
`{words}` for all that the person said. `[looks|look]` agrees with the subject. A first letter in capitals, as in
`{The}`, asks for a capital. No sentence makes a noun of the person's words: they are a subject that we have read, or
stand as a sentence of their own.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

from services.planner.subject import Kind


class Role(enum.Enum):
    """What a shot is for in the story."""

    ONLY = "only"
    OPEN = "open"
    ACT = "act"
    DETAIL = "detail"
    TURN = "turn"
    GOES_ON = "goes on"
    FACE = "face"
    PLACE = "place"
    CLOSE = "close"
    MOMENT = "moment"
    """Something the person said happens."""
    SHOT = "shot"
    """A shot in the person's own words."""


Sentences = dict[Kind, tuple[str, ...]]
LIVING: Final = (Kind.PERSON, Kind.ANIMAL)
LIFELESS: Final = (Kind.THING, Kind.PLACE)
NAMELESS: Final = (Kind.WEATHER, Kind.UNREAD)
"""What has no edge to point at, and what we have no noun for: the sentences speak of shot, light and place."""


def alike(kinds: Iterable[Kind], sentences: tuple[str, ...]) -> Sentences:
    """Return the same sentences for each of these kinds."""
    return dict.fromkeys(kinds, sentences)


RESTING: Final[dict[Role, Sentences]] = {
    Role.ONLY: {
        **alike((Kind.PERSON, Kind.THING), ("{A} [stands|stand] {at} {when} while {detail}.",)),
        Kind.ANIMAL: ("{A} [looks|look] around {at} {when} while {detail}.",),
        Kind.PLACE: ("{Clause} [lies|lie] quiet {when} while {detail}.",),
        Kind.WEATHER: ("{A} [fills|fill] the frame {when} while {detail}.",),
        Kind.UNREAD: ("{Words}.",),
    },
    Role.OPEN: {
        Kind.PERSON: ("In a wide frame, {a} [stands|stand] {at} {when}.",),
        Kind.ANIMAL: ("In a wide frame, {a} [looks|look] around {at} {when}.",),
        Kind.THING: ("{A} [stands|stand] alone {at} {when}.",),
        Kind.PLACE: ("{Clause} [lies|lie] quiet {when}, before anything moves.",),
        Kind.WEATHER: ("{A} [fills|fill] the view {at} {when}.",),
        Kind.UNREAD: ("{Words}.",),
    },
    Role.ACT: {
        Kind.WEATHER: (
            "Seen from nearer, {the} [fills|fill] the frame while {detail}.",
            "From low down, {the} [looks|look] larger than before.",
            "Past a dark edge in the foreground, {the} [comes|come] into view.",
            "From the side, {the} [fills|fill] one half of the frame while {detail}.",
        ),
        Kind.PERSON: (
            "{The} slowly [turns|turn] while {detail}.",
            "{The} [looks|look] into the distance.",
            "{The} [takes|take] a slow breath while {detail}.",
            "Half hidden by the foreground, {the} [waits|wait] and [listens|listen].",
            "From behind, {the} [looks|look] out at it all.",
        ),
        Kind.ANIMAL: (
            "{The} [moves|move] slowly while {detail}.",
            "{The} [pauses|pause], alert, and [looks|look] around.",
            "Half hidden by the foreground, {the} [keeps|keep] watch.",
            "{The} [turns|turn] slowly while {detail}.",
        ),
        Kind.THING: (
            "The view draws nearer to {the} while {detail}.",
            "{The} [comes|come] into view from behind something dark.",
            "The view circles {the} slowly.",
            "From low down, {the} [looks|look] larger than before.",
        ),
        Kind.PLACE: (
            "The view moves deeper into {the} while {detail}.",
            "Beyond a dark edge in the foreground, {the} [opens|open] up.",
            "From low down, {the} [rises|rise] against the light.",
            "The view glides along {the} while {detail}.",
        ),
    }
    | alike(
        (Kind.UNREAD,),
        (
            "The same moment, seen from nearer: the view draws in while {detail}.",
            "The same moment, from the side, at eye level, and {detail}.",
            "The same moment, from low down, close to the ground.",
            "The same moment, past a dark edge in the foreground.",
        ),
    ),
    Role.DETAIL: {
        Kind.WEATHER: (
            "Very near, {detail}.",
            "In one small corner of the frame, {detail}.",
            "In a close view, {detail}.",
        ),
        Kind.PERSON: (
            "The hands of {the}, very near, catch the light.",
            "Light glides along the [shoulder|shoulders] of {the}.",
            "The hands of {the} come to rest while {detail}.",
            "Folds of cloth stir around {the}, very near.",
        ),
        Kind.ANIMAL: (
            "The eyes of {the} catch the light.",
            "Light glides along the [back|backs] of {the}.",
            "The [side|sides] of {the} [rises and falls|rise and fall] with each breath.",
            "Each small movement of {the} shows up close.",
        ),
        Kind.THING: (
            "Light slides over the surface of {the}.",
            "One edge of {the} stays sharp while all else falls soft.",
            "Small marks and textures of {the} fill the frame.",
            "The colours of {the} glow from very near.",
        ),
        Kind.PLACE: (
            "Very near, {detail}.",
            "At the edge of {the}, {detail}.",
            "Light slides over one small part of {the}.",
            "The textures of {the} fill the frame.",
        ),
    }
    | alike(
        (Kind.UNREAD,),
        (
            "A detail comes very near while {detail}.",
            "Light slides over one small part of the picture.",
            "The same moment in its smallest details: {detail}.",
        ),
    ),
    Role.TURN: {
        Kind.WEATHER: (
            "Shadows cross the frame, and {the} [changes|change] colour.",
            "For a moment all before {the} is silhouette.",
            "The light shifts around {the} while {detail}.",
        ),
        Kind.PERSON: (
            "{The} [looks|look] up as {event}.",
            "{The} [turns|turn] around as {event}.",
            "For a moment {the} [is|are] only a silhouette as {event}.",
            "{The} [takes|take] it all in as {event}.",
        ),
        Kind.ANIMAL: (
            "{The} [stops|stop] short as {event}.",
            "{The} [turns|turn] towards the light as {event}.",
            "For a moment {the} [is|are] only a silhouette as {event}.",
            "{The} [looks|look] back as {event}.",
        ),
        Kind.THING: (
            "{The} [is|are] only a silhouette as {event}.",
            "The colours of {the} change as {event}.",
            "Everything around {the} stirs as {event}.",
            "{The} [catches|catch] the light as {event}.",
        ),
        Kind.PLACE: (
            "{The} [changes|change] as {event}.",
            "{The} [takes|take] on new colours as {event}.",
            "One corner of {the} lights up as {event}.",
            "Shadows cross {the} as {event}.",
        ),
    }
    | alike(
        (Kind.UNREAD,),
        (
            "The same moment goes on in another mood as {event}.",
            "For a moment all is silhouette as {event}.",
            "The same moment takes on new colours as {event}.",
        ),
    ),
    Role.GOES_ON: {
        Kind.WEATHER: (
            "The view comes closer to {the}.",
            "The view moves on below {the} while {detail}.",
            "{The} slowly [fills|fill] the frame.",
        ),
        Kind.PERSON: (
            "{The} [turns|turn] away and back again.",
            "{The} [looks|look] down and [breathes|breathe] out.",
            "The view comes closer to {the}, into the full light.",
            "{The} [shifts|shift] a little while {detail}.",
        ),
        Kind.ANIMAL: (
            "{The} [moves|move] on and [comes|come] nearer.",
            "{The} [lowers|lower] the [head|heads], then [moves|move] again.",
            "{The} [comes|come] closer, into the light.",
            "The view comes closer to {the} while {detail}.",
        ),
        Kind.THING: (
            "The view comes closer to {the}.",
            "The light reaches the far side of {the}.",
            "The view moves slowly around {the}.",
            "{The} slowly [fills|fill] the frame.",
        ),
        Kind.PLACE: (
            "The view goes on, deeper into {the}.",
            "The light reaches the far side of {the}.",
            "The view moves on along {the} while {detail}.",
            "The shadow moves on across {the}.",
        ),
    }
    | alike(
        (Kind.UNREAD,),
        (
            "The view moves on and comes nearer.",
            "The light reaches further while {detail}.",
            "The view goes slowly round as {event}.",
        ),
    ),
    Role.FACE: {
        Kind.WEATHER: (
            "{The} [fills|fill] the frame from edge to edge.",
            "The picture comes slowly into focus on {the} while {detail}.",
        ),
        Kind.PERSON: (
            "A thought passes over the [face|faces] of {the}.",
            "The [face|faces] of {the} [lies|lie] half in shadow.",
            "Light moves over the [face|faces] of {the}.",
            "The eyes of {the} follow something far away.",
        ),
        Kind.ANIMAL: (
            "{The} [looks|look] straight at us.",
            "Light moves over the [head|heads] of {the}.",
            "{The} [looks|look] away, towards something unseen.",
            "{The} [blinks|blink] slowly.",
        ),
        Kind.THING: (
            "{The} [fills|fill] the frame while {detail}.",
            "Light moves across {the} from one side to the other.",
            "{The} [comes|come] slowly into focus.",
            "The outline of {the} glows against the dark.",
        ),
        Kind.PLACE: (
            "One small part of {the} fills the frame while {detail}.",
            "Light moves across {the} from one side to the other.",
            "A trace of life in {the} comes into focus.",
            "The outline of {the} glows against the dark.",
        ),
    }
    | alike(
        (Kind.UNREAD,),
        ("What matters most fills the frame as {event}.", "The picture comes slowly into focus while {detail}."),
    ),
    Role.PLACE: alike(
        (*LIVING, *LIFELESS),
        (
            "All around {the}, {detail}.",
            "Far behind {the}, {detail}.",
            "In the empty half of the frame beside {the}, {detail}.",
            "{The} [is|are] only a small part of the frame; {detail}.",
        ),
    )
    | alike(
        NAMELESS,
        ("All around, {detail}.", "Far off, {detail}.", "In the background, {detail}.", "At the edge, {detail}."),
    ),
    Role.CLOSE: {
        Kind.WEATHER: ("The view draws back from {the} while {detail}.",),
        Kind.PLACE: (
            "{The} [comes|come] to rest as {event}.",
            "The view draws back from {the} as {event}, and all is still.",
        ),
    }
    | alike(
        (*LIVING, Kind.THING),
        (
            "{The} [grows|grow] small {at} as {event}, and the scene comes to rest.",
            "The view draws back from {the} as {event}.",
        ),
    )
    | alike(
        (Kind.UNREAD,),
        ("The view draws back from it all as {event}.", "It all grows small in the distance as {event}."),
    ),
}
"""Where the person did not say what the subject does, and for all that comes after something else has happened."""

PASSAGES: Final = (
    "",
    ", a little later",
    ", from the other side",
    ", after a pause",
    ", nearer than before",
    ", more slowly now",
    ", from further off",
    ", in a different light",
    ", from higher up",
    ", with time passing",
    ", just for a moment",
    ", one more time",
    ", almost at the end",
)
"""What tells the next round of a role from the last one when a film is long."""
