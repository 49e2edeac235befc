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
_LIVING: Final = (Kind.PERSON, Kind.ANIMAL)
_LIFELESS: Final = (Kind.THING, Kind.PLACE)
_NAMELESS: Final = (Kind.WEATHER, Kind.UNREAD)
"""What has no edge to point at, and what we have no noun for: the sentences speak of shot, light and place."""


def _alike(kinds: Iterable[Kind], sentences: tuple[str, ...]) -> Sentences:
    return dict.fromkeys(kinds, sentences)


ACTING: Final[dict[Role, Sentences]] = {
    Role.ONLY: _alike(Kind, ("{Clause} {when}.",)),
    Role.OPEN: _alike((*_LIVING, *_LIFELESS), ("In a wide frame, {clause} {when}.",))
    | {Kind.WEATHER: ("{Clause} {when}.",)},
    Role.ACT: _alike(
        (*_LIVING, *_LIFELESS),
        (
            "Nearer now, {the} {action}.",
            "From the side, {the} {action} while {detail}.",
            "From low down, {the} {action}.",
            "Larger in the frame now, {the} {action}.",
            "From another side, {the} {action}.",
            "At eye level, {the} {action} while {detail}.",
        ),
    )
    | {
        Kind.WEATHER: (
            "Nearer now, {the} {action}.",
            "From low down, {the} {action} while {detail}.",
            "Past a dark edge in the foreground, {the} {action}.",
            "From high up, {the} {action}.",
        )
    },
    Role.DETAIL: {
        Kind.PERSON: (
            "Light glides along the [shoulder|shoulders] of {the}.",
            "The hands of {the}, very near, catch the light.",
            "Folds of cloth move with {the}, very near.",
            "Light and shadow pass over the hands of {the}.",
        ),
        Kind.ANIMAL: (
            "The eyes of {the} catch the light.",
            "Light glides along the [back|backs] of {the}.",
            "Each small movement of {the} shows up close.",
            "From very near, the light picks out the eyes of {the}.",
        ),
        Kind.THING: (
            "Light slides over the surface of {the}.",
            "The light picks out {the} from very near.",
            "The colours of {the} glow from very near.",
            "Light and shadow pass over {the}.",
        ),
        Kind.PLACE: ("Very near, {detail}.", "At the edge of {the}, {detail}.", "Low over the ground, {detail}."),
        Kind.WEATHER: ("Very near, {detail}.", "In one small corner, {detail}."),
    },
    Role.TURN: _alike(
        (*_LIVING, *_LIFELESS),
        (
            "{Event} while {the} {action}.",
            "{The} {action} as {event}.",
            "As {event}, {the} {action}.",
            "In full view now, {the} {action} while {event}.",
        ),
    )
    | {
        # The light's events are the weather's own, which would be said twice.
        Kind.WEATHER: ("The light changes while {the} {action}.", "In full view now, {the} {action}, and {detail}.")
    },
    Role.GOES_ON: _alike(
        (*_LIVING, *_LIFELESS, Kind.WEATHER),
        (
            "The view comes closer while {the} {action}.",
            "The view stays with {the} while {detail}.",
            "The view moves on, and still {the} {action}.",
            "The light changes a little while {the} {action}, and {detail}.",
        ),
    ),
    Role.FACE: {
        Kind.PERSON: (
            "Light moves over the [face|faces] of {the}.",
            "The [face|faces] of {the} [fills|fill] the frame, half in shadow.",
            "The [face|faces] of {the} [catches|catch] the light as {event}.",
            "The eyes of {the} follow what happens.",
        ),
        Kind.ANIMAL: (
            "Light moves over the [head|heads] of {the}.",
            "The [head|heads] of {the} [fills|fill] the frame.",
            "In a close view, the light catches {the} as {event}.",
            "The eyes of {the} are wide open and bright.",
        ),
        Kind.THING: (
            "{The} [fills|fill] the frame as {event}.",
            "Light moves across {the} from one side to the other.",
            "Very near, {the} {action}.",
            "The outline of {the} glows as {event}.",
        ),
        Kind.PLACE: ("One part of {the} fills the frame while {detail}.", "The outline of {the} glows as {event}."),
        Kind.WEATHER: ("{The} [fills|fill] the frame while {detail}.", "Close to the ground, {the} {action}."),
    },
    Role.PLACE: _alike(
        (*_LIVING, *_LIFELESS, Kind.WEATHER),
        (
            "All around, {detail} while {the} {action}.",
            "Far off, {the} {action}; all around, {detail}.",
            "In a wide view, {detail} as {the} {action}.",
            "At the edge of the frame, {detail}; in the distance, {the} {action}.",
        ),
    ),
    Role.CLOSE: _alike(
        (*_LIVING, *_LIFELESS),
        (
            "The view draws back while {the} {action}, and {event}.",
            "One last time, {the} {action} as {event}, and the view draws back.",
        ),
    )
    | {Kind.WEATHER: ("The view draws back while {the} {action}, and the scene comes to rest.",)},
}
"""Where the person said what the subject does."""

DEED_DETAILS: Final = (
    "Very near, {deed} as {the} {action}.",
    "In a close shot, {deed} as {the} {action}.",
    "Very close, {deed}.",
    "From very near, {deed} while {the} {action}.",
)
"""Details of an action that we know what is to be seen of."""

RESTING: Final[dict[Role, Sentences]] = {
    Role.ONLY: {
        **_alike((Kind.PERSON, Kind.THING), ("{A} [stands|stand] {at} {when} while {detail}.",)),
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
    | _alike(
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
    | _alike(
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
    | _alike(
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
    | _alike(
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
    | _alike(
        (Kind.UNREAD,),
        ("What matters most fills the frame as {event}.", "The picture comes slowly into focus while {detail}."),
    ),
    Role.PLACE: _alike(
        (*_LIVING, *_LIFELESS),
        (
            "All around {the}, {detail}.",
            "Far behind {the}, {detail}.",
            "In the empty half of the frame beside {the}, {detail}.",
            "{The} [is|are] only a small part of the frame; {detail}.",
        ),
    )
    | _alike(
        _NAMELESS,
        ("All around, {detail}.", "Far off, {detail}.", "In the background, {detail}.", "At the edge, {detail}."),
    ),
    Role.CLOSE: {
        Kind.WEATHER: ("The view draws back from {the} while {detail}.",),
        Kind.PLACE: (
            "{The} [comes|come] to rest as {event}.",
            "The view draws back from {the} as {event}, and all is still.",
        ),
    }
    | _alike(
        (*_LIVING, Kind.THING),
        (
            "{The} [grows|grow] small {at} as {event}, and the scene comes to rest.",
            "The view draws back from {the} as {event}.",
        ),
    )
    | _alike(
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
