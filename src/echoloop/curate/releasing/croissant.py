"""The release in Croissant 1.0 with its extension for responsible AI: what machines read before they load anything."""

import json
from collections.abc import Mapping
from typing import Any

from echoloop.curate.releasing.card import bias_lines
from echoloop.curate.releasing.columns import Column, Kind
from echoloop.curate.releasing.figures import Figures

_TYPES: Mapping[Kind, str] = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "int64": "sc:Integer",
    "timestamp[us, tz=UTC]": "sc:DateTime",
    "image": "sc:ImageObject",
}
_OWN_NAMES = (
    *(
        "citeAs",
        "column",
        "conformsTo",
        "equivalentProperty",
        "extract",
        "field",
        "fileProperty",
        "fileObject",
    ),
    *("fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path"),
    *("recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator", "source"),
    *("subField", "transform"),
)
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    **{name: f"cr:{name}" for name in _OWN_NAMES},
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}


def croissant_text(figures: Figures, columns: tuple[Column, ...], sums: Mapping[str, str]) -> str:
    """croissant.json. `sums`: the SHA-256 of every Parquet file by its path."""
    name = f"What people ask of {figures.subject}, version {figures.version}"
    document: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": f"echoloop-{figures.version}{'-public' if figures.public else ''}",
        "description": f"Tasks that people gave the image model {figures.subject} and shared, curated by echoloop.",
        "version": figures.version,
        "license": "The posts belong to their authors and stand under the terms of their platforms.",
        "citeAs": f"{name} (echoloop release)",
        **_responsible(figures),
        "distribution": [
            *(_file(path, digest) for path, digest in sums.items()),
            *(_files(split) for split in figures.splits),
        ],
        "recordSet": [_records(split, columns) for split in figures.splits],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _responsible(figures: Figures) -> dict[str, Any]:
    collected = f"Posts from {', '.join(figures.hosts) or 'nowhere'}, found by keywords about {figures.subject} and by following their conversations."
    told: dict[str, Any] = {
        "rai:dataCollection": collected,
        "rai:dataCollectionType": ["Web Scraping", "Secondary Data analysis"],
        "rai:dataCollectionMissingData": "What left at each stage is counted by reason in datasheet.md.",
        "rai:dataPreprocessingProtocol": [
            "Near-duplicates are clustered; one of each cluster is kept.",
            "Handles of known people are masked in texts.",
        ],
        "rai:dataAnnotationProtocol": [
            "Models find tasks, pictures, screenshots and hazards; each claim is checked against the posts; people review.",
        ],
        "rai:dataBiases": bias_lines(figures),
        "rai:dataLimitations": [
            "People who post what they made are not all who use a model.",
            "Deleted posts and accounts are missing.",
        ],
        "rai:dataUseCases": ["Evaluating image models.", "Not for training."],
        "rai:dataSocialImpact": "Not measured.",
        "rai:personalSensitiveInformation": [
            "Texts and pictures of public posts may show people. Input pictures with somebody who may be under 18 wait for a person.",
            "Addresses of posts lead to their authors."
            + (" This variant holds no text of feedback and no picture." if figures.public else ""),
        ],
        "rai:dataReleaseMaintenancePlan": (
            "A version never changes. Posts that are taken back are missing from the next one; CHANGELOG.md says so."
        ),
    }
    if figures.first:
        told["rai:dataCollectionTimeframe"] = [figures.first, figures.last]
    return told


def _file(path: str, digest: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "encodingFormat": "application/x-parquet",
        "sha256": digest,
    }


def _files(split: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{split}-files",
        "name": f"{split}-files",
        "encodingFormat": "application/x-parquet",
        "includes": f"data/{split}/*.parquet",
    }


def _records(split: str, columns: tuple[Column, ...]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "field": [_field(split, column) for column in columns],
    }


def _field(split: str, column: Column) -> dict[str, Any]:
    name = f"{split}/{column.name}"
    told: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": name,
        "name": column.name,
        "description": column.says,
    }
    if column.parts:
        parts = [_part(split, column, part, kind) for part, kind in column.parts]
        return {**told, "repeated": True, "subField": parts}
    source = _source(split, column.name, "bytes" if column.kind == "image" else "")
    repeated = {"repeated": True} if column.many else {}
    return {**told, "dataType": _TYPES[column.kind], **repeated, "source": source}


def _part(split: str, column: Column, part: str, kind: Kind) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{split}/{column.name}/{part}",
        "name": part,
        "dataType": _TYPES[kind],
        "source": _source(split, column.name, part),
    }


def _source(split: str, column: str, part: str) -> dict[str, Any]:
    transform = {"transform": {"jsonPath": part}} if part else {}
    return {"fileSet": {"@id": f"{split}-files"}, "extract": {"column": column}, **transform}
