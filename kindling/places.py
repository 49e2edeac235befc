"""Where people find what was made: readable names in the productions folder, or the gateway's address of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bus.events import ProductionDone
from bus.ids import ProductionId
from bus.production import Sample
from services.gateway.links import film_link, sample_link


@dataclass(frozen=True, slots=True)
class Places:
    """The productions folder, and the gateway that serves the same bytes."""

    folder: Path
    gateway_url: str = ""

    def film(self, production: ProductionId, cut: ProductionDone) -> str:
        """Return the newest film's file; where this machine has none, its address; else nothing."""
        file = self.folder / "completed" / f"{production}.mp4"
        if self._is_there(file, cut.published.size_bytes):
            return str(file)
        return f"{self.gateway_url}{film_link(production, cut.number)}" if self.gateway_url else ""

    def is_naming(self, production: ProductionId, cut: ProductionDone) -> bool:
        """Say whether the film is on this machine and has no readable name yet: that is given after the event."""
        digest = cut.published.digest
        is_here = self._is_there(self.folder / "objects" / digest[:2] / digest, cut.published.size_bytes)
        return is_here and not self._is_there(self.folder / "completed" / f"{production}.mp4", cut.published.size_bytes)

    def sample(self, production: ProductionId, brief: int, take: int) -> str:
        """Return the sample's file, or where this machine has none under a readable name, its address."""
        file = self._sample_file(production, brief, take)
        return str(file) if file.is_file() else f"{self.gateway_url}{sample_link(production, brief, take, 'clip')}"

    def is_naming_sample(self, production: ProductionId, sample: Sample) -> bool:
        """Say whether the sample is on this machine and has no readable name yet."""
        if sample.rendered is None:
            return False
        clip = sample.rendered.clip
        is_here = self._is_there(self.folder / "objects" / clip.digest[:2] / clip.digest, clip.size_bytes)
        return is_here and not self._sample_file(production, sample.brief, sample.take).is_file()

    def _sample_file(self, production: ProductionId, brief: int, take: int) -> Path:
        return self.folder / "segments" / production / f"sample-{brief}-take-{take}.mp4"

    def _is_there(self, file: Path, size_bytes: int) -> bool:
        try:
            return file.stat().st_size == size_bytes
        except OSError:
            return False
