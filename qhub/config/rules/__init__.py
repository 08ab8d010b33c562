"""Checks across fields: what no schema can say.

A rule takes the data of the file as it was read, whether the schema found errors in it or not,
and yields what is wrong; of what is of a wrong type it says nothing, since the schema does. Each
names the other place that it looked at. Rules need no network, no cluster and no credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.rules import (
    accounts,
    agents,
    api,
    chart,
    clusters,
    dask,
    environment,
    generation,
    names,
    node_groups,
    placement,
    profiles,
    quantities,
    secrets,
    state_and_delivery,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qhub.config.problem import Finding

__all__ = ["RULES"]

RULES: tuple[Callable[[Mapping[str, Any]], Iterator[Finding]], ...] = (
    names.namespace_is_free,
    names.names_fit_the_cloud,
    names.storage_account_fits,
    names.agent_names_fit,
    clusters.block_is_there,
    clusters.blocks_are_used,
    clusters.zones_are_in_the_region,
    generation.version_is_supported,
    generation.version_and_image_agree,
    generation.agent_images_are_of_the_generation,
    generation.official_images_know_kubernetes,
    generation.keys_are_of_the_generation,
    generation.old_default_image_is_told,
    generation.old_variables_are_read,
    api.url_has_no_credential,
    api.url_has_no_query,
    api.server_is_used,
    api.url_is_an_api,
    api.url_is_reached_from_pods,
    api.hosted_api_is_closed,
    api.cloud_keys_go_to_the_cloud,
    api.token_has_an_api,
    agents.names_are_unique,
    agents.objects_are_unique,
    agents.queues_are_unique,
    agents.shared_labels_have_one_agent,
    agents.profiles_exist,
    agents.switched_off_is_meant,
    accounts.accounts_are_named,
    accounts.accounts_are_their_own,
    chart.volumes_are_free,
    chart.mounts_are_free,
    chart.labels_are_free,
    chart.job_values_have_no_placeholder,
    placement.tolerations_are_right,
    secrets.literal_secrets_are_told,
    secrets.literal_secrets_are_small,
    secrets.values_can_be_handed_on,
    secrets.variables_are_no_secrets,
    secrets.context_secrets_are_no_variables,
    secrets.secrets_are_read,
    secrets.names_are_their_own,
    secrets.variables_are_their_own,
    secrets.listed_secrets_exist,
    secrets.tokens_exist,
    environment.names_are_free,
    environment.names_have_one_source,
    environment.secrets_have_one_source,
    environment.secrets_mean_one_thing,
    environment.settings_are_not_expanded,
    quantities.profiles_are_within_their_limits,
    quantities.profiles_are_within_the_gateways_limits,
    quantities.job_requests_are_within_limits,
    quantities.agent_requests_are_within_limits,
    quantities.memory_is_in_bytes,
    quantities.old_variables_are_quantities,
    profiles.one_default_of_a_kind,
    profiles.node_pools_exist,
    profiles.gpu_profiles_find_gpus,
    profiles.requests_fit_the_nodes,
    node_groups.counts_are_in_order,
    node_groups.gpu_flags_fit_the_instances,
    node_groups.gpus_fit_the_instances,
    node_groups.gpu_pools_stay_up_on_digital_ocean,
    node_groups.names_fit_azure,
    node_groups.one_pool_is_for_everything,
    node_groups.spot_has_one_spelling,
    dask.flow_image_is_named,
    state_and_delivery.state_backend_is_known,
    state_and_delivery.state_holds_no_credential,
    state_and_delivery.certificate_has_what_it_needs,
    state_and_delivery.branch_is_a_branch,
    state_and_delivery.pipeline_can_keep_state,
)
