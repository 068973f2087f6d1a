"""The command `words`: the catalogues of the interface, brought in step with the code."""

import click

from webapp import catalogues
from webapp.config import PROJECT_ROOT


@click.command()
def words() -> None:
    """Find all words of the interface, renew its catalogues, and say how many wait for a translator."""
    if not (PROJECT_ROOT / "templates").is_dir():
        raise click.ClickException("The words are found in the source of Vitrine, not in the installed package.")
    for code in catalogues.TRANSLATED:
        click.echo(f"{code}: {catalogues.renew(code)} to translate")
