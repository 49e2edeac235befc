"""The sentences that story beats are made from, for each role of a shot and each kind of subject.

`{a}` and `{the}` stand for the subject, `{action}` for what it does, `{clause}` for both, `{place}` for where it is,
`{at}` for the same with its preposition, `{when}` for the light as an adverb, `{event}` for what the light does,
`{detail}` for what happens in the place by itself, `{words}` for all that the person said. `[looks|look]` agrees with
the subject. A first letter in capitals, as in `{The}`, asks for a capital.
"""

from __future__ import annotations

import enum
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
_READ: Final = (Kind.PERSON, Kind.ANIMAL, Kind.THING, Kind.PLACE)

_AROUND: Final[Sentences] = dict.fromkeys(
    _READ,
    (
        "All around {the}, {detail}.",
        "Far behind {the}, {detail}.",
        "Not far from {the}, {detail}.",
        "In the empty half of the frame beside {the}, {detail}.",
        "Away from {the}, {detail}.",
        "{The} [is|are] only a small part of the frame; {detail}.",
    ),
)

ACTING: Final[dict[Role, Sentences]] = {
    Role.ONLY: dict.fromkeys(Kind, ("{Clause} {when}.",)),
    Role.OPEN: {
        Kind.PERSON: ("{Clause}, small in a wide frame {when}.",),
        Kind.ANIMAL: ("{Clause}, small in a wide frame {when}.",),
        Kind.THING: ("{Clause}, seen from afar {when}.",),
        Kind.PLACE: ("{Clause}, seen whole and from afar {when}.",),
    },
    Role.ACT: dict.fromkeys(
        _READ,
        (
            "Nearer now, {the} {action}.",
            "From the side, {the} {action}, and {detail}.",
            "From low down, {the} {action}.",
            "Half hidden behind the foreground, {the} {action}.",
            "From behind, {the} {action}.",
            "At eye level, {the} {action}, and {detail}.",
        ),
    ),
}
"""Where the person said what the subject does."""

RESTING: Final[dict[Role, Sentences]] = {
    Role.ONLY: {
        Kind.PERSON: ("{A} [stands|stand] {at} {when}, and {detail}.",),
        Kind.ANIMAL: ("{A} [looks|look] around {at} {when}, and {detail}.",),
        Kind.THING: ("{A} [stands|stand] {at} {when}, and {detail}.",),
        Kind.PLACE: ("{A} [lies|lie] quiet {when}, and {detail}.",),
        Kind.UNREAD: ("{Words}.",),
    },
    Role.OPEN: {
        Kind.PERSON: ("{Place} lies wide and still {when}; {a} [is|are] small and far off in it.",),
        Kind.ANIMAL: ("{Place} lies wide and still {when}; {a} [moves|move], small, at the far end of it.",),
        Kind.THING: ("{A} [stands|stand] alone {at} {when}.",),
        Kind.PLACE: ("{A} [lies|lie] whole and quiet {when}, before anything moves.",),
        Kind.UNREAD: ("The whole scene opens wide {when}: {words}.",),
    },
    Role.ACT: {
        Kind.PERSON: (
            "{The} [walks|walk] slowly, and {detail}.",
            "{The} [stops|stop] and [looks|look] into the distance.",
            "{The} [goes|go] on without hurry, and {detail}.",
            "{The} [bends|bend] down and [reaches|reach] out.",
            "Half hidden behind the foreground, {the} [waits|wait] and [listens|listen].",
            "From behind, {the} [comes|come] to a halt.",
        ),
        Kind.ANIMAL: (
            "{The} [moves|move] slowly, and {detail}.",
            "{The} [pauses|pause], alert, and [looks|look] around.",
            "{The} [comes|come] closer, little by little.",
            "Half hidden behind the foreground, {the} [goes|go] by.",
            "From behind, {the} [heads|head] on, further in.",
            "{The} [turns|turn] in a slow circle, and {detail}.",
        ),
        Kind.THING: (
            "The view draws nearer to {the}, and {detail}.",
            "{The} [comes|come] into view from behind something dark.",
            "The view circles {the} slowly.",
            "{The} [stands|stand] in the middle of the light, and {detail}.",
            "From low down, {the} [looks|look] larger than before.",
            "From above, {the} [casts|cast] a long shadow.",
        ),
        Kind.PLACE: (
            "The view moves deeper into {the}, and {detail}.",
            "Beyond a dark edge in the foreground, {the} [opens|open] up.",
            "From low down, {the} [rises|rise] against the light.",
            "From above, {the} [shows|show] all its lines.",
            "The view glides along {the}, and {detail}.",
            "A first sign of life stirs in {the}.",
        ),
        Kind.UNREAD: (
            "The view comes nearer, and {detail}: {words}.",
            "From the side, at eye level: {words}.",
            "From low down, close to the ground: {words}.",
            "Beyond a dark edge in the foreground: {words}.",
            "From behind, following along: {words}.",
            "From above, looking down: {words}.",
        ),
    },
    Role.DETAIL: {
        Kind.PERSON: (
            "The hands of {the} fill the frame, steady and sure.",
            "The fingers of {the} open and close once.",
            "Light glides along the [shoulder|shoulders] of {the}.",
            "The hands of {the} come to rest, and {detail}.",
            "Only the breath of {the} moves.",
            "[A hand|The hands] of {the} [moves|move] slowly into the light.",
        ),
        Kind.ANIMAL: (
            "The eyes of {the} catch the light.",
            "Light glides along the [back|backs] of {the}.",
            "The [side|sides] of {the} [rises and falls|rise and fall] with each breath.",
            "The [head|heads] of {the} [fills|fill] the frame, alert.",
            "Each small movement of {the} shows up close.",
            "The eyes of {the} follow something unseen.",
        ),
        Kind.THING: (
            "Light slides over the surface of {the}.",
            "One edge of {the} stays sharp while all else falls soft.",
            "Small marks and textures of {the} fill the frame.",
            "A reflection travels across {the}.",
            "The colours of {the} glow from very near.",
            "A shadow crosses {the}, and {detail}.",
        ),
        Kind.PLACE: (
            "Very near, {detail}.",
            "At the edge of {the}, {detail}.",
            "In the stillness of {the}, {detail}.",
            "Light slides over one small part of {the}.",
            "The textures of {the} fill the frame.",
            "Low over the ground, {detail}.",
        ),
        Kind.UNREAD: (
            "A detail comes very near, and {detail}: {words}.",
            "Light slides over one small part: {words}.",
            "The textures fill the frame: {words}.",
            "One edge stays sharp while all else falls soft: {words}.",
            "A small movement shows up close: {words}.",
            "A reflection travels across: {words}.",
        ),
    },
    Role.TURN: {
        Kind.PERSON: (
            "{The} [stops|stop] and [looks|look] up as {event}.",
            "{The} [turns|turn] around as {event}.",
            "{The} [stands|stand] quite still as {event}.",
            "For a moment {the} [is|are] only a silhouette as {event}.",
            "{The} [takes|take] one step into the light as {event}.",
            "{The} [lifts|lift] [a hand|their hands] against the light as {event}.",
        ),
        Kind.ANIMAL: (
            "{The} [stops|stop] short as {event}.",
            "{The} [turns|turn] towards the light as {event}.",
            "{The} [stays|stay] quite still as {event}.",
            "For a moment {the} [is|are] only a silhouette as {event}.",
            "{The} [moves|move] into the light as {event}.",
            "{The} [looks|look] back as {event}.",
        ),
        Kind.THING: (
            "{The} [is|are] only a silhouette as {event}.",
            "{The} [changes|change] colour as {event}.",
            "The shadow of {the} grows longer as {event}.",
            "{The} [seems|seem] to come alive as {event}.",
            "Everything around {the} stirs as {event}.",
            "{The} [catches|catch] the light as {event}.",
        ),
        Kind.PLACE: (
            "{The} [changes|change] as {event}.",
            "{The} [falls|fall] silent as {event}.",
            "{The} [takes|take] on new colours as {event}.",
            "One corner of {the} lights up as {event}.",
            "Shadows cross {the} as {event}.",
            "{The} [seems|seem] to breathe as {event}.",
        ),
        Kind.UNREAD: (
            "Everything changes as {event}: {words}.",
            "For a moment all is silhouette as {event}: {words}.",
            "Everything holds still as {event}: {words}.",
            "The colours turn as {event}: {words}.",
            "Shadows cross the frame as {event}: {words}.",
            "The mood shifts as {event}: {words}.",
        ),
    },
    Role.GOES_ON: {
        Kind.PERSON: (
            "{The} [moves|move] on and [comes|come] nearer.",
            "{The} [turns|turn] away and [goes|go] on.",
            "{The} [looks|look] down and [breathes|breathe] out.",
            "{The} [comes|come] closer, into the full light.",
            "{The} slowly [comes|come] to rest.",
            "{The} [goes|go] the last few steps.",
        ),
        Kind.ANIMAL: (
            "{The} [moves|move] on and [comes|come] nearer.",
            "{The} [turns|turn] away and [goes|go] on.",
            "{The} [lowers|lower] the [head|heads], then [moves|move] again.",
            "{The} [comes|come] closer, into the light.",
            "{The} slowly [comes|come] to rest.",
            "{The} [slips|slip] out of the shadow.",
        ),
        Kind.THING: (
            "The view comes closer to {the}.",
            "The light reaches the far side of {the}.",
            "The view moves slowly around {the}.",
            "The shadow moves on and leaves {the} in the light.",
            "The view comes closer still to {the}, and {detail}.",
            "{The} slowly [fills|fill] the frame.",
        ),
        Kind.PLACE: (
            "The view goes on, deeper into {the}.",
            "The light reaches the far side of {the}.",
            "The view moves on along {the}, and {detail}.",
            "The shadow moves on across {the}.",
            "The view comes closer to the heart of {the}.",
            "The movement slows and {the} [lies|lie] still.",
        ),
        Kind.UNREAD: (
            "The movement goes on and comes nearer: {words}.",
            "The light reaches further: {words}.",
            "The movement goes round: {words}.",
            "The shadow moves on: {words}.",
            "The view comes closer, and {detail}: {words}.",
            "The movement slows: {words}.",
        ),
    },
    Role.FACE: {
        Kind.PERSON: (
            "The eyes of {the} follow something far away.",
            "A thought passes over the [face|faces] of {the}.",
            "The [face|faces] of {the} [lies|lie] half in shadow.",
            "{The} almost [smiles|smile].",
            "Light moves over the [face|faces] of {the}.",
            "{The} [looks|look] up, and the eyes catch the light.",
        ),
        Kind.ANIMAL: (
            "{The} [looks|look] straight at us.",
            "{The} [lies|lie] half in shadow, half in light.",
            "Light moves over the [head|heads] of {the}.",
            "{The} [looks|look] away, towards something unseen.",
            "{The} [holds|hold] quite still, watching.",
            "{The} [blinks|blink] slowly.",
        ),
        Kind.THING: (
            "{The} [fills|fill] the frame, and {detail}.",
            "Light moves across {the} from one side to the other.",
            "{The} [lies|lie] half in shadow, half in light.",
            "{The} [comes|come] slowly into focus.",
            "The heart of {the} shows from very near.",
            "The outline of {the} glows against the dark.",
        ),
        Kind.PLACE: (
            "One small part of {the} fills the frame, and {detail}.",
            "Light moves across {the} from one side to the other.",
            "One quiet corner of {the} lies half in shadow.",
            "A single trace of life in {the} comes into focus.",
            "The heart of {the} shows from near.",
            "The outline of {the} glows against the dark.",
        ),
        Kind.UNREAD: (
            "What matters most fills the frame: {words}.",
            "Light moves from one side to the other: {words}.",
            "It lies half in shadow, half in light: {words}.",
            "It comes slowly into focus: {words}.",
            "The view holds very near, and {detail}: {words}.",
            "The outline glows against the dark: {words}.",
        ),
    },
    Role.PLACE: _AROUND
    | {
        Kind.UNREAD: (
            "All around, {detail}: {words}.",
            "Far off, {detail}: {words}.",
            "In the background, {detail}: {words}.",
            "In the empty half of the frame, {detail}: {words}.",
            "At the edge of the scene, {detail}: {words}.",
            "For a while only this happens: {detail}: {words}.",
        )
    },
    Role.CLOSE: {
        Kind.PERSON: (
            "{The} [grows|grow] small {at} as {event}, and the scene comes to rest.",
            "{The} [stays|stay] behind, alone {at}, as {event}.",
            "The view draws back from {the} until only {place} is left, and {event}.",
        ),
        Kind.ANIMAL: (
            "{The} [grows|grow] small {at} as {event}, and the scene comes to rest.",
            "{The} [stays|stay] behind {at} as {event}.",
            "The view draws back from {the} until only {place} is left, and {event}.",
        ),
        Kind.THING: (
            "{The} [stays|stay] behind, small and still, as {event}.",
            "The view draws back from {the} as {event}, and the scene comes to rest.",
            "{The} [grows|grow] small {at} as {event}.",
        ),
        Kind.PLACE: (
            "{The} [comes|come] to rest as {event}.",
            "The view draws back from {the} as {event}, and all is still.",
            "{The} [grows|grow] small and silent as {event}.",
        ),
        Kind.UNREAD: (
            "The view draws back and all comes to rest as {event}: {words}.",
            "Everything grows small and still as {event}: {words}.",
            "The scene is left behind as {event}: {words}.",
        ),
    },
}
"""Where the person did not say what the subject does, and for all roles in which it need not be said."""

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
