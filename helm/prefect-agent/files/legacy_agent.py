"""Start the real KubernetesAgent of Prefect 0.14 to 1.4, without tokens in the Jobs that it makes.

The stock agent writes its API token in clear into each Job. Here each such entry becomes a
reference to the Secret that the agent has the token from. And it knows how Kubernetes stops it.
Runs in the agent's image: Python 3.6 to 3.10, with nothing but Prefect installed.
"""

import argparse
import ast
import os
import signal

# This file runs in the agent's image, not in QHub.
from prefect.agent.kubernetes import KubernetesAgent as StockAgent  # noqa: TID253
from prefect.run_configs import KubernetesRun  # noqa: TID253
from prefect.utilities.configuration import set_temporary_config  # noqa: TID253

TOKEN_VARIABLES = (
    "PREFECT__CLOUD__AUTH_TOKEN",
    "PREFECT__CLOUD__AGENT__AUTH_TOKEN",
    "PREFECT__CLOUD__API_KEY",
)
# The agent copies these from itself into the Job, where Kubernetes would expand `$(X)` in them.
COPIED_VARIABLES = ("PREFECT__CLOUD__AGENT__LABELS", "PREFECT__CLOUD__API")


class KubernetesAgent(StockAgent):
    """The stock agent, with references instead of tokens in the Jobs that it makes.

    It has the stock agent's name, because an agent registers with the API by the name of its class.
    """

    def generate_job_spec(self, flow_run):
        """Return the Job of a flow run as the stock agent makes it, tokens replaced."""
        job = super().generate_job_spec(flow_run)
        pod = job["spec"]["template"]["spec"]
        for container in pod.get("initContainers", []) + pod["containers"]:
            container["env"] = [secured(entry) for entry in container.get("env") or []]
        return job

    def generate_job_spec_from_environment(self, flow_run, image=None):
        """Return the Job of a flow with an old-style environment (0.14 and 0.15).

        The stock agent has a template of its own for them; ours holds what Pod Security asks for.
        """
        job = self.generate_job_spec_from_run_config(flow_run, KubernetesRun())
        if image is not None:
            job["spec"]["template"]["spec"]["containers"][0]["image"] = image
        return job


def secured(entry):
    """Return an entry of `env` without a token, and with `$` as Kubernetes wants it."""
    name, value = entry["name"], entry.get("value")
    if value and (name in TOKEN_VARIABLES or value == token()):
        return {"name": name, "valueFrom": {"secretKeyRef": token_reference()}}
    if value and name in COPIED_VARIABLES:
        return {"name": name, "value": value.replace("$", "$$")}
    return entry


def token():
    """Return the API token, or None for an API that wants none."""
    return os.environ.get("PREFECT__CLOUD__API_KEY")


def token_reference():
    """Return the name and the key of the Secret that holds the token."""
    return {
        "name": os.environ["QHUB_TOKEN_SECRET_NAME"],
        "key": os.environ["QHUB_TOKEN_SECRET_KEY"],
    }


def settings():
    """Return Prefect's settings with the token's own text.

    From the environment Prefect would take `12345` as a number, and expand `$X`.
    """
    if not token():
        return {}
    return {"cloud.agent.auth_token": token(), "cloud.api_key": token()}


def stop(_signal, _frame):
    """Stop as at ^C, the only way to stop that the stock agent knows.

    SIGTERM alone does nothing to the first process of a container: Kubernetes would wait for the
    whole grace period at each roll-out, and kill the agent then.
    """
    os.kill(os.getpid(), signal.SIGINT)


def main():
    """Run an agent until it is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job-template", required=True, help="file with the Job to fill in")
    arguments = parser.parse_args()
    # Prefect expands `$X` and `~` in the labels that it reads itself.
    labels = ast.literal_eval(os.environ["PREFECT__CLOUD__AGENT__LABELS"])
    signal.signal(signal.SIGTERM, stop)
    try:
        with set_temporary_config(settings()):
            KubernetesAgent(job_template_path=arguments.job_template, labels=labels).start()
    except KeyboardInterrupt:
        pass  # before it took runs, or a second time


if __name__ == "__main__":
    main()
