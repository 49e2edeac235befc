"""Shot sizes and camera movements: what each shot of a story takes, and what a person's words ask for."""

from __future__ import annotations

import re
from typing import Final

from bus.plan import Movement, ShotSize
from services.planner.beat_words import Role
from services.planner.matching import folded

Frame = tuple[ShotSize, Movement]

_FRAMES: Final[dict[Role, tuple[Frame, ...]]] = {
    Role.ONLY: ((ShotSize.WIDE, Movement.PUSH_IN),),
    Role.OPEN: ((ShotSize.WIDE, Movement.PUSH_IN),),
    Role.ACT: (
        (ShotSize.MEDIUM, Movement.TRACK_RIGHT),
        (ShotSize.MEDIUM, Movement.TRACK_LEFT),
        (ShotSize.MEDIUM, Movement.PULL_OUT),
    ),
    Role.DETAIL: ((ShotSize.EXTREME_CLOSE_UP, Movement.TILT_DOWN), (ShotSize.EXTREME_CLOSE_UP, Movement.PAN_RIGHT)),
    Role.TURN: ((ShotSize.FULL, Movement.CRANE_UP), (ShotSize.FULL, Movement.PAN_LEFT)),
    Role.GOES_ON: ((ShotSize.FULL, Movement.PUSH_IN), (ShotSize.FULL, Movement.TRACK_RIGHT)),
    Role.FACE: ((ShotSize.CLOSE_UP, Movement.PUSH_IN), (ShotSize.CLOSE_UP, Movement.TILT_UP)),
    Role.PLACE: ((ShotSize.EXTREME_WIDE, Movement.PAN_RIGHT), (ShotSize.WIDE, Movement.PAN_LEFT)),
    Role.CLOSE: ((ShotSize.EXTREME_WIDE, Movement.PULL_OUT),),
    Role.MOMENT: (
        (ShotSize.MEDIUM, Movement.PUSH_IN),
        (ShotSize.FULL, Movement.TRACK_LEFT),
        (ShotSize.MEDIUM, Movement.PAN_RIGHT),
        (ShotSize.WIDE, Movement.TRACK_RIGHT),
    ),
    Role.SHOT: (
        (ShotSize.MEDIUM, Movement.TRACK_RIGHT),
        (ShotSize.CLOSE_UP, Movement.PUSH_IN),
        (ShotSize.FULL, Movement.PAN_LEFT),
        (ShotSize.MEDIUM, Movement.TILT_UP),
        (ShotSize.WIDE, Movement.CRANE_UP),
    ),
}

_SUITS: Final[dict[ShotSize, tuple[Movement, ...]]] = {
    ShotSize.EXTREME_WIDE: (Movement.PAN_RIGHT, Movement.CRANE_UP, Movement.PAN_LEFT, Movement.PULL_OUT),
    ShotSize.WIDE: (Movement.PUSH_IN, Movement.PAN_LEFT, Movement.CRANE_UP, Movement.PULL_OUT),
    ShotSize.FULL: (Movement.TRACK_RIGHT, Movement.PUSH_IN, Movement.PAN_LEFT, Movement.CRANE_UP),
    ShotSize.MEDIUM: (Movement.TRACK_LEFT, Movement.PUSH_IN, Movement.PAN_RIGHT, Movement.PULL_OUT),
    ShotSize.CLOSE_UP: (Movement.PUSH_IN, Movement.TILT_UP, Movement.PULL_OUT),
    ShotSize.EXTREME_CLOSE_UP: (Movement.TILT_DOWN, Movement.PAN_RIGHT, Movement.PUSH_IN),
}

_WEIGHTS: Final[dict[ShotSize, float]] = {
    ShotSize.EXTREME_WIDE: 1.08,
    ShotSize.WIDE: 1.08,
    ShotSize.FULL: 1.0,
    ShotSize.MEDIUM: 1.0,
    ShotSize.CLOSE_UP: 0.9,
    ShotSize.EXTREME_CLOSE_UP: 0.85,
}
"""There is more to read in a wide frame, so it stands longer."""

_SIZES: Final = tuple(ShotSize)

_SHOT_WORDS: Final = (
    (ShotSize.EXTREME_CLOSE_UP, r"extreme close[- ]?up|macro|ganz nah|detailaufnahme|tres gros plan"),
    (ShotSize.CLOSE_UP, r"close[- ]?up|nahaufnahme|gros plan|primer plano|特写"),
    (ShotSize.EXTREME_WIDE, r"extreme wide|aerial|drone|bird'?s[- ]eye|from above|panorama|luftaufnahme|航拍"),
    (ShotSize.WIDE, r"wide|establishing|long shot|totale|plan large|plano general|远景"),
    (ShotSize.FULL, r"full shot|full[- ]body|head to toe"),
    (ShotSize.MEDIUM, r"medium shot|mid[- ]shot|waist[- ]up|half[- ]body|over the shoulder|中景"),
)
_MOVEMENT_WORDS: Final = (
    (Movement.STATIC, r"static|locked[- ]off|fixed camera|no camera movement|tripod|hold(?:s)? still|ohne kamera"),
    (Movement.PUSH_IN, r"(?:push|zoom|dolly|mov)(?:e?s|ing)?[- ]in\b|zoom(?:s)? to|moves? closer"),
    (Movement.PULL_OUT, r"(?:pull|zoom|dolly)(?:s|ing)?[- ](?:out|back|away)"),
    (Movement.PAN_LEFT, r"pan(?:s|ning)?(?: to the)? left|schwenk nach links|向左移"),
    (Movement.PAN_RIGHT, r"pan(?:s|ning)?(?: to the)? right|\bpanning\b|schwenk nach rechts|向右移"),
    (Movement.TILT_UP, r"tilt(?:s|ing)?[- ]up"),
    (Movement.TILT_DOWN, r"tilt(?:s|ing)?[- ]down"),
    (Movement.TRACK_LEFT, r"track(?:s|ing)?(?: to the)? left"),
    (Movement.TRACK_RIGHT, r"track(?:s|ing)?(?: to the)? right|tracking shot|following shot|dolly shot|orbit"),
    (Movement.CRANE_UP, r"crane|boom(?:s|ing)? up|rises? above"),
)

CAMERA: Final[dict[Movement, str]] = {
    Movement.STATIC: "The camera holds still on a tripod",
    Movement.PUSH_IN: "The camera pushes in slowly",
    Movement.PULL_OUT: "The camera pulls back slowly",
    Movement.PAN_LEFT: "The camera pans slowly to the left",
    Movement.PAN_RIGHT: "The camera pans slowly to the right",
    Movement.TILT_UP: "The camera tilts up slowly",
    Movement.TILT_DOWN: "The camera tilts down slowly",
    Movement.TRACK_LEFT: "The camera tracks smoothly to the left",
    Movement.TRACK_RIGHT: "The camera tracks smoothly to the right",
    Movement.CRANE_UP: "The camera cranes up in one smooth move",
}
"""How a prompt says what the camera does."""


def frame_of(role: Role, turn: int) -> Frame:
    """Return shot size and movement of a role when it comes for the `turn`-th time, counted from 0."""
    frames = _FRAMES[role]
    return frames[turn % len(frames)]


def weight_of(shot: ShotSize) -> float:
    """Return how long a shot of this size stands, against a medium one."""
    return _WEIGHTS[shot]


def asked_shot(words: str) -> ShotSize | None:
    """Return the shot size that the words name, or None."""
    plain = folded(words)
    return next((shot for shot, names in _SHOT_WORDS if re.search(rf"\b(?:{names})", plain)), None)


def asked_movement(words: str) -> Movement | None:
    """Return the camera movement that the words name, or None."""
    plain = folded(words)
    return next((move for move, names in _MOVEMENT_WORDS if re.search(rf"\b(?:{names})", plain)), None)


_FRAMING: Final = re.compile(
    r"^(?:an?\s+|the\s+)?(?:extreme\s+|slow\s+)*(?:close[- ]?up|wide|establishing|aerial|drone|full|medium|long|macro)"
    r"(?:\s+(?:shot|view))?\s*(?:of|on|:|,|–|-)\s+|"
    r"[,;]?\s*(?:the camera\s+)?(?:slow(?:ly)?\s+)?(?:pan|tilt|track|dolly|push|pull|zoom|crane)(?:s|ning|ing)?\s+"
    r"(?:to the\s+)?(?:left|right|up|down|in|out|back)\b",
    re.IGNORECASE,
)


def without_framing(words: str) -> str:
    """Return a shot's words without its size and movement, which its prompt says in words of its own."""
    return _FRAMING.sub("", words).strip(" ,.;") or words


def closer(shot: ShotSize) -> ShotSize:
    """Return the next closer size; the closest stays."""
    return _SIZES[min(len(_SIZES) - 1, _SIZES.index(shot) + 1)]


def wider(shot: ShotSize) -> ShotSize:
    """Return the next wider size; the widest stays."""
    return _SIZES[max(0, _SIZES.index(shot) - 1)]


def movement_unlike(shot: ShotSize, *others: Frame) -> Movement:
    """Return a movement that suits the shot size and makes it unlike its neighbours."""
    return next(move for move in _SUITS[shot] if (shot, move) not in others)
