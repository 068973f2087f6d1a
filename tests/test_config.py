"""Settings: what is read, what is refused and how it is said."""

import multiprocessing
import os
import stat
from ipaddress import ip_network

import pytest

from webapp import config
from webapp.config import PROJECT_ROOT, ConfigError, Limits, Settings


@pytest.fixture
def settings_of(tmp_path):
    """Settings from the variables given, in a home of the test's own."""

    def read(**variables):
        environ = {"VITRINE_HOME": str(tmp_path / "home")}
        return Settings.from_environ(environ | {f"VITRINE_{name}": value for name, value in variables.items()})

    return read


def test_settings_have_defaults_for_one_machine(settings_of, tmp_path):
    settings = settings_of()

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path}/home/vitrine.db"
    assert settings.storage_url == f"file://{tmp_path}/home/media"
    assert settings.redis_url is None
    assert settings.smtp is None
    assert settings.trusted_proxies == settings.outbound_allow == ()
    assert settings.workers == len(os.sched_getaffinity(0))
    assert settings.blocking_threads == 192
    assert (settings.api_rate, settings.api_burst) == (100.0, 1000)
    assert settings.limits == Limits(image_mb=50, video_mb=2048, megapixels=100, frames=500, animation_megapixels=500)
    assert settings.https is False


def test_settings_take_every_variable(settings_of):
    settings = settings_of(
        BIND="[::1]:9000",
        BASE_URL="https://photos.example.org/",
        TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8, fd00::/8",
        DATABASE_URL="postgresql://ada:pw@db/vitrine",
        STORAGE_URL="s3://bucket/prefix",
        REDIS_URL="redis://localhost:6379/1",
        SECRET_KEY="k" * 32,
        SMTP_URL="smtp+starttls://ada%40example.org:p%2Fw@mail.example.org",
        OUTBOUND_ALLOW="127.0.0.0/8",
        WORKERS="3",
        API_RATE="2.5",
        API_BURST="0",
        MAX_IMAGE_MB="200",
        MAX_VIDEO_MB="1",
        MAX_MEGAPIXELS="24",
        MAX_FRAMES="10",
        MAX_ANIMATION_MEGAPIXELS="60",
    )

    assert (settings.host, settings.port, settings.bind) == ("::1", 9000, "[::1]:9000")
    assert settings.base_url == "https://photos.example.org"
    assert settings.https is True
    assert settings.trusted_proxies == tuple(map(ip_network, ("127.0.0.1/32", "10.0.0.0/8", "fd00::/8")))
    assert settings.database_url == "postgresql://ada:pw@db/vitrine"
    assert settings.storage_url == "s3://bucket/prefix"
    assert settings.redis_url == "redis://localhost:6379/1"
    assert settings.secret_key == "k" * 32
    assert settings.outbound_allow == (ip_network("127.0.0.0/8"),)
    assert settings.workers == 3
    assert (settings.api_rate, settings.api_burst) == (2.5, 0)
    assert settings.limits == Limits(image_mb=200, video_mb=1, megapixels=24, frames=10, animation_megapixels=60)
    smtp = settings.smtp
    assert (smtp.host, smtp.port, smtp.security) == ("mail.example.org", 587, "starttls")
    assert (smtp.username, smtp.password) == ("ada@example.org", "p/w")


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [("smtp://mail", 25, "none"), ("smtps://mail", 465, "tls"), ("smtp://u:p@mail:2525", 2525, "none")],
)
def test_smtp_address_tells_port_and_encryption(settings_of, url, port, security):
    smtp = settings_of(SMTP_URL=url).smtp

    assert (smtp.host, smtp.port, smtp.security) == ("mail", port, security)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIND", "8000"),
        ("BIND", "localhost"),
        ("BIND", "localhost:0"),
        ("BIND", "localhost:65536"),
        ("BIND", "::1:8000"),
        ("BIND", "http://localhost:8000"),
        ("BASE_URL", "photos.example.org"),
        ("BASE_URL", "ftp://photos.example.org"),
        ("BASE_URL", "https://photos.example.org/sub"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://me@photos.example.org"),
        ("BASE_URL", "https://photos.example.org:99999"),
        ("TRUSTED_PROXIES", "1"),
        ("TRUSTED_PROXIES", "proxy.example.org"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("DATABASE_URL", "mysql://db/vitrine"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "/var/lib/vitrine.db"),
        ("STORAGE_URL", "/var/lib/media"),
        ("STORAGE_URL", "s3://"),
        ("STORAGE_URL", "file://media"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
        ("SMTP_URL", "mail.example.org:25"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail/path"),
        ("OUTBOUND_ALLOW", "everything"),
        ("WORKERS", "0"),
        ("WORKERS", "65"),
        ("WORKERS", "two"),
        ("WORKERS", "٣"),
        ("WORKERS", "-1"),
        ("API_RATE", "-1"),
        ("API_RATE", "fast"),
        ("API_RATE", "1e9"),
        ("API_BURST", "1.5"),
        ("API_BURST", "٣"),
        ("MAX_IMAGE_MB", "0"),
        ("MAX_IMAGE_MB", "201"),
        ("MAX_VIDEO_MB", "2 GB"),
        ("MAX_MEGAPIXELS", "0.5"),
        ("MAX_FRAMES", "-1"),
        ("MAX_ANIMATION_MEGAPIXELS", "٣"),
    ],
)
def test_bad_value_is_refused_in_one_sentence_that_names_it(settings_of, name, value):
    with pytest.raises(ConfigError) as refused:
        settings_of(**{name: value})

    sentence = str(refused.value)
    assert sentence.startswith(f"VITRINE_{name} is ")
    assert "but it must be" in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "meant"), [("VITRINE_BIN", "VITRINE_BIND"), ("VITRINE_DATABSE_URL", "VITRINE_DATABASE_URL")]
)
def test_unknown_variable_is_refused_with_the_one_that_was_meant(name, meant):
    with pytest.raises(ConfigError, match=rf"{name} is no setting of Vitrine: did you mean {meant}\?"):
        Settings.from_environ({name: "x"})


def test_unknown_variable_far_from_all_is_refused_with_the_list():
    with pytest.raises(ConfigError, match=r"VITRINE_ZZZZ .* VITRINE_HOME, VITRINE_BIND"):
        Settings.from_environ({"VITRINE_ZZZZ": "x"})


def test_other_variables_and_empty_ones_are_left_alone(settings_of, tmp_path):
    settings = Settings.from_environ({"VITRINE_HOME": str(tmp_path), "PATH": "x", "VITRINE_BIND": ""})

    assert settings.port == 8000


@pytest.mark.parametrize(("bind", "opened"), [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:8080", "[::1]:8080")])
def test_base_url_of_every_address_is_one_that_opens(settings_of, bind, opened):
    assert settings_of(BIND=bind).base_url == f"http://{opened}"


def test_home_of_a_checkout_is_instance(monkeypatch, tmp_path):
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(config, "PROJECT_ROOT", tmp_path)

    assert Settings.from_environ({}).home == tmp_path / "instance"


def test_installed_package_must_be_told_its_home(monkeypatch, tmp_path):
    monkeypatch.setattr(config, "PROJECT_ROOT", tmp_path)

    with pytest.raises(ConfigError, match="VITRINE_HOME is not set"):
        Settings.from_environ({})


def test_relative_home_is_below_the_folder_of_the_command(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert Settings.from_environ({"VITRINE_HOME": "mine"}).home == tmp_path / "mine"


def test_home_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="must be a folder"):
        Settings.from_environ({"VITRINE_HOME": str(tmp_path / "file")})


def test_home_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="cannot be made: Not a directory"):
        Settings.from_environ({"VITRINE_HOME": str(tmp_path / "file" / "home")})


def test_secret_key_is_made_once_for_its_owner_alone(settings_of, tmp_path):
    first, second = settings_of(), settings_of()

    kept = tmp_path / "home" / "secret_key"
    assert first.secret_key == second.secret_key == kept.read_text().strip()
    assert len(first.secret_key) >= 64
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret_key"]


def test_secret_keys_of_two_homes_differ(tmp_path):
    keys = {Settings.from_environ({"VITRINE_HOME": str(tmp_path / name)}).secret_key for name in "ab"}

    assert len(keys) == 2


def test_many_first_starts_at_once_agree_on_one_key(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(secret_of, [str(tmp_path)] * 16)

    assert len(set(keys)) == 1


def secret_of(home):
    return Settings.from_environ({"VITRINE_HOME": home}).secret_key


def test_secret_key_comes_from_the_file_named(settings_of, tmp_path):
    (tmp_path / "key").write_text("s" * 40 + "\n")

    assert settings_of(SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == "s" * 40
    assert not (tmp_path / "home" / "secret_key").exists()


def test_two_secret_keys_are_refused(settings_of, tmp_path):
    with pytest.raises(ConfigError, match="both set"):
        settings_of(SECRET_KEY="k" * 32, SECRET_KEY_FILE=str(tmp_path))


def test_short_secret_key_is_refused_and_not_shown(settings_of):
    with pytest.raises(ConfigError, match="VITRINE_SECRET_KEY holds a secret key of 31 characters") as refused:
        settings_of(SECRET_KEY="q" * 31)

    assert "qq" not in str(refused.value)


def test_damaged_secret_key_of_the_home_is_refused_not_replaced(settings_of, tmp_path):
    settings_of()
    (tmp_path / "home" / "secret_key").write_text("")

    with pytest.raises(ConfigError, match="secret_key holds a secret key of 0 characters"):
        settings_of()


def test_missing_secret_key_file_is_refused(settings_of, tmp_path):
    with pytest.raises(ConfigError, match=r"gone: No such file or directory\."):
        settings_of(SECRET_KEY_FILE=str(tmp_path / "gone"))


def test_secret_key_file_that_is_no_text_is_refused(settings_of, tmp_path):
    (tmp_path / "key").write_bytes(b"\xff" * 40)

    with pytest.raises(ConfigError, match="it is not text"):
        settings_of(SECRET_KEY_FILE=str(tmp_path / "key"))


def test_settings_show_no_secret(settings_of):
    settings = settings_of(
        SECRET_KEY="k" * 32,
        DATABASE_URL="postgresql://ada:hush@db/vitrine",
        SMTP_URL="smtp://ada:hush@mail",
        REDIS_URL="redis://:hush@localhost",
    )

    assert "hush" not in repr(settings)
    assert "kkk" not in repr(settings)


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "STORAGE_URL", "SMTP_URL", "BASE_URL"])
def test_refused_address_is_shown_without_its_password(settings_of, name):
    with pytest.raises(ConfigError) as refused:
        settings_of(**{name: "weird://ada:hush@host/place"})

    assert "hush" not in str(refused.value)
    assert "host/place" in str(refused.value)


def test_workers_are_counted_where_the_system_does_not_tell_which_cores_are_ours(settings_of, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)

    assert settings_of().workers == 3


def test_settings_are_frozen(settings_of):
    with pytest.raises(AttributeError):
        settings_of().port = 1


def test_checkout_is_found():
    assert (PROJECT_ROOT / "webapp" / "config.py").is_file()
