"""Settings from the environment (`LINLING_…`, nested with `__`); names are fixed in the README."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.crypto import Keyring


class MissingKeysError(RuntimeError):
    """Refuse to start without keys, and say how to get some."""


class MissingAddressError(RuntimeError):
    """Refuse to start without a server's address, and say where it comes from."""


class Wechat(BaseModel):
    """A service account (or, without the templates, a mini-program's customer service).

    `alarm_template` is a template message's id, `notice_template` a 订阅通知's: what still reaches
    a person whose message window is closed.
    """

    appid: str = ""
    secret: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    aes_key: SecretStr = SecretStr("")
    api_base: str = "https://api.weixin.qq.com"
    alarm_template: str = ""
    notice_template: str = ""

    @property
    def on(self) -> bool:
        """Tell whether the channel is configured."""
        return bool(self.appid and self.token.get_secret_value())


class Wecom(BaseModel):
    """An application of WeChat Work; `accounts` is how many members the company may have."""

    corp_id: str = ""
    agent_id: int = 0
    secret: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    aes_key: SecretStr = SecretStr("")
    accounts: int = Field(default=200, ge=1)
    api_base: str = "https://qyapi.weixin.qq.com"

    @property
    def on(self) -> bool:
        """Tell whether the channel is configured."""
        return bool(self.corp_id and self.aes_key.get_secret_value())


class Telegram(BaseModel):
    """A bot; `polling` needs no public address, `webhook` needs the secret that Telegram echoes."""

    token: SecretStr = SecretStr("")
    api_base: str = "https://api.telegram.org"
    webhook_secret: SecretStr = SecretStr("")
    mode: Literal["webhook", "polling"] = "polling"

    @property
    def on(self) -> bool:
        """Tell whether the channel is configured."""
        return bool(self.token.get_secret_value())


class Ctwing(BaseModel):
    """HTTP pushes of 天翼物联 AEP, which signs nothing: it can only be told a secret address.

    `token` comes in the address as `?token=…`, or in the header of that name.
    """

    token: SecretStr = SecretStr("")
    header: str = ""

    @property
    def on(self) -> bool:
        """Tell whether pushes are taken."""
        return bool(self.token.get_secret_value())


class Onenet(BaseModel):
    """HTTP pushes of OneNET, signed with `token`; with `signed` off it comes as `?token=…`."""

    token: SecretStr = SecretStr("")
    signed: bool = True

    @property
    def on(self) -> bool:
        """Tell whether pushes are taken."""
        return bool(self.token.get_secret_value())


class Frigate(BaseModel):
    """The recorder of the cameras; `base_url` is its own address, for the pictures of its events."""

    base_url: str = ""


class Tiles(BaseModel):
    """Pictures below the map, in WGS-84, from a server of one's own; none without an address."""

    url: str = Field(default="", pattern=r"^(https?://[^/{}?#]+/.*\{z\}.*)?$")
    attribution: str = ""

    @property
    def origin(self) -> str:
        """Name the host that a page may then ask, empty for none."""
        return "/".join(self.url.split("/")[:3])


class Asr(BaseModel):
    """A speech endpoint with the interface of OpenAI's `/audio/transcriptions`."""

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = ""


class Settings(BaseSettings):
    """Read once at start-up; an empty URL means: use the embedded server."""

    model_config = SettingsConfigDict(
        env_prefix="LINLING_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path = Path(".linling")
    database_url: str = ""
    redis_url: str = ""
    mqtt_url: str = ""
    base_url: str = ""
    secret_key: SecretStr = SecretStr("")
    data_keys: SecretStr = SecretStr("")
    timezone: str = "Asia/Shanghai"
    region: str = ""
    community: str = "default"
    demo: bool = False
    phones_url: str = ""
    log_level: str = "INFO"
    worker_port: int = 0
    wechat: Wechat = Wechat()
    miniprogram: Wechat = Wechat()
    wecom: Wecom = Wecom()
    telegram: Telegram = Telegram()
    asr: Asr = Asr()
    frigate: Frigate = Frigate()
    tiles: Tiles = Tiles()
    ctwing: Ctwing = Ctwing()
    onenet: Onenet = Onenet()

    def require_addresses(self, *names: str) -> None:
        """Raise MissingAddressError naming the first address that is empty."""
        for name in names:
            if not getattr(self, name):
                raise MissingAddressError(
                    f"LINLING_{name.upper()} is not set. `./dev demo` starts embedded servers and "
                    "sets it; a deployment names its own."
                )

    @cached_property
    def keyring(self) -> Keyring:
        """Build the keyring.

        Raises MissingKeysError when SECRET_KEY or DATA_KEYS is empty, ValueError when DATA_KEYS
        is not `1:<base64 of 32 bytes>,2:…`.
        """
        if not self.secret_key.get_secret_value() or not self.data_keys.get_secret_value():
            raise MissingKeysError(
                "LINLING_SECRET_KEY and LINLING_DATA_KEYS are not set. "
                "Run `python -m ops keys` to make a pair, put them into the environment "
                "and keep a copy in a safe place: without them the data cannot be read."
            )
        return Keyring.parse(self.data_keys.get_secret_value())
