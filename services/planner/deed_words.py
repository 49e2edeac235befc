"""The sentences of beats in which the subject does what the person said, as those in `beat_words`."""

from __future__ import annotations

from typing import Final

from services.planner.beat_words import LIFELESS, LIVING, Role, Sentences, alike
from services.planner.subject import Kind

ACTING: Final[dict[Role, Sentences]] = {
    Role.ONLY: alike(Kind, ("{Clause} {when}.",)),
    Role.OPEN: alike((*LIVING, *LIFELESS), ("In a wide frame, {clause} {when}.",))
    | {Kind.WEATHER: ("{Clause} {when}.",)},
    Role.ACT: alike(
        (*LIVING, *LIFELESS),
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
    Role.TURN: alike(
        (*LIVING, *LIFELESS),
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
    Role.GOES_ON: alike(
        (*LIVING, *LIFELESS, Kind.WEATHER),
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
    Role.PLACE: alike(
        (*LIVING, *LIFELESS, Kind.WEATHER),
        (
            "All around, {detail} while {the} {action}.",
            "Far off, {the} {action}; all around, {detail}.",
            "In a wide view, {detail} as {the} {action}.",
            "At the edge of the frame, {detail}; in the distance, {the} {action}.",
        ),
    ),
    Role.CLOSE: alike(
        (*LIVING, *LIFELESS),
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
