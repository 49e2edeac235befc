"""The design of a set: what its builders go by, and what the things they build have in common."""

from __future__ import annotations

import zlib
from typing import Protocol

import numpy as np
from msgspec import Struct

from bus.plan import Movement, Order, ShotSize
from services.creator.renderers.stage.camera import FRAMINGS, Framing, View
from services.creator.renderers.stage.cast import Actor, Mark, is_mobile, mark_of
from services.creator.renderers.stage.layers import Canvas, Compositor, Easel, Sheet
from services.creator.renderers.stage.lexicon import Light, Place, Subject, Weather
from services.creator.renderers.stage.palette import Ramp, mix, split
from services.creator.renderers.stage.pen import Inks
from services.creator.renderers.stage.skies import SKIES, SunPlace
from services.creator.renderers.stage.words import Reading


class Tones(Struct, frozen=True, kw_only=True):
    """Places on the ramp for what lies far, in the middle, near, and right in front of the lens."""

    far: float
    middle: float
    near: float
    front: float
    haze: float


TONES = {
    Light.DAY: Tones(far=0.66, middle=0.50, near=0.38, front=0.16, haze=0.88),
    Light.DAWN: Tones(far=0.60, middle=0.36, near=0.20, front=0.06, haze=0.84),
    Light.DUSK: Tones(far=0.46, middle=0.27, near=0.13, front=0.03, haze=0.70),
    Light.NIGHT: Tones(far=0.27, middle=0.19, near=0.12, front=0.02, haze=0.36),
    Light.NEON: Tones(far=0.26, middle=0.17, near=0.10, front=0.02, haze=0.40),
    Light.OVERCAST: Tones(far=0.66, middle=0.47, near=0.30, front=0.10, haze=0.80),
}
_INKS = {
    Light.DAY: (0.05, 0.95, 0.55),
    Light.DAWN: (0.02, 0.74, 1.0),
    Light.DUSK: (0.01, 0.62, 1.0),
    Light.NIGHT: (0.0, 0.52, 0.8),
    Light.NEON: (0.0, 0.50, 1.0),
    Light.OVERCAST: (0.04, 0.86, 0.35),
}


class Item(Protocol):
    """Something that is drawn over what was drawn before."""

    def draw(self, stage: Compositor, view: View, time_s: float, hidden_from: int) -> None:
        """Draw it as the camera sees it at this time; what comes later hides the rows from `hidden_from` on."""
        ...


Piece = Sheet | Item
"""What a set is made of: sheets, which lie still or move by themselves, and whatever else draws itself."""


class Design:
    """What a set is designed from: the words, the colours, the framing, and a generator of its own."""

    def __init__(self, order: Order, reading: Reading, ramp: Ramp) -> None:
        self.order, self.reading, self.ramp = order, reading, ramp
        sky, land = ramp, ramp
        if reading.light in (Light.DAY, Light.OVERCAST):
            sky, land = (Ramp(part, ramp.is_grey, ramp.accent) for part in split(order.look.palette))
        # Of each order its own: also two segments with one seed differ where their words or their camera do.
        words = f"{order.prompt}|{order.shot}|{order.movement}".encode()
        self.rng = np.random.default_rng([order.seed, zlib.crc32(words)])
        self.canvas = Canvas(order.width, order.height)
        self.easel = Easel(self.canvas, ramp, self.rng)
        self.sky, self.land = Easel(self.canvas, sky, self.rng), Easel(self.canvas, land, self.rng)
        self.framing: Framing = FRAMINGS[order.shot]
        self.side = float(self.rng.choice([-1.0, 1.0]))
        self.mark: Mark = mark_of(reading, order.shot, order.movement, self.side, order.width / order.height)
        self.side = -1.0 if self.mark.x < 0.5 else 1.0
        tilted = {Movement.TILT_UP: 0.03, Movement.TILT_DOWN: -0.03, Movement.CRANE_UP: -0.02}.get(order.movement, 0.0)
        self.horizon = self.framing.horizon + tilted + float(self.rng.uniform(-0.035, 0.035))
        self.sun_x = float(np.clip(self.mark.x - self.side * self.rng.uniform(0.16, 0.34), 0.10, 0.90))
        self.sun = SunPlace(
            self.sun_x, self.horizon - SKIES[reading.light].sun_height * float(self.rng.uniform(0.85, 1.1))
        )
        self.tones = TONES[reading.light]
        self.is_snowy = Weather.SNOW in reading.weather
        self.ground = self.tones.near if not self.is_snowy else max(0.40, self.tones.haze * 0.95)
        self.lens_scale = {ShotSize.MEDIUM: 1.25, ShotSize.CLOSE_UP: 1.5, ShotSize.EXTREME_CLOSE_UP: 1.8}.get(
            order.shot, 1.0
        )
        self.duration_s = order.frame_count / order.fps

    @property
    def foot(self) -> float:
        """Return where depth 1 touches the ground, never so near to the horizon that the ground tips over."""
        return max(self.mark.ground, self.horizon + 0.14)

    def inks(self) -> Inks:
        """Return the figures' colours in this light."""
        dark, light, rim = _INKS[self.reading.light]
        if self.reading.place is Place.STUDIO:
            dark, light, rim = 0.02, 0.86, 0.8
        elif self.reading.place is Place.SPACE:
            dark, light, rim = 0.03, 0.95, 0.9
        elif self.reading.place is Place.INTERIOR:
            dark, light, rim = 0.02, 0.74, 1.0
        elif self.reading.place is Place.UNDERWATER:
            dark, light, rim = 0.06, 0.84, 0.7
        elif self.reading.place is Place.PLANET:
            light = max(light, 0.85)
        if self.mark.is_portrait:
            light = max(light, 0.80)
        rim_colour = self.ramp.at(0.97)
        if self.reading.light is Light.NEON:
            rim_colour = mix(self.ramp.accent, self.ramp.at(1.0), 0.25)
        return Inks(
            ramp=self.ramp,
            dark=dark,
            light=light,
            rim=rim_colour,
            rim_share=rim,
            glow=mix(
                mix(self.ramp.at(0.98), self.ramp.accent, 0.18), (150, 220, 255), 0.0 if self.ramp.is_grey else 0.35
            ),
            warm=self.ramp.at(0.85) if self.ramp.is_grey else mix(self.ramp.at(0.85), (30, 120, 255), 0.75),
            is_night=self.reading.light in (Light.NIGHT, Light.NEON, Light.DUSK, Light.DAWN),
        )

    def actor(
        self,
        subject: Subject,
        mark: Mark,
        depth: float,
        *,
        phase: float = 0.0,
        shadow: bool = False,
        floats: bool = False,
    ) -> Actor:
        """Return a figure of this design's colours."""
        return Actor(
            subject,
            self.reading,
            mark,
            self.inks(),
            depth=depth,
            phase=phase,
            light_side=1.0 if self.sun_x > mark.x else -1.0,
            duration_s=self.duration_s,
            casts_shadow=shadow,
            floats=floats,
            # A camera that tracks goes along with somebody; who moves by himself is the one.
            is_followed=depth == 1.0
            and self.order.movement in (Movement.TRACK_LEFT, Movement.TRACK_RIGHT)
            and is_mobile(subject),
        )
