"""One small frozen object: defaults, then `assistant.toml` in this folder, then ASSISTANT_* variables."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import UserError

TOML_FILE = "assistant.toml"


class Settings(BaseSettings):
    """Every choice a user can make; steps of the program take plain arguments and never see this object."""

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", frozen=True, extra="forbid", toml_file=TOML_FILE, env_ignore_empty=True
    )

    corpus: Path = Field(Path("corpus"), description="Folder (or one .jsonl file) of source documents")
    index: Path = Field(Path("index"), description="Folder of the built index")
    evaluations: Path = Field(
        Path("evaluations"), description="Folder of kept eval runs and cases from feedback"
    )
    pdf_passwords: Path | None = Field(None, description="Text file of passwords of PDFs, one a line")
    ocr: bool = Field(default=False, description="Recognise the words of scanned PDFs; needs the extra `ocr`")
    file_timeout: float = Field(60, gt=0, description="Seconds that reading one file may take")
    embedding_model: str = Field(
        "packaged", description="'packaged', or a sentence-transformers folder or name"
    )
    reader: str = Field(
        "packaged", description="'packaged', 'small' (quicker, right less often), or a model's folder or name"
    )
    vector_cache_mb: int = Field(1000, ge=0, description="Megabytes of vectors kept, to embed no text again")
    chroma_url: str | None = Field(None, description="http://HOST:PORT of a Chroma server; none: embedded")
    model: str | None = Field(None, description="Chat model, PROVIDER:NAME; none: answers are quoted")
    model_url: str | None = Field(None, description="Address of an OpenAI-compatible server")
    model_timeout: float = Field(120, gt=0, description="Seconds that a reply of the chat model may take")
    model_context: int = Field(700, ge=50, description="Tokens of evidence that the chat model is given")
    answers_kept: int = Field(1000, ge=0, description="Answers recorded for `assistant replay`; 0: none")
    host: str = Field("127.0.0.1", description="Address the page is served at")
    port: int = Field(7860, ge=1, le=65535, description="Port the page is served at")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Names the page is called by, besides `host` and this machine's own; between commas"
    )
    password: SecretStr | None = Field(None, description="What must be given to open the page")
    password_file: Path | None = Field(None, description="File of its hash, made by `assistant password`")
    behind_proxy: bool = Field(
        default=False, description="A proxy signs users in, and names them in a header"
    )
    proxy_user_header: str = Field("X-Forwarded-User", min_length=1, description="The header that names them")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _between_commas(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**options: object) -> Settings:
    """Settings with the command line's options on top; None means that an option was not given."""
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"The setting {name!r} is invalid: {first['msg']}. "
            f"Check {TOML_FILE}, the ASSISTANT_* variables and the command line."
        ) from error
    except ValueError as error:  # tomllib's error is a ValueError
        raise UserError(f"{TOML_FILE} cannot be read: {error}.") from error
