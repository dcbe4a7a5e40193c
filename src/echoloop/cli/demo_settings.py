"""The settings file of the demo: an ordinary echoloop.toml whose endpoints are all in the lab."""

from collections.abc import Sequence

from echoloop.lab.painters import Painter

JUDGES = ("strict", "fair", "lenient")
_ROLES = (("reader", "lab-reader"), ("viewer", "lab-viewer"), ("boxes", "lab-boxes"), ("guard", "lab-guard"))


def demo_settings(cast: Sequence[Painter], cast_name: str, base_url: str = "lab:") -> str:
    """TOML text: annotators, three judges, and every painter of a cast as a model under test."""
    tables = [
        'subject = "Lab Painter"\nreleased = 2025-03-25\nworkspace = "workspace"\n',
        '[collect]\narchive = "town/posts.jsonl"\n',
        '[roles]\ntext = "reader"\nvision = "viewer"\nboxes = "boxes"\nguard = "guard"\n'
        f"judges = [{', '.join(repr(judge) for judge in JUDGES)}]\n".replace("'", '"'),
    ]
    tables += [_endpoint(name, model, "lab", "request", base_url) for name, model in _ROLES]
    tables += [
        _endpoint(judge, f"lab-judge-{judge}", f"lab-bench-{judge}", "request", base_url) for judge in JUDGES
    ]
    for painter in cast:
        endpoint = f"paints-{painter.name}"
        tables.append(
            _endpoint(endpoint, f"painter-{painter.name}", painter.developer, "image", base_url)
            + (f'options = {{ cast = "{cast_name}" }}\n' if base_url == "lab:" else "")
        )
        tables.append(f'[models.{painter.name}]\nendpoint = "{endpoint}"\n')
    return "\n".join(tables)


def _endpoint(name: str, model: str, developer: str, priced: str, base_url: str) -> str:
    return (
        f'[endpoints.{name}]\nbase_url = "{base_url}"\nprovider = "lab"\nmodel = "{model}"\n'
        f'developer = "{developer}"\nconcurrency = 8\nprice = {{ {priced} = 0 }}\n'
    )
