"""The command `routes`: every route, its methods, its door and who may use it."""

import click

from webapp import create_app, doors


@click.command()
def routes() -> None:
    """List each route: methods, address, door, permission."""
    app = create_app()
    rows = sorted(
        (rule.rule, ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})), rule.endpoint)
        for rule in app.url_map.iter_rules()
    )
    for path, methods, endpoint in rows:
        door, permission = doors.door_of(app, endpoint).name, doors.permission_of(app, endpoint)
        click.echo(f"{methods}\t{path}\t{door}\t{permission}")
