"""The verbs as a person runs them, over a small town: what they say, what they leave, and with which status they end."""

import json
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
import zstandard
from command_line import echoloop, table_files, write_posts, write_settings
from loopback import loopback

from echoloop.calls import Ledger
from echoloop.workspace import reading

pytestmark = pytest.mark.xdist_group("verbs")

ACTS = ("collect", "curate", "generate", "judge", "diagnose")


def worked(done: "subprocess.CompletedProcess[str]", *words: str) -> str:
    """It ended well, said these words, and what one would do next."""
    assert done.returncode == 0, done.stderr
    for word in (*words, "Next:"):
        assert word in done.stdout, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town of 24 conversations, and the settings that `init` writes."""
    folder = tmp_path_factory.mktemp("town")
    worked(echoloop(folder, "lab", "town", "--threads", "24", "--seed", "3"), "posts.jsonl")
    worked(echoloop(folder, "init"), "Wrote")
    return folder


@pytest.fixture(scope="module")
def finished(town: Path) -> Path:
    """Every act has run."""
    for act in ACTS:
        said = worked(echoloop(town, act), "The tables are in")
        assert "calls were paid ($0.0000)" in said
    worked(echoloop(town, "release", "0.1.0"), "text_to_image", "The release is in")
    worked(echoloop(town, "report"), "The report is in")
    return town


def test_init_never_overwrites(town: Path) -> None:
    before = (town / "echoloop.toml").read_bytes()
    done = echoloop(town, "init")
    assert done.returncode == 2
    assert "already there" in done.stderr
    assert (town / "echoloop.toml").read_bytes() == before


def test_a_plan_prices_what_is_known_and_pays_nothing(town: Path, tmp_path: Path) -> None:
    said = worked(
        echoloop(town, "plan", "--workspace", str(tmp_path / "w")), "relevance", "together", "$0.00"
    )
    assert "cannot be planned yet" in said or "at least" in said
    workspace = reading(tmp_path / "w")
    assert workspace.tables.names() == []
    with Ledger(workspace.receipts, readonly=True) as ledger:
        assert ledger.stat() == []


def test_a_finished_loop_is_fresh_and_planned_as_free(finished: Path) -> None:
    status = worked(echoloop(finished, "status"), "receipts:")
    assert "missing" not in status
    assert "stale" not in status
    assert "Next: everything is fresh; `echoloop report`" in status
    assert "Everything was fresh" in worked(echoloop(finished, "judge"), "win rate")
    plan = worked(echoloop(finished, "plan"))
    total = next(line for line in plan.splitlines() if "together" in line)
    assert total.split()[1] == "0"


def test_the_status_names_the_act_that_comes_next(town: Path, finished: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "loop"))
    worked(
        echoloop(folder, "forget", str(reading(folder / "workspace").tables.read("posts").column("url")[0]))
    )
    assert "Next: `echoloop collect`: its table" in worked(echoloop(folder, "status"))


def test_a_release_again_says_that_it_is_unchanged_and_what_was_held_out(
    finished: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "loop"))
    said = worked(echoloop(folder, "release", "0.1.0"), "Release 0.1.0 is unchanged", "nothing was written")
    assert "--hold-out 0.1 would keep about a tenth" in said
    done = echoloop(folder, "release", "0.1.0", "--hold-out", "1")
    assert done.returncode == 2
    assert "0.1.1 if nothing is taken away, else 0.2.0" in done.stderr
    worked(
        echoloop(folder, "release", "0.2.0", "--hold-out", "0.0001"), "lets every benchmark item draw a lot"
    )
    said = worked(echoloop(folder, "release", "0.3.0", "--hold-out", "1"), "of them held out")
    assert "draw a lot" not in said


def test_a_leaderboard_says_coverage(finished: Path) -> None:
    said = worked(echoloop(finished, "judge"))
    for name in ("birch", "hazel", "coverage", "95 % interval"):
        assert name in said


def test_complaints_are_told_and_readers_compared(finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    worked(echoloop(folder, "diagnose"), "samples that somebody spoke of", "Everything was fresh")
    alone = echoloop(folder, "diagnose", "agreement")
    assert alone.returncode == 2
    assert "nobody to compare the reader with" in alone.stderr
    settings = folder / "echoloop.toml"
    settings.write_text(
        settings.read_text("utf-8") + '\n[diagnose]\nreaders = ["viewer", "reader"]\n', "utf-8"
    )
    said = worked(
        echoloop(folder, "diagnose", "agreement"), "all metrics", "Cohen's kappa", "reader | viewer"
    )
    assert "same answer" in said
    assert "reader | reader" not in said
    worked(echoloop(folder, "report"), "The report is in")
    page = (folder / "workspace" / "report" / "diagnose.html").read_text("utf-8")
    assert "reader | viewer" in page


def test_json_is_for_machines(town: Path, tmp_path: Path) -> None:
    done = echoloop(town, "collect", "--json", "--workspace", str(tmp_path / "w"))
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stderr.splitlines()]
    ends = {event["stage"]: event for event in events if event["event"] == "end"}
    assert set(ends) == {"file", "found", "relevance", "pictures", "posts", "gone", "authors"}
    assert ends["relevance"]["counts"]["done"] > 0
    again = echoloop(town, "collect", "--json", "--workspace", str(tmp_path / "w"))
    events = [json.loads(line) for line in again.stderr.splitlines()]
    assert {event["event"] for event in events if event["stage"] != "pictures"} == {"fresh"}


def test_the_ledger_tells_its_sums_and_its_soundness(finished: Path) -> None:
    stat = worked_quietly(echoloop(finished, "ledger", "stat"))
    assert "lab/lab-reader" in stat
    with Ledger(finished / "workspace" / "receipts.sqlite", readonly=True) as ledger:
        count = sum(total.calls for total in ledger.stat())
    assert f"{count:,} receipts" in stat
    assert "are sound" in worked_quietly(echoloop(finished, "ledger", "verify"))
    assert "failed calls are gone" in worked_quietly(echoloop(finished, "ledger", "gc"))


def worked_quietly(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_export_is_enough_to_replay_the_loop_byte_for_byte(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "receipts.jsonl.zst"
    worked(echoloop(finished, "ledger", "export", str(out)), "receipts")
    other = tmp_path / "replayed"
    place = ("--workspace", str(other))
    missing = echoloop(finished, "collect", "--offline", *place)
    assert missing.returncode == 1
    assert "not in the ledger" in missing.stderr
    worked_quietly(echoloop(finished, "ledger", "import", str(out), *place))
    shutil.copytree(finished / "workspace" / "images", other / "images", dirs_exist_ok=True)
    for act in ACTS:
        said = worked(echoloop(finished, act, "--offline", *place))
        assert "0 calls were paid" in said
    assert table_files(other) == table_files(finished / "workspace")
    worked(echoloop(finished, "release", "0.1.0", *place))
    ours, theirs = finished / "workspace" / "releases", other / "releases"
    for file in (path for path in ours.rglob("*") if path.is_file()):
        assert (theirs / file.relative_to(ours)).read_bytes() == file.read_bytes()


def test_offline_without_the_pictures_says_which_one_is_gone(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "receipts.jsonl.zst"
    worked(echoloop(finished, "ledger", "export", str(out)))
    place = ("--workspace", str(tmp_path / "bare"))
    worked_quietly(echoloop(finished, "ledger", "import", str(out), *place))
    for act in ("collect", "curate"):
        worked(echoloop(finished, act, "--offline", *place))
    done = echoloop(finished, "generate", "--offline", *place)
    assert done.returncode == 1
    assert "picture is not in the store" in done.stderr
    assert "Traceback" not in done.stderr
    assert reading(tmp_path / "bare").tables.manifest("outputs") is None


def test_a_public_export_holds_no_words_of_a_post(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "public.jsonl.zst"
    assert "their text was left out" in worked(echoloop(finished, "ledger", "export", str(out), "--public"))
    with out.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        data = stream.read()
    posts = [json.loads(line) for line in (finished / "town" / "posts.jsonl").read_bytes().splitlines()]
    texts = {str(post.get("text", "")) for post in posts if isinstance(post, dict)}
    long_texts = [text for text in texts if len(text) >= 20]
    assert len(long_texts) > 40
    for text in long_texts:
        for form in (text.encode("utf-8", "surrogatepass"), json.dumps(text).encode()[1:-1], written(text)):
            assert form not in data


def written(text: str) -> bytes:
    """As a JSON string inside a JSON string, the way a request is stored."""
    clean = text.encode("utf-8", "replace").decode()
    return msgspec.json.encode(msgspec.json.encode(clean).decode())[3:-3]


def test_a_foreign_file_is_not_imported(finished: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zst"
    bad.write_bytes(b"these are no receipts")
    done = echoloop(finished, "ledger", "import", str(bad), "--workspace", str(tmp_path / "w"))
    assert done.returncode == 2
    assert "not imported" in done.stderr
    assert "Traceback" not in done.stderr
    gone = echoloop(finished, "ledger", "import", str(tmp_path / "gone"), "--workspace", str(tmp_path / "w"))
    assert gone.returncode == 2
    assert "Traceback" not in gone.stderr


def test_an_export_to_nowhere_is_a_problem_in_words(finished: Path, tmp_path: Path) -> None:
    done = echoloop(finished, "ledger", "export", str(tmp_path / "no" / "such" / "folder.zst"))
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_a_cost_bound_stops_and_goes_on(tmp_path: Path) -> None:
    with loopback(delay=0) as server:
        write_posts(tmp_path, [f"scene {number}" for number in range(20)])
        write_settings(tmp_path, server.base_url, more="price = { request = 0.01 }\n")
        done = echoloop(tmp_path, "collect", "--max-cost", "0.055")
        assert done.returncode == 130, done.stderr
        assert "cost bound was reached" in done.stderr
        assert "Raise --max-cost" in done.stderr
        assert server.stats()["calls"] == 5
        said = worked(echoloop(tmp_path, "collect", "--max-cost", "1"), "15 calls were paid ($0.1500)")
        assert "tables are in" in said
        assert server.stats() == {"calls": 20, "distinct": 20}


def test_a_cost_bound_needs_prices(tmp_path: Path) -> None:
    with loopback(delay=0) as server:
        write_posts(tmp_path, ["a", "b"])
        write_settings(tmp_path, server.base_url, more="")
        done = echoloop(tmp_path, "collect", "--max-cost", "1")
        assert done.returncode == 2
        assert "price of endpoint 'reader' (loop-1) is unknown" in done.stderr
        assert server.stats()["calls"] == 0
        worked(echoloop(tmp_path, "collect"), "2 calls of unknown price")


def test_a_world_without_pictures_or_replies_goes_all_the_way(town: Path, tmp_path: Path) -> None:
    settings = (town / "echoloop.toml").read_text().replace("town/posts.jsonl", "posts.jsonl")
    (tmp_path / "echoloop.toml").write_text(settings)
    write_posts(tmp_path, [])
    for act in ACTS:
        worked(echoloop(tmp_path, act), "0 calls were paid")
    write_posts(tmp_path, ["Just some words about the weather, made by nobody with nothing."])
    for act in ACTS:
        worked(echoloop(tmp_path, act))
    done = echoloop(tmp_path, "release", "0.1.0")
    assert done.returncode == 2
    assert "nothing to release" in done.stderr
    worked(echoloop(tmp_path, "report"))
    worked(echoloop(tmp_path, "status"))
