"""The environment of Terraform and its providers: what they need of ours, and nothing else.

Named one by one, because each process of theirs inherits it: a token that QHub is given for
something else has no business there. Secret values are in `TF_VAR_*` of declared variables alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["base", "for_stage"]

_NAMES = frozenset(
    [
        *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_ALL", "TZ"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
        *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("GOGC", "GOMEMLIMIT", "GOMAXPROCS"),  # how much memory and processors it may take
        *("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"),
        *("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",),
    ]
)
# Accounts of clouds, which backends and the commands of a kubeconfig log in with; their settings.
_PREFIXES = (
    *("AWS_", "GOOGLE_", "GCLOUD_", "CLOUDSDK_", "USE_GKE_", "ARM_", "AZURE_", "AAD_"),
    *("DIGITALOCEAN_", "SPACES_", "TF_REGISTRY_", "TF_TOKEN_", "XDG_"),
)
# Relative to where qhub was started; Terraform is started in the folder of a stage.
_FILES = frozenset(
    [
        *("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("GOOGLE_APPLICATION_CREDENTIALS", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
        *("AWS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AZURE_FEDERATED_TOKEN_FILE"),
        *("ARM_OIDC_TOKEN_FILE_PATH", "ARM_CLIENT_CERTIFICATE_PATH"),
    ]
)
# Terraform's providers listen on Unix sockets there, whose paths have 107 characters at most.
_LONGEST_TMPDIR = 80


def base(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what every run of Terraform gets."""
    kept = {
        name: str(Path(value).absolute()) if name in _FILES else value
        for name, value in environ.items()
        if (name in _NAMES or name.startswith(_PREFIXES)) and value
    }
    if len(kept.get("TMPDIR", "")) > _LONGEST_TMPDIR:
        del kept["TMPDIR"]
    return kept | {
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def for_stage(
    environ: Mapping[str, str],
    *,
    data: Path,
    kubeconfigs: Sequence[Path],
    context: str,
    declared: Collection[str],
    values: Mapping[str, str],
) -> dict[str, str]:
    """Return the whole environment of Terraform in one stage.

    `data` is where it keeps its working files. `kubeconfigs` and `context` say which cluster is
    meant, whatever else of the kind is set. `declared` are the stage's variables: of those, what
    the user has set is kept; `values` (name → value) wins.
    """
    wanted = {f"TF_VAR_{name}" for name in declared}
    given = {name: value for name, value in environ.items() if name in wanted}
    # KUBECONFIG is for commands that a kubeconfig names; Terraform reads the others.
    files = os.pathsep.join(str(path.absolute()) for path in kubeconfigs)
    return {
        **base(environ),
        **given,
        "KUBECONFIG": files,
        "KUBE_CONFIG_PATHS": files,
        "KUBE_CTX": context,
        "TF_DATA_DIR": str(data),
        **{f"TF_VAR_{name}": value for name, value in values.items()},
    }
