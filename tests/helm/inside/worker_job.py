"""Create one flow run's Job with the real KubernetesWorker, in an environment that has Prefect 3.

    python worker_job.py TEMPLATE.yaml '{"env": {"NAME": "text"}}'

The worker's settings are those of this process's environment; Kubernetes is what KUBECONFIG names.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import uuid
from pathlib import Path
from typing import Any

import yaml


async def create(template: dict[str, Any], job_variables: dict[str, Any]) -> None:
    """Create the Job as the worker does when it takes a flow run."""
    objects = importlib.import_module("prefect.client.schemas.objects")
    worker_module = importlib.import_module("prefect_kubernetes.worker")
    flow_run = objects.FlowRun(id=uuid.uuid4(), name="neat-otter", flow_id=uuid.uuid4())
    worker = worker_module.KubernetesWorker(work_pool_name="etl", name="worker")
    configuration = await worker.job_configuration.from_template_and_values(
        base_job_template=template, values=job_variables
    )
    configuration.prepare_for_flow_run(flow_run)
    async with worker._get_configured_kubernetes_client(configuration) as client:
        await worker._create_job(configuration, client)


if __name__ == "__main__":
    file, variables = sys.argv[1:]
    content = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    asyncio.run(create(content, json.loads(variables)))
