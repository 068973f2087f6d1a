"""Site Search over the Wix dialect: the items of the site as documents of the type PROGALLERY_ITEM (contract §1.4).

The path is ours, for no client or page says Wix's: `POST /site-search/v1/search`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from flask import Response
from pydantic import BaseModel, Field

from webapp.api.kinds import LARGEST, STORABLE, Number
from webapp.api.operations import Fault, Routes, fault
from webapp.api.wix import answers, shapes
from webapp.api.wix.routing import Violations, other
from webapp.domain import site_search
from webapp.domain.search import QUERY
from webapp.domain.site_search import OPERATORS, SEARCHED, Compound, Condition, Document
from webapp.doors import SIGNED_IN, actor

TYPE: Final = "PROGALLERY_ITEM"
COMPOUNDS: Final = {"$and": "and", "$or": "or", "$not": "not"}
ALIASES: Final = {"gte": "ge", "lte": "le"}
"""Wix's query language and the seed spell two operators differently."""

MOST_CONDITIONS: Final = 100
ROUTES: Final = Routes(other, Violations)


class Paging(BaseModel):
    """A window of what is found."""

    offset: Annotated[Number, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[Number, Field(ge=1, le=100)] = 50


class Expression(BaseModel):
    """Words that all have to be there, and the fields to look for them in; none means all."""

    fields: list[str] = []
    expression: Annotated[str, Field(max_length=QUERY), STORABLE] = ""


class Search(BaseModel):
    """What is searched for."""

    filter: dict[str, Any] = {}
    aggregations: list[Any] = []
    sort: list[Any] = []
    search: Expression = Expression()
    paging: Paging = Paging()


class SearchRequest(BaseModel):
    """What is searched for, among documents of which type."""

    documentType: str  # noqa: N815
    search: Search = Search()


@ROUTES.route("POST", "/site-search/v1/search", SIGNED_IN, answer=shapes.Documents)
def search_site(body: SearchRequest) -> Response:
    """Search the Site"""
    faults = _refused(body)
    reader = _Reader()
    condition = reader.read(body.search.filter, ("search", "filter"))
    if faults or reader.faults:
        raise Violations([*faults, *reader.faults])
    window, words = body.search.paging, body.search.search
    found = site_search.find(
        words.expression,
        actor=actor(),
        fields=words.fields or SEARCHED,
        condition=condition,
        skip=window.offset,
        limit=window.limit,
    )
    rows = [_document(each) for each in found.documents]
    return answers.send(
        {
            "documents": rows,
            "pagingMetadata": {"count": len(rows), "offset": window.offset, "total": found.total},
        }
    )


def _document(found: Document) -> dict[str, Any]:
    return {
        "documentType": TYPE,
        "id": str(found.id),
        "title": found.title,
        "description": found.description,
        "isVideo": found.is_video,
        "galleryId": str(found.gallery_id),
    }


def _refused(body: SearchRequest) -> list[Fault]:
    """Return what the seed says cannot be had: other types, sorting, facets, words in other fields."""
    found = []
    if body.documentType != TYPE:
        found.append(_fault(("documentType",), f"The only document type is {TYPE}.", body.documentType))
    if body.search.sort:
        found.append(_fault(("search", "sort"), "No field of this document type can be sorted.", body.search.sort))
    if body.search.aggregations:
        said = "No field of this document type can be faceted."
        found.append(_fault(("search", "aggregations"), said, body.search.aggregations))
    for nth, name in enumerate(body.search.search.fields):
        if name not in SEARCHED:
            said = "Only title and description can be searched."
            found.append(_fault(("search", "search", "fields", nth), said, name))
    return found


class _Reader:
    """Reads the filter's language, noting all that is wrong with it."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.count = 0

    def read(self, said: Mapping[str, Any], loc: tuple[str | int, ...]) -> Condition | Compound | None:
        """Return a filter as one condition, None where it asks for nothing."""
        parts = [part for name, value in said.items() for part in self._part(name, value, (*loc, name))]
        return Compound("and", parts) if parts else None

    def _part(self, name: str, value: Any, loc: tuple[str | int, ...]) -> Sequence[Condition | Compound]:
        if name in COMPOUNDS:
            return self._compound(name, value, loc)
        if name not in OPERATORS:
            self._note(loc, "This field cannot be filtered.", value)
            return ()
        asked = value if isinstance(value, dict) else {"$eq": value}
        return [found for word, given in asked.items() if (found := self._condition(name, word, given, loc))]

    def _compound(self, name: str, value: Any, loc: tuple[str | int, ...]) -> Sequence[Condition | Compound]:
        parts = value if isinstance(value, list) else [value] if name == "$not" else None
        if not parts or not all(isinstance(each, dict) and each for each in parts):
            self._note(loc, "This takes a list of filters.", value)
            return ()
        read = [self.read(each, (*loc, nth)) for nth, each in enumerate(parts)]
        found = [each for each in read if each is not None]
        return [Compound(COMPOUNDS[name], found)] if found else ()

    def _condition(self, name: str, word: str, value: Any, loc: tuple[str | int, ...]) -> Condition | None:
        self.count += 1
        operator = ALIASES.get(word.removeprefix("$"), word.removeprefix("$"))
        if operator not in OPERATORS[name] or not word.startswith("$"):
            self._note((*loc, word), f"The operators of this field are {_listed(name)}.", value)
        elif not _fits(name, operator, value):
            self._note((*loc, word), "This is no value of this field.", value)
        elif self.count > MOST_CONDITIONS:
            self._note(("search", "filter"), f"A filter has at most {MOST_CONDITIONS} conditions.", self.count)
        else:
            return Condition(name, operator, value)
        return None

    def _note(self, loc: tuple[str | int, ...], message: str, given: Any) -> None:
        self.faults.append(_fault(loc, message, given))


def _fits(name: str, operator: str, value: Any) -> bool:
    if name == "isVideo":
        return isinstance(value, bool)
    many = value if operator == "in" else [value]
    if not isinstance(many, list) or len(many) > MOST_CONDITIONS:
        return False
    return all(isinstance(each, str) and "\x00" not in each for each in many)


def _listed(name: str) -> str:
    return ", ".join(f"${each}" for each in OPERATORS[name])


def _fault(loc: tuple[str | int, ...], message: str, given: Any) -> Fault:
    return fault("invalid", ("body", *loc), message, given)
