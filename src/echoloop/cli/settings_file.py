"""Reading echoloop.toml: short, flat, and strict about every key."""

import difflib
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from echoloop.records import Mistake


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhaseTable(_Strict):
    """[collect.broad], [collect.narrow]: a stretch of time after the release, cut into windows, and what is searched for."""

    keywords: list[str] | None = None
    days: Annotated[int, Field(ge=1)] | None = None
    window_days: Annotated[int, Field(ge=1)] | None = None


class CollectTable(_Strict):
    """[collect]: where the posts come from, and how far conversations are followed."""

    archive: Path | list[Path] = Field(default_factory=list[Path])
    keep_from: Annotated[int, Field(ge=1, le=5)] = 4
    until: date | None = None
    languages: list[str] = Field(default_factory=list[str])
    broad: PhaseTable = PhaseTable()
    narrow: PhaseTable = PhaseTable()
    expand: Literal["relevant", "all", "none"] = "relevant"
    depth: Annotated[int, Field(ge=0)] = 1_000
    posts_per_thread: Annotated[int, Field(ge=1)] = 100_000
    calls: Annotated[int, Field(ge=0)] | None = None
    pictures_over_http: bool = False
    pictures_from_private_addresses: bool = False

    @property
    def archives(self) -> list[Path]:
        """The archives, however many were named."""
        return [self.archive] if isinstance(self.archive, Path) else self.archive


class PlatformTable(_Strict):
    """[platforms.NAME]: x, reddit, bluesky or mastodon. Keys are read from the environment variables that are named here."""

    base_url: str | None = None
    login_url: str | None = None
    key_env: str | None = None
    id_env: str | None = None
    secret_env: str | None = None
    user_env: str | None = None
    access: Literal["recent", "all"] = "recent"
    subreddits: list[str] = Field(default_factory=list[str])
    broad: list[str] | None = None
    narrow: list[str] | None = None
    price_per_read: Annotated[float, Field(ge=0)] | None = None
    concurrency: Annotated[int, Field(ge=1)] = 4
    longest_wait: Annotated[float, Field(gt=0)] = 960.0


class CurateTable(_Strict):
    """[curate]: how large a benchmark split may be, how it is drawn, and how much a reader is given at once."""

    per_split: Annotated[int, Field(ge=1)] = 1000
    selection: Literal["stratified", "paper"] = "stratified"
    seed: int = 0
    text_limit: Annotated[int, Field(ge=1)] = 20_000
    posts_at_once: Annotated[int, Field(ge=1)] = 200
    characters_at_once: Annotated[int, Field(ge=1_000)] = 80_000
    samples_per_post: Annotated[int, Field(ge=1)] = 50
    pictures_at_once: Annotated[int, Field(ge=1)] = 100
    box_convention: Literal["pixels", "thousandths"] = "pixels"
    box_margin: Annotated[int, Field(ge=0)] = 0


class GenerateTable(_Strict):
    """[generate]: how many pictures a model draws for an item, and the first seed."""

    samples: Annotated[int, Field(ge=1)] = 1
    seed: int = 0


class JudgeTable(_Strict):
    """[judge]: how judges are asked, and how what they say becomes standings."""

    method: Literal["grades", "pairs", "both"] = "grades"
    repeats: Annotated[int, Field(ge=1)] = 1
    pairs_per_item: Annotated[int, Field(ge=1)] | None = None
    vote: Literal["majority", "net"] = "majority"
    missing: Literal["skip", "loss"] = "skip"
    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict[str, float])
    baseline: str = ""
    slices: list[Literal["task", "language", "inputs", "month"]] = Field(
        default_factory=lambda: ["task", "language", "inputs", "month"]
    )
    slice_items: Annotated[int, Field(ge=1)] = 10
    canaries: Annotated[int, Field(ge=0)] = 8
    resamples: Annotated[int, Field(ge=100)] = 1000
    seed: int = 0


class DiagnoseTable(_Strict):
    """[diagnose]: what is measured, where models lie that shall not be fetched, and who else says which metric applies."""

    metrics: list[str] = Field(default_factory=list[str])
    readers: list[str] = Field(default_factory=list[str])
    agreement_items: Annotated[int, Field(ge=1)] = 200
    weights: dict[str, Path] = Field(default_factory=dict[str, Path])


class EngineTable(_Strict):
    """[engine]: on this machine, or on a Ray cluster."""

    runner: Annotated[str, Field(pattern="^(native|ray)$")] = "native"
    address: str = ""
    workers: Annotated[int, Field(ge=0)] = 0


class PriceTable(_Strict):
    """price = {...}: US dollars; tokens per million."""

    input: float | None = None
    cached_input: float | None = None
    output: float | None = None
    request: float | None = None
    image: float | dict[str, float] | None = None
    input_image: float | None = None
    batch: Annotated[float, Field(ge=0)] = 0.5


class EndpointTable(_Strict):
    """[endpoints.NAME]: one model behind one address."""

    base_url: str
    model: str
    protocol: Literal["openai", "chat_images", "gemini", "flux"] = "openai"
    provider: str | None = None
    snapshot: str | None = None
    developer: str = "unknown"
    key_env: str | None = None
    concurrency: Annotated[int, Field(ge=1)] = 32
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    tokens_per_minute: Annotated[int, Field(ge=1)] | None = None
    total_timeout: Annotated[float, Field(gt=0)] = 120.0
    connect_timeout: Annotated[float, Field(gt=0)] = 10.0
    retries: Annotated[int, Field(ge=0)] = 5
    price: PriceTable | None = None
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    omit: list[str] = Field(default_factory=list[str])
    options: dict[str, str] = Field(default_factory=dict[str, str])


class RolesTable(_Strict):
    """[roles]: which endpoint does which work."""

    text: str | None = None
    vision: str | None = None
    boxes: str | None = None
    guard: str | None = None
    guards: list[str] = Field(default_factory=list[str])
    classifiers: list[str] = Field(default_factory=list[str])
    moderators: list[str] = Field(default_factory=list[str])
    judges: list[str] = Field(default_factory=list[str])
    teacher: str | None = None


class ChainTable(_Strict):
    """chain = {...}: one endpoint reads prompt and pictures and writes a text, another draws from it."""

    reader: str
    draws: str


class ModelTable(_Strict):
    """[models.NAME]: an image model under test. Exactly one of endpoint, chain, folder, command and python says what draws."""

    endpoint: str | None = None
    chain: ChainTable | None = None
    folder: Path | None = None
    command: Annotated[list[str], Field(min_length=1)] | None = None
    python: Annotated[str, Field(pattern=r"^[\w.]+:[A-Za-z_]\w*$")] | None = None
    options: dict[str, str] = Field(default_factory=dict[str, str])
    developer: str | None = None
    snapshot: str | None = None
    inputs: Literal["all", "first", "collage", "refuse"] = "all"
    takes: Annotated[int, Field(ge=0)] = 1
    patience: Annotated[float, Field(gt=0)] = 600.0
    line_by_line: bool = False
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    price: PriceTable | None = None


class SettingsFile(_Strict):
    """echoloop.toml as a whole."""

    subject: str
    released: date
    workspace: Path = Path("workspace")
    collect: CollectTable = CollectTable()
    platforms: dict[Literal["x", "reddit", "bluesky", "mastodon"], PlatformTable] = Field(
        default_factory=dict[Literal["x", "reddit", "bluesky", "mastodon"], PlatformTable]
    )
    curate: CurateTable = CurateTable()
    generate: GenerateTable = GenerateTable()
    judge: JudgeTable = JudgeTable()
    diagnose: DiagnoseTable = DiagnoseTable()
    engine: EngineTable = EngineTable()
    endpoints: dict[str, EndpointTable] = Field(default_factory=dict[str, EndpointTable])
    roles: RolesTable = RolesTable()
    models: dict[str, ModelTable] = Field(default_factory=dict[str, ModelTable])


def read_settings(path: Path) -> SettingsFile:
    """The settings, or one message that names every key that is wrong and what is allowed instead."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Mistake(
            "there is no settings file",
            where=path.absolute(),
            remedy="Write one with `echoloop init`, or name another with --config.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Mistake(f"the settings file is not TOML: {error}", where=path) from error
    except OSError as error:
        raise Mistake(f"the settings file cannot be read: {error.strerror}", where=path) from error
    try:
        return SettingsFile.model_validate(_dates_only(data))
    except ValidationError as error:
        problems = "\n".join(f"  - {_problem(one)}" for one in error.errors(include_url=False))
        raise Mistake(f"the settings file has mistakes:\n{problems}", where=path) from error


def _dates_only(data: dict[str, Any]) -> dict[str, Any]:
    released = data.get("released")
    return {**data, "released": released.date()} if isinstance(released, datetime) else data


def _problem(error: Any) -> str:
    place = [str(part) for part in error["loc"]]
    key, table = place[-1], _table_of(place[:-1])
    where = f"[{'.'.join(place[:-1])}]" if place[:-1] else "the top of the file"
    if error["type"] == "extra_forbidden":
        allowed = sorted(table.model_fields) if table else []
        close = difflib.get_close_matches(key, allowed, n=1)
        guess = f" Did you mean {close[0]!r}?" if close else ""
        return f"unknown key {key!r} in {where}.{guess} Allowed: {', '.join(allowed)}"
    if error["type"] == "missing":
        return f"key {key!r} is missing in {where}"
    return f"{'.'.join(place)}: {error['msg']}, got {str(error.get('input'))[:60]!r}"


def _table_of(place: list[str]) -> type[BaseModel] | None:
    """The model whose fields are allowed at a place in the file."""
    named: dict[str, type[BaseModel]] = {
        "endpoints": EndpointTable,
        "models": ModelTable,
        "platforms": PlatformTable,
    }
    single: dict[str, type[BaseModel]] = {
        "collect": CollectTable,
        "curate": CurateTable,
        "generate": GenerateTable,
        "judge": JudgeTable,
        "diagnose": DiagnoseTable,
        "engine": EngineTable,
        "roles": RolesTable,
    }
    match place:
        case []:
            return SettingsFile
        case [table]:
            return single.get(table)
        case ["collect", "broad" | "narrow"]:
            return PhaseTable
        case [table, _]:
            return named.get(table)
        case [_, _, "price"]:
            return PriceTable
        case _:
            return None
