"""The broker's address."""

import pytest

from core.mqtt import address


def test_an_address_has_defaults() -> None:
    """The port is 1883 and nobody logs in."""
    assert address("mqtt://broker") == {
        "hostname": "broker", "port": 1883, "username": None, "password": None,
        "transport": "tcp",
    }  # fmt: skip


def test_a_password_may_hold_any_character() -> None:
    """Written as URLs write it."""
    assert address("mqtt://li%40ng:p%2Fw@10.0.0.1:8883") == {
        "hostname": "10.0.0.1", "port": 8883, "username": "li@ng", "password": "p/w",
        "transport": "tcp",
    }  # fmt: skip


def test_a_socket_of_the_file_system_is_named_by_its_path() -> None:
    """There nobody logs in: the folder says who may."""
    assert address("mqtt+unix:///run/li%20ng/broker.sock") == {
        "hostname": "/run/li ng/broker.sock", "port": 1883, "username": None, "password": None,
        "transport": "unix",
    }  # fmt: skip


@pytest.mark.parametrize(
    "url", ["", "mqtt+unix:", "broker:1883", "mqtts://broker", "mqtt://", "http://broker"]
)
def test_another_address_is_refused_with_an_example(url: str) -> None:
    """The message says how it must look and does not repeat a password."""
    with pytest.raises(ValueError, match=r"LINLING_MQTT_URL must look like mqtt://host:1883"):
        address(url)
