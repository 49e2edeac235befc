"""The scene: a set and its cast, built once from an order, and shown frame by frame."""

from __future__ import annotations

from typing import Final

import numpy as np

from bus.plan import Order
from services._kit.media import Frame
from services.creator.renderers.stage.camera import view_at
from services.creator.renderers.stage.design import Design, Piece
from services.creator.renderers.stage.finish import Finish, styled
from services.creator.renderers.stage.layers import Compositor, Sheet, blurred, trimmed
from services.creator.renderers.stage.lexicon import Style
from services.creator.renderers.stage.palette import Ramp
from services.creator.renderers.stage.sets import build
from services.creator.renderers.stage.words import read

_GREY: Final = (Style.MONOCHROME, Style.NOIR)


class Scene:
    """The order's moving picture: frame n is a function of the order and n alone."""

    def __init__(self, order: Order) -> None:
        grey = read(order, Ramp(order.look.palette)).style in _GREY
        ramp = Ramp(order.look.palette, is_grey=grey)
        self.reading = read(order, ramp)
        self.design = Design(order, self.reading, ramp)
        self.order = order
        design = self.design
        self._stage = Compositor(order.width, order.height, design.horizon, design.foot)
        style_rng = np.random.default_rng([order.seed, 7])
        self._pieces: list[Piece] = []
        for piece in build(design):
            if isinstance(piece, Sheet):
                soft = blurred(piece, self._blur(piece))
                self._pieces.append(trimmed(styled(soft, self.reading.style, style_rng, order.height)))
            else:
                self._pieces.append(piece)
        self._phase = float(design.rng.uniform(0.0, 6.28))
        self._finish = Finish(self.reading.style, order.width, order.height, style_rng)
        last = order.frame_count - 1
        self._finish.expose([self._shown(index) for index in sorted({0, last // 2, last})])

    def frame(self, index: int) -> Frame:
        """Return frame number `index`, as it is shown."""
        return self._finish.apply(self._shown(index), index)

    def clean(self, index: int) -> Frame:
        """Return frame number `index` without grain: what is handed over."""
        return self._finish.ungrained(self._shown(index))

    def _blur(self, sheet: Sheet) -> float:
        """Return how far out of focus a sheet is, in pixels: right before the lens, or far off in close shots."""
        if sheet.is_ground:
            return 0.0
        height = self.order.height / 1000.0
        if sheet.depth > 1.2:
            return (3.0 + 5.0 * (sheet.depth - 1.2)) * height * 2.0
        return self.design.framing.blur * height * max(0.0, 1.0 - sheet.depth) if sheet.depth < 0.95 else 0.0

    def _shown(self, index: int) -> Frame:
        order, time_s = self.order, index / self.order.fps
        share = index / max(1, order.frame_count - 1)
        view = view_at(order.movement, share, time_s, self._phase)
        # What the ground in front hides need not be drawn: from the front to the back, where does each begin to?
        hidden, limits = order.height, []
        for piece in reversed(self._pieces):
            limits.append(hidden)
            if isinstance(piece, Sheet):
                hidden = min(hidden, self._stage.covers_from(piece, view, time_s))
        for piece, limit in zip(self._pieces, reversed(limits), strict=True):
            if isinstance(piece, Sheet):
                self._stage.lay(piece, view, time_s, limit)
            else:
                piece.draw(self._stage, view, time_s, limit)
        return self._stage.bgr()
