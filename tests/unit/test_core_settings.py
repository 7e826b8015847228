"""Settings: the names in the environment, and what is said when keys are missing."""

from pathlib import Path

import pytest

from core.settings import MissingKeysError, Settings

KEYS = {"secret_key": "s", "data_keys": "1:" + "A" * 43 + "="}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an environment that names nothing of ours."""
    import os

    for name in [name for name in os.environ if name.startswith("LINLING_")]:
        monkeypatch.delenv(name)


def test_without_any_variable_everything_is_embedded() -> None:
    """Empty addresses mean embedded servers, the data stands beside the code."""
    settings = Settings()
    assert settings.home == Path(".linling")
    assert (settings.database_url, settings.redis_url, settings.mqtt_url) == ("", "", "")
    assert settings.timezone == "Asia/Shanghai"
    assert settings.demo is False


def test_names_in_the_environment_begin_with_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the README's table."""
    monkeypatch.setenv("LINLING_HOME", "data")
    monkeypatch.setenv("LINLING_MQTT_URL", "mqtt://broker:1883")
    monkeypatch.setenv("LINLING_DEMO", "1")
    monkeypatch.setenv("HOME_URL", "x")
    settings = Settings()
    assert settings.home == Path("data")
    assert settings.mqtt_url == "mqtt://broker:1883"
    assert settings.demo is True


def test_parts_of_a_name_are_divided_by_two_underscores() -> None:
    """A channel's settings are a group of their own: LINLING_TELEGRAM__TOKEN."""
    assert Settings.model_config["env_prefix"] == "LINLING_"
    assert Settings.model_config["env_nested_delimiter"] == "__"


def test_settings_do_not_change() -> None:
    """What was read at the start holds."""
    with pytest.raises(ValueError, match="frozen"):
        Settings().home = Path("elsewhere")  # type: ignore[misc]


@pytest.mark.parametrize("missing", ["secret_key", "data_keys"])
def test_missing_keys_are_named_with_the_way_to_get_some(missing: str) -> None:
    """A process does not start without them, and says what to run."""
    settings = Settings(**{**KEYS, missing: ""})  # type: ignore[arg-type]
    with pytest.raises(MissingKeysError) as raised:
        _ = settings.keyring
    assert "LINLING_SECRET_KEY and LINLING_DATA_KEYS" in str(raised.value)
    assert "python -m ops keys" in str(raised.value)


def test_keys_open_the_keyring() -> None:
    """Both set: the ring seals."""
    ring = Settings(**KEYS).keyring  # type: ignore[arg-type]
    assert ring.open(ring.seal(b"x", "person.name"), "person.name") == b"x"


def test_keys_are_not_shown() -> None:
    """Printing the settings, as a traceback does, shows no key."""
    shown = repr(Settings(**KEYS))  # type: ignore[arg-type]
    assert KEYS["data_keys"] not in shown
    assert "secret_key=SecretStr('**********')" in shown
