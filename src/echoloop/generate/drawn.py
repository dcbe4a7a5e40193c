"""What every kind of image model comes down to: a picture by its hash, or one of three absences, and how it was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from echoloop.engine import Desk
from echoloop.generate.settings import GenerateSettings
from echoloop.records import Answer, Answered, Item


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One model's answer to one item, once. `answer` holds the SHA-256 of every picture that came."""

    item: Item
    model: str
    number: int
    answer: Answer[tuple[str, ...]]
    inputs: str = ""
    rewrite: str = ""
    snapshot: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    receipt: str = ""
    cost: float | None = None
    latency: float | None = None

    @property
    def id(self) -> str:
        """What its output is called."""
        return f"{self.item.id}/{self.model}/{self.number}"

    @property
    def picture(self) -> str:
        """The picture that counts: the first that came."""
        return self.pictures[0] if self.pictures else ""

    @property
    def pictures(self) -> tuple[str, ...]:
        """All that came."""
        return self.answer.value if isinstance(self.answer, Answered) else ()

    @property
    def seed(self) -> int | None:
        """The seed as it was sent: an endpoint may leave it out, or have one of its own."""
        seed = self.parameters.get("seed")
        return seed if isinstance(seed, int) else None


class Source(Protocol):
    """Where pictures come from. Each kind of image model is one, and the outputs stage knows no more of it than this."""

    def draw(self, desk: Desk[GenerateSettings], items: Sequence[Item]) -> list[Drawn]:
        """Every item by every model of this kind, as often as the settings say. Never raises for an item."""
        ...
