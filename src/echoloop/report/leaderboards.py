"""Standings as a reader meets them: the vote first, each judge beside it, and who cannot be told apart from the leader."""

from collections.abc import Sequence

import msgspec

from echoloop.records import Split, Standing, main_standings


class BoardRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model: its standing by vote, and by each judge alone (None where a judge has no standing for it)."""

    vote: Standing
    places: str
    alone: tuple[Standing | None, ...]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """One split, best first. `sharing` are models whose range of ranks also reaches the first place."""

    split: Split
    rows: tuple[BoardRow, ...]
    judges: tuple[str, ...]
    vote: str
    missing: str
    items: int
    leader: Standing | None
    sharing: tuple[str, ...]


def boards(standings: Sequence[Standing]) -> list[Board]:
    """One board a split, by our own rule."""
    standings = main_standings(standings)
    splits: list[Split] = sorted({standing.split for standing in standings}, reverse=True)
    return [
        board
        for split in splits
        if (board := _board(split, [standing for standing in standings if standing.split == split]))
    ]


def model_order(standings: Sequence[Standing], split: Split) -> dict[str, int]:
    """The place in which a split's board lists each model."""
    main = main_standings(standings)
    own = [standing for standing in main if standing.split == split and is_vote(standing)]
    return {standing.model: number for number, standing in enumerate(sorted(own, key=_best_first))}


def is_vote(standing: Standing) -> bool:
    """The common vote is not one of the judges it is made of."""
    return standing.judge not in standing.judges


def _board(split: Split, standings: list[Standing]) -> Board | None:
    votes = sorted((standing for standing in standings if is_vote(standing)), key=_best_first)
    if not votes:
        return None
    judges = votes[0].judges
    alone = {(standing.judge, standing.model): standing for standing in standings if not is_vote(standing)}
    leader = votes[0] if votes[0].rate is not None else None
    return Board(
        split=split,
        rows=tuple(
            BoardRow(
                vote=vote,
                places=places(vote),
                alone=tuple(alone.get((judge, vote.model)) for judge in judges),
            )
            for vote in votes
        ),
        judges=judges,
        vote=votes[0].vote,
        missing=votes[0].missing,
        items=max(vote.items for vote in votes),
        leader=leader,
        sharing=tuple(vote.model for vote in votes[1:] if vote.rank_low == 1 and leader is not None),
    )


def places(standing: Standing) -> str:
    """A range of ranks in words."""
    if standing.rank_low is None or standing.rank_high is None:
        return "–"
    if standing.rank_low == standing.rank_high:
        return str(standing.rank_low)
    return f"{standing.rank_low}–{standing.rank_high}"


def _best_first(standing: Standing) -> tuple[float, str]:
    return (-standing.rate if standing.rate is not None else 1.0, standing.model)
