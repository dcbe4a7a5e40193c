"""A run goes on with another number of processes: no row of the epoch is lost, none comes twice."""

from collections import Counter
from collections.abc import Sequence

from echoloop.train.data.mixture import Draw, Mixture, Position


def reshard(positions: Sequence[Position], mixture: Mixture, world: int) -> tuple[Position, ...]:
    """Positions for `world` ranks out of those of all ranks before. `mixture`: the same data, of any rank."""
    if not positions:
        raise ValueError("no positions: begin with mixture.start()")
    for position in positions:
        mixture.check(position)
    last = max(positions, key=lambda position: position.at)
    left = sorted(_waiting(positions) + _unseen(positions, mixture, last.at), key=lambda draw: draw.at)
    skipped = sum((Counter(position.skipped) for position in positions), Counter[str]())
    return tuple(
        Position(
            at=last.at,
            turns=last.turns,
            rows=last.rows,
            pending=tuple(left[rank::world]),
            skipped=dict(skipped) if rank == 0 else {},
        )
        for rank in range(world)
    )


def _waiting(positions: Sequence[Position]) -> list[Draw]:
    return [draw for position in positions for draw in position.pending]


def _unseen(positions: Sequence[Position], mixture: Mixture, until: int) -> list[Draw]:
    """Places before `until` that the rank they belong to had not come to."""
    first = min(positions, key=lambda position: position.at)
    unseen: list[Draw] = []
    for draw in mixture.walk(first):
        if draw.at >= until:
            break
        if draw.at >= positions[draw.at % len(positions)].at:
            unseen.append(draw)
    return unseen
