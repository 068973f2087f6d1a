"""JSON Schema in words and in samples: what a value is, what stands in it, and one that could be sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]

DEEPEST: Final = 4
"""How far into values that stand in values."""
ID: Final = "3f0c8a52-6f0e-4b0c-9d57-0e6b1f1c2a34"
SAMPLES: Final[dict[str, Any]] = {
    "id": ID,
    "categoryUri": "/api/categories/trips",
    "username": "you@example.org",
    "slug": "summer-by-the-lake",
    "title": "Summer by the lake",
    "name": "Summer by the lake",
    "email": "you@example.org",
    "password": "…",
    "code": "fr",
    "url": "https://example.org/lake.jpg",
    "filename": "lake.jpg",
    "caption": "The lake at noon",
    "description": "Pictures of a long day",
}
FORMATS: Final = {
    "uuid": ID,
    "date-time": "2026-06-21T12:00:00Z",
    "date": "2026-06-21",
    "uri": "https://example.org/",
}
LIMITS: Final = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "minimum": "from {}",
    "ge": "from {}",
    "maximum": "to {}",
    "le": "to {}",
    "pattern": "matches {}",
}


@dataclass(frozen=True, kw_only=True)
class Property:
    """What stands in a value under a name."""

    name: str
    kind: str
    required: bool
    limits: str
    inside: tuple["Property", ...] = ()


class Schemas:
    """Reads the schemas of one document."""

    def __init__(self, document: Schema) -> None:
        self.named: Schema = document.get("components", {}).get("schemas", {})

    def resolved(self, schema: Schema) -> Schema:
        """Follow a reference."""
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.named.get(name, {}) if name else schema

    def kind(self, schema: Schema) -> str:
        """Say what a value is: "string (uuid)", "array of Item", "draft | published"."""
        several = schema.get("anyOf") or schema.get("oneOf")
        if several:
            return " or ".join(dict.fromkeys(self.kind(each) for each in several))
        if "enum" in schema or "const" in schema:
            return " | ".join(str(each) for each in schema.get("enum", [schema.get("const")]))
        if "$ref" in schema:
            found = self.resolved(schema)
            return schema["$ref"].rpartition("/")[2] if "properties" in found else self.kind(found)
        if schema.get("type") == "array":
            return f"array of {self.kind(schema.get('items', {}))}"
        made = schema.get("type", "any value")
        words = " or ".join(made) if isinstance(made, list) else str(made)
        return f"{words} ({schema['format']})" if "format" in schema else words

    def limits(self, schema: Schema) -> str:
        """Say what a value has to keep to."""
        parts = [schema, *schema.get("anyOf", ())]
        said = [words.format(part[name]) for part in parts for name, words in LIMITS.items() if name in part]
        default = schema.get("default")
        return ", ".join([*said, f"default {default}"] if default not in (None, [], {}) else said)

    def properties(self, schema: Schema, deep: int = 0) -> tuple[Property, ...]:
        """List what stands in an object, in the objects of a list, or in the first object that it may be."""
        found = self._object(schema)
        if found is None or deep >= DEEPEST:
            return ()
        required = found.get("required", ())
        return tuple(
            Property(
                name=name,
                kind=self.kind(each),
                required=name in required,
                limits=self.limits(each),
                inside=self.properties(each, deep + 1),
            )
            for name, each in found["properties"].items()
        )

    def sample(self, schema: Schema, *, name: str = "", whole: bool = False, deep: int = 0) -> Any:
        """Make a value that could stand there; `whole` with all that may be in it, else with what must."""
        schema = self.resolved(schema)
        if schema.get("examples"):
            return schema["examples"][0]
        if several := schema.get("anyOf") or schema.get("oneOf"):
            return self.sample(several[0], name=name, whole=whole, deep=deep)
        if "enum" in schema or "const" in schema:
            return schema.get("const", next(iter(schema.get("enum", ())), None))
        if schema.get("type") == "array":
            inner = self.sample(schema.get("items", {}), name=name.removesuffix("s"), whole=whole, deep=deep + 1)
            return [inner] if deep < DEEPEST else []
        if "properties" in schema:
            return self._object_sample(schema, whole=whole, deep=deep) if deep < DEEPEST else {}
        return _plain(schema, name)

    def _object(self, schema: Schema) -> Schema | None:
        for each in self._leaves(schema):
            if "properties" in each:
                return each
        return None

    def _leaves(self, schema: Schema) -> Iterator[Schema]:
        found = self.resolved(schema)
        if found.get("type") == "array":
            yield from self._leaves(found.get("items", {}))
        elif several := found.get("anyOf") or found.get("oneOf"):
            for each in several:
                yield from self._leaves(each)
        else:
            yield found

    def _object_sample(self, schema: Schema, *, whole: bool, deep: int) -> dict[str, Any]:
        wanted = schema["properties"] if whole else schema.get("required") or list(schema["properties"])[:1]
        return {
            name: self.sample(schema["properties"][name], name=name, whole=whole, deep=deep + 1) for name in wanted
        }


def _plain(schema: Schema, name: str) -> Any:
    """Make a value that has none within."""
    if schema.get("default") is not None:
        return schema["default"]
    kind = schema.get("type")
    first = kind[0] if isinstance(kind, list) else kind
    if first == "string":
        return FORMATS.get(schema.get("format", "")) or SAMPLES.get(name, "text")
    return {"integer": 1, "number": 1.0, "boolean": True, "object": {}}.get(first or "")
