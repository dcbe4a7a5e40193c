"""A model in this process that says what a script tells it: for tests of what an act does with an answer.

A script is a JSON list of rules; the first whose `when` stands in the request decides. `say` is what the model writes (text, or
JSON for a structured answer), `draw` the base64 of what it delivers as a picture, `results` those of a moderation, `refuse` its
refusal, `status` an HTTP error (with `why` and `code`).
"""

import json
from pathlib import Path
from typing import Any

from echoloop.calls import Endpoint, Price, read_fenced

Rule = dict[str, Any]


class ScriptedModel:
    """Follows its script, over the same wire as every model."""

    def __init__(self, script: str, log: str = "") -> None:
        self._rules: list[Rule] = json.loads(Path(script).read_text())
        self._log = Path(log) if log else None

    async def respond(self, path: str, content_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """One answer."""
        words = _words(path, content_type, body)
        if self._log is not None:
            with self._log.open("a") as log:
                log.write(json.dumps({"path": path, "words": words}) + "\n")
        rule = next((rule for rule in self._rules if rule.get("when", "") in words), None)
        if rule is None:
            return 400, {}, b'{"error": {"message": "nothing in the script fits"}}'
        if "status" in rule:
            error = {"message": rule.get("why", "down"), "code": rule.get("code")}
            return rule["status"], {}, json.dumps({"error": error}).encode()
        if "results" in rule:
            return 200, {}, json.dumps({"model": "scripted", "results": rule["results"]}).encode()
        answer = _picture(rule) if path.startswith("/images") else _completion(rule)
        return 200, {}, json.dumps(answer).encode()


def _words(path: str, content_type: str, body: bytes) -> str:
    if content_type != "application/json":
        return body.decode("utf-8", "replace")
    request = json.loads(body)
    if path == "/moderations":
        return f"{request['model']} {json.dumps(request['input'], ensure_ascii=False)}"
    if path != "/chat/completions":
        return request["prompt"]
    content = next(one["content"] for one in request["messages"] if one["role"] == "user")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    data = json.dumps(read_fenced(parts[0]["text"]), ensure_ascii=False)
    shown = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return f"{request['model']} {data} pictures={len(shown)} {' '.join(shown)}"


def _completion(rule: Rule) -> dict[str, Any]:
    said = rule.get("say")
    message = {"role": "assistant", "content": said if isinstance(said, str) else json.dumps(said)}
    if "refuse" in rule:
        message = {"role": "assistant", "content": None, "refusal": rule["refuse"]}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 10, "completion_tokens": 10}
    return {
        "id": "s",
        "object": "chat.completion",
        "model": "scripted",
        "choices": [choice],
        "usage": usage,
    }


def _picture(rule: Rule) -> dict[str, Any]:
    if "refuse" in rule:
        return {
            "created": 0,
            "data": [],
            "error": {"code": "content_policy_violation", "message": rule["refuse"]},
        }
    return {"created": 0, "data": [{"b64_json": rule["draw"]}] if rule["draw"] is not None else []}


def open_scripted(**options: str) -> ScriptedModel:
    """The factory that endpoints name."""
    return ScriptedModel(**options)


def scripted(
    folder: Path, rules: list[Rule], *, name: str = "scripted", model: str = "scripted-1"
) -> Endpoint:
    """An endpoint that follows these rules and logs what it is asked in `folder/<name>.log`."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / f"{name}.json"
    script.write_text(json.dumps(rules))
    return Endpoint(
        name=name,
        provider="scripted",
        model=model,
        factory="scripted_model:open_scripted",
        factory_options={"script": str(script), "log": str(folder / f"{name}.log")},
        price=Price(request=0.01),
        retries=0,
    )


def asked(folder: Path, name: str = "scripted") -> list[str]:
    """What an endpoint was asked, in the order it was."""
    log = folder / f"{name}.log"
    return [json.loads(line)["words"] for line in log.read_text().splitlines()] if log.exists() else []
