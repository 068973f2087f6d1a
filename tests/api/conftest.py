"""What tests of every dialect need: keys, and the domain behind the doors."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from webapp.domain import keys
from webapp.domain.models import User
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.db import db


def add_key(app: Flask, person: Actor, *permissions: str) -> str:
    """Make a key with some of somebody's permissions, or all."""
    with app.app_context(), transaction():
        user = db.session.get(User, person.id)
        return keys.add(user, name="a program", permissions=permissions or None, actor=person)[1]


@pytest.fixture
def make_key(app: Flask) -> Callable[..., str]:
    """Make keys with some of somebody's permissions, or all."""

    return lambda person, *permissions: add_key(app, person, *permissions)


@pytest.fixture
def in_domain(app: Flask) -> Callable[..., Any]:
    """Do something in the domain, in a transaction, as another door would."""

    def do(deed: Callable[..., Any], *args: Any, **options: Any) -> Any:
        with app.app_context(), transaction():
            return deed(*args, **options)

    return do
