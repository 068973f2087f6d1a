"""The same request for three hands: curl, JavaScript's fetch, and Python's httpx."""

import json
import pprint
from dataclasses import dataclass
from typing import Any, Final

MULTIPART: Final = "multipart/form-data"
KEY: Final = "vk_…"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request: `scheme` is what stands before the key, None where none is needed; `part` is a form's file."""

    method: str
    url: str
    scheme: str | None
    media_type: str = ""
    body: Any = None
    part: str = "file"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that it has to have."""
        made = {} if self.scheme is None else {"Authorization": f"{self.scheme}{KEY}"}
        if self.media_type and self.media_type != MULTIPART:
            made["Content-Type"] = self.media_type
        return made


def all_of(asked: Asked) -> dict[str, str]:
    """Write a request in each language, by the language's name."""
    return {"curl": curl(asked), "JavaScript": javascript(asked), "Python": python(asked)}


def curl(asked: Asked) -> str:
    """Write it for a shell."""
    lines = [f"curl -X {asked.method} '{asked.url}'"]
    lines += [f"-H '{name}: {value}'" for name, value in asked.headers.items()]
    if asked.media_type == MULTIPART:
        lines.append(f"-F '{asked.part}=@lake.jpg'")
    elif asked.media_type:
        told = json.dumps(asked.body, indent=2, ensure_ascii=False).replace("'", "'\\''")
        lines.append(f"-d '{told}'")
    return " \\\n  ".join(lines)


def javascript(asked: Asked) -> str:
    """Write it for browsers, Node and Deno."""
    options = [f'method: "{asked.method}"']
    if asked.headers:
        options.append(f"headers: {json.dumps(asked.headers, ensure_ascii=False)}")
    before = ""
    if asked.media_type == MULTIPART:
        before = f'const body = new FormData();\nbody.append("{asked.part}", file);\n\n'
        options.append("body")
    elif asked.media_type:
        told = json.dumps(asked.body, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        options.append(f"body: JSON.stringify({told})")
    inside = "".join(f"  {option},\n" for option in options)
    return (
        f'{before}const answer = await fetch("{asked.url}", {{\n{inside}}});\n'
        "console.log(answer.status, await answer.text());"
    )


def python(asked: Asked) -> str:
    """Write it for httpx."""
    told = [f'"{asked.method}"', f'"{asked.url}"']
    if "Authorization" in asked.headers:
        told.append(f'headers={{"Authorization": "{asked.headers["Authorization"]}"}}')
    if asked.media_type == MULTIPART:
        told.append(f'files={{"{asked.part}": open("lake.jpg", "rb")}}')
    elif asked.media_type:
        body = pprint.pformat(asked.body, sort_dicts=False, width=76).replace("\n", "\n    ")
        told.append(f"json={body}")
    inside = "".join(f"    {each},\n" for each in told)
    return f"import httpx\n\nanswer = httpx.request(\n{inside})\nprint(answer.status_code, answer.text)"
