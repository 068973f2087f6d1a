"""What can go wrong with an exchange outside."""

from webapp.infra.saying import Refusal


class Outside(Refusal):
    """The exchange did not come about; `later` says whether trying again may help."""

    later = True


class Refused(Outside):
    """The address may not be called, or answers as nobody may who is called."""

    later = False


class Unreachable(Outside):
    """Nobody answered, or not in time."""
