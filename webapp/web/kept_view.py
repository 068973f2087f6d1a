"""How somebody wants a list drawn: as the address says, else as it was chosen the last time, kept in a cookie."""

from dataclasses import dataclass
from typing import Final

from flask import Response, current_app, request

from webapp.config import Settings

SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class KeptView:
    """The views of a list, the first where nothing was chosen, and the cookie that keeps one for the list's path."""

    cookie: str
    views: tuple[str, ...]
    path: str

    def chosen(self) -> str:
        """Return the view that is asked for now, or was the last time."""
        for chosen in (request.args.get("view"), request.cookies.get(self.cookie)):
            if chosen in self.views:
                return chosen
        return self.views[0]

    def remember(self, answer: Response) -> Response:
        """Keep the view that was chosen for the next visit."""
        chosen = request.args.get("view")
        if chosen in self.views and chosen != request.cookies.get(self.cookie):
            settings: Settings = current_app.extensions["vitrine-settings"]
            answer.set_cookie(
                self.cookie,
                chosen,
                max_age=SECONDS,
                path=self.path,
                secure=settings.https,
                httponly=True,
                samesite="Lax",
            )
        return answer
