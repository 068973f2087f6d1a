"""What every test may use; each plugin says what it brings."""

pytest_plugins = [
    "tests.fixtures.lanes",
    "tests.fixtures.postgres",
    "tests.fixtures.databases",
    "tests.fixtures.beginnings",
    "tests.fixtures.app",
    "tests.fixtures.editing",
    "tests.fixtures.servers",
    "tests.fixtures.chromium",
    "tests.fixtures.house",
    "tests.fixtures.buckets",
    "tests.fixtures.redis",
    "tests.fixtures.node",
]
