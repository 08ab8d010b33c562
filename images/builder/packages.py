"""How this machine reaches packages: commands of a build need to know, and no image keeps it."""

from __future__ import annotations

import configparser
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from images.builder.steps import PROXIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CA_IN_BUILD", "proxies", "secrets"]

CA_IN_BUILD = "/run/secrets/ca.crt"
"""Where recipes see the certificate authorities of this machine."""
_OPTIONS = ("index-url", "extra-index-url", "trusted-host", "timeout", "retries", "proxy")


def proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies of this machine: every builder hands them to commands."""
    names = (*PROXIES, *(name.lower() for name in PROXIES))
    return {name: environ[name] for name in names if environ.get(name)}


def secrets(folder: Path, environ: Mapping[str, str]) -> dict[str, Path]:
    """Return the secrets `ca` and `pip` of recipes; the URL of an index may hold a password."""
    found: dict[str, Path] = {}
    authorities = _authorities(environ)
    options = _pip_options(environ)
    if authorities:
        found["ca"] = authorities
        options["cert"] = CA_IN_BUILD
    if options:
        found["pip"] = folder / "pip.conf"
        entries = (f"{name} = {value}".replace("\n", "\n  ") for name, value in options.items())
        found["pip"].touch(mode=0o600)
        found["pip"].write_text("\n".join(["[global]", *entries, ""]), encoding="utf-8")
    return found


def _authorities(environ: Mapping[str, str]) -> Path | None:
    default = ssl.get_default_verify_paths()
    named = (environ.get(name) for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"))
    for name in (*named, default.cafile, default.openssl_cafile):
        if name and Path(name).is_file():
            return Path(name)
    return None


def _pip_options(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the options of pip on this machine that hold anywhere: files first, then variables."""
    found: dict[str, str] = {}
    for file in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(file)
        except (OSError, configparser.Error):
            continue  # pip itself says what is wrong with it
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {k: v for k, v in parser.items(section) if k in _OPTIONS}
    for option in _OPTIONS:
        variable = f"PIP_{option.replace('-', '_').upper()}"
        if value := environ.get(variable):
            found[option] = value
    if timeout := environ.get("PIP_DEFAULT_TIMEOUT"):
        found["timeout"] = timeout
    return found


def _pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME") or Path.home())
    yield Path("/etc/pip.conf")
    yield home / ".pip" / "pip.conf"
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    if named := environ.get("PIP_CONFIG_FILE"):
        yield Path(named)
