"""Whether data matches qhub-config.schema.json. Written by `python -m qhub.config.compiling`; do not edit."""

# mypy: ignore-errors
from typing import Any
from re import compile
from qhub.config.compiled import Invalid
NoneType = type(None)

def validate(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['project_name', 'provider']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'project_name' in data_keys:
            data_keys.remove('project_name')
            data__projectname = data['project_name']
            if not isinstance(data__projectname, str):
                raise Invalid
            if isinstance(data__projectname, str):
                data__projectname_len = len(data__projectname)
                if data__projectname_len < 1:
                    raise Invalid
                if data__projectname_len > 253:
                    raise Invalid
        if 'namespace' in data_keys:
            data_keys.remove('namespace')
            data__namespace = data['namespace']
            if not isinstance(data__namespace, str):
                raise Invalid
            if isinstance(data__namespace, str):
                if not custom_formats['dns-label'](data__namespace):
                    raise Invalid
        if 'provider' in data_keys:
            data_keys.remove('provider')
            data__provider = data['provider']
            if not isinstance(data__provider, str):
                raise Invalid
            if not (isinstance(data__provider, str) and data__provider == 'embedded' or (isinstance(data__provider, str) and data__provider == 'local') or (isinstance(data__provider, str) and data__provider == 'existing') or (isinstance(data__provider, str) and data__provider == 'aws') or (isinstance(data__provider, str) and data__provider == 'gcp') or (isinstance(data__provider, str) and data__provider == 'azure') or (isinstance(data__provider, str) and data__provider == 'do')):
                raise Invalid
        if 'domain' in data_keys:
            data_keys.remove('domain')
            data__domain = data['domain']
            if not isinstance(data__domain, str):
                raise Invalid
            if isinstance(data__domain, str):
                if not custom_formats['dns-domain'](data__domain):
                    raise Invalid
        if 'prefect' in data_keys:
            data_keys.remove('prefect')
            data__prefect = data['prefect']
            if not isinstance(data__prefect, dict):
                raise Invalid
            data__prefect_is_dict = isinstance(data__prefect, dict)
            if data__prefect_is_dict:
                data__prefect__missing_keys = set(['enabled']) - data__prefect.keys()
                if data__prefect__missing_keys:
                    raise Invalid
                data__prefect_keys = set(data__prefect.keys())
                if 'enabled' in data__prefect_keys:
                    data__prefect_keys.remove('enabled')
                    data__prefect__enabled = data__prefect['enabled']
                    if not isinstance(data__prefect__enabled, bool):
                        raise Invalid
                if 'image' in data__prefect_keys:
                    data__prefect_keys.remove('image')
                    data__prefect__image = data__prefect['image']
                    validate____defs_image(data__prefect__image, custom_formats, (name_prefix or 'data') + '.prefect.image')
                if 'version' in data__prefect_keys:
                    data__prefect_keys.remove('version')
                    data__prefect__version = data__prefect['version']
                    if not isinstance(data__prefect__version, str):
                        raise Invalid
                    if isinstance(data__prefect__version, str):
                        if not custom_formats['prefect-version'](data__prefect__version):
                            raise Invalid
                if 'api' in data__prefect_keys:
                    data__prefect_keys.remove('api')
                    data__prefect__api = data__prefect['api']
                    if not isinstance(data__prefect__api, dict):
                        raise Invalid
                    data__prefect__api_is_dict = isinstance(data__prefect__api, dict)
                    if data__prefect__api_is_dict:
                        data__prefect__api_keys = set(data__prefect__api.keys())
                        if 'url' in data__prefect__api_keys:
                            data__prefect__api_keys.remove('url')
                            data__prefect__api__url = data__prefect__api['url']
                            if not isinstance(data__prefect__api__url, str):
                                raise Invalid
                            if isinstance(data__prefect__api__url, str):
                                if not custom_formats['url'](data__prefect__api__url):
                                    raise Invalid
                        if 'token' in data__prefect__api_keys:
                            data__prefect__api_keys.remove('token')
                            data__prefect__api__token = data__prefect__api['token']
                            if not isinstance(data__prefect__api__token, str):
                                raise Invalid
                            if isinstance(data__prefect__api__token, str):
                                if not custom_formats['secret-key'](data__prefect__api__token):
                                    raise Invalid
                        if data__prefect__api_keys:
                            raise Invalid
                if 'overrides' in data__prefect_keys:
                    data__prefect_keys.remove('overrides')
                    data__prefect__overrides = data__prefect['overrides']
                    validate____defs_overrides(data__prefect__overrides, custom_formats, (name_prefix or 'data') + '.prefect.overrides')
                if 'agents' in data__prefect_keys:
                    data__prefect_keys.remove('agents')
                    data__prefect__agents = data__prefect['agents']
                    if not isinstance(data__prefect__agents, (list, tuple)):
                        raise Invalid
                    data__prefect__agents_is_list = isinstance(data__prefect__agents, (list, tuple))
                    if data__prefect__agents_is_list:
                        data__prefect__agents_len = len(data__prefect__agents)
                        for data__prefect__agents_x, data__prefect__agents_item in enumerate(data__prefect__agents):
                            validate____defs_agent(data__prefect__agents_item, custom_formats, (name_prefix or 'data') + '.prefect.agents[{data__prefect__agents_x}]'.format(**locals()))
                if 'server' in data__prefect_keys:
                    data__prefect_keys.remove('server')
                    data__prefect__server = data__prefect['server']
                    if not isinstance(data__prefect__server, dict):
                        raise Invalid
                    data__prefect__server_is_dict = isinstance(data__prefect__server, dict)
                    if data__prefect__server_is_dict:
                        data__prefect__server_keys = set(data__prefect__server.keys())
                        if 'database' in data__prefect__server_keys:
                            data__prefect__server_keys.remove('database')
                            data__prefect__server__database = data__prefect__server['database']
                            if not isinstance(data__prefect__server__database, dict):
                                raise Invalid
                        if 'storage' in data__prefect__server_keys:
                            data__prefect__server_keys.remove('storage')
                            data__prefect__server__storage = data__prefect__server['storage']
                            if not isinstance(data__prefect__server__storage, dict):
                                raise Invalid
                        if 'retention' in data__prefect__server_keys:
                            data__prefect__server_keys.remove('retention')
                            data__prefect__server__retention = data__prefect__server['retention']
                            if not isinstance(data__prefect__server__retention, dict):
                                raise Invalid
                        if 'backup' in data__prefect__server_keys:
                            data__prefect__server_keys.remove('backup')
                            data__prefect__server__backup = data__prefect__server['backup']
                            if not isinstance(data__prefect__server__backup, dict):
                                raise Invalid
                        if data__prefect__server_keys:
                            raise Invalid
                if 'storage' in data__prefect_keys:
                    data__prefect_keys.remove('storage')
                    data__prefect__storage = data__prefect['storage']
                    if not isinstance(data__prefect__storage, str):
                        raise Invalid
                    if isinstance(data__prefect__storage, str):
                        if not custom_formats['url'](data__prefect__storage):
                            raise Invalid
                if data__prefect_keys:
                    raise Invalid
        if 'default_images' in data_keys:
            data_keys.remove('default_images')
            data__defaultimages = data['default_images']
            if not isinstance(data__defaultimages, dict):
                raise Invalid
            data__defaultimages_is_dict = isinstance(data__defaultimages, dict)
            if data__defaultimages_is_dict:
                data__defaultimages_keys = set(data__defaultimages.keys())
                if 'flow' in data__defaultimages_keys:
                    data__defaultimages_keys.remove('flow')
                    data__defaultimages__flow = data__defaultimages['flow']
                    validate____defs_image(data__defaultimages__flow, custom_formats, (name_prefix or 'data') + '.default_images.flow')
                if data__defaultimages_keys:
                    raise Invalid
        if 'secrets' in data_keys:
            data_keys.remove('secrets')
            data__secrets = data['secrets']
            if not isinstance(data__secrets, dict):
                raise Invalid
            data__secrets_is_dict = isinstance(data__secrets, dict)
            if data__secrets_is_dict:
                data__secrets_keys = set(data__secrets.keys())
                for data__secrets_key in data__secrets_keys:
                    if data__secrets_key not in []:
                        data__secrets_value = data__secrets.get(data__secrets_key)
                        validate____defs_secret_source(data__secrets_value, custom_formats, (name_prefix or 'data') + '.secrets.{data__secrets_key}'.format(**locals()))
                data__secrets_len = len(data__secrets)
                if data__secrets_len != 0:
                    data__secrets_property_names = True
                    for data__secrets_key in data__secrets:
                        try:
                            if isinstance(data__secrets_key, str):
                                if not custom_formats['secret-key'](data__secrets_key):
                                    raise Invalid
                        except Invalid:
                            data__secrets_property_names = False
                    if not data__secrets_property_names:
                        raise Invalid
        if 'dask_gateway' in data_keys:
            data_keys.remove('dask_gateway')
            data__daskgateway = data['dask_gateway']
            if not isinstance(data__daskgateway, dict):
                raise Invalid
            data__daskgateway_is_dict = isinstance(data__daskgateway, dict)
            if data__daskgateway_is_dict:
                data__daskgateway_keys = set(data__daskgateway.keys())
                if 'enabled' in data__daskgateway_keys:
                    data__daskgateway_keys.remove('enabled')
                    data__daskgateway__enabled = data__daskgateway['enabled']
                    if not isinstance(data__daskgateway__enabled, bool):
                        raise Invalid
                if 'idle_timeout' in data__daskgateway_keys:
                    data__daskgateway_keys.remove('idle_timeout')
                    data__daskgateway__idletimeout = data__daskgateway['idle_timeout']
                    if not isinstance(data__daskgateway__idletimeout, (int, str)) and (not (isinstance(data__daskgateway__idletimeout, float) and data__daskgateway__idletimeout.is_integer())) or isinstance(data__daskgateway__idletimeout, bool):
                        raise Invalid
                    if isinstance(data__daskgateway__idletimeout, str):
                        if not custom_formats['duration'](data__daskgateway__idletimeout):
                            raise Invalid
                    if isinstance(data__daskgateway__idletimeout, (int, float)) and (not isinstance(data__daskgateway__idletimeout, bool)):
                        if data__daskgateway__idletimeout < 0:
                            raise Invalid
                        if data__daskgateway__idletimeout > 31536000:
                            raise Invalid
                if 'limits' in data__daskgateway_keys:
                    data__daskgateway_keys.remove('limits')
                    data__daskgateway__limits = data__daskgateway['limits']
                    if not isinstance(data__daskgateway__limits, dict):
                        raise Invalid
                    data__daskgateway__limits_is_dict = isinstance(data__daskgateway__limits, dict)
                    if data__daskgateway__limits_is_dict:
                        data__daskgateway__limits_keys = set(data__daskgateway__limits.keys())
                        if 'workers' in data__daskgateway__limits_keys:
                            data__daskgateway__limits_keys.remove('workers')
                            data__daskgateway__limits__workers = data__daskgateway__limits['workers']
                            if not isinstance(data__daskgateway__limits__workers, int) and (not (isinstance(data__daskgateway__limits__workers, float) and data__daskgateway__limits__workers.is_integer())) or isinstance(data__daskgateway__limits__workers, bool):
                                raise Invalid
                            if isinstance(data__daskgateway__limits__workers, (int, float)) and (not isinstance(data__daskgateway__limits__workers, bool)):
                                if data__daskgateway__limits__workers < 1:
                                    raise Invalid
                                if data__daskgateway__limits__workers > 100000:
                                    raise Invalid
                        if 'cores' in data__daskgateway__limits_keys:
                            data__daskgateway__limits_keys.remove('cores')
                            data__daskgateway__limits__cores = data__daskgateway__limits['cores']
                            if not isinstance(data__daskgateway__limits__cores, (int, float)) or isinstance(data__daskgateway__limits__cores, bool):
                                raise Invalid
                            if isinstance(data__daskgateway__limits__cores, (int, float)) and (not isinstance(data__daskgateway__limits__cores, bool)):
                                if data__daskgateway__limits__cores > 1000000:
                                    raise Invalid
                                if data__daskgateway__limits__cores <= 0:
                                    raise Invalid
                        if 'memory' in data__daskgateway__limits_keys:
                            data__daskgateway__limits_keys.remove('memory')
                            data__daskgateway__limits__memory = data__daskgateway__limits['memory']
                            validate____defs_memory(data__daskgateway__limits__memory, custom_formats, (name_prefix or 'data') + '.dask_gateway.limits.memory')
                        if data__daskgateway__limits_keys:
                            raise Invalid
                if data__daskgateway_keys:
                    raise Invalid
        if 'profiles' in data_keys:
            data_keys.remove('profiles')
            data__profiles = data['profiles']
            if not isinstance(data__profiles, dict):
                raise Invalid
            data__profiles_is_dict = isinstance(data__profiles, dict)
            if data__profiles_is_dict:
                data__profiles_keys = set(data__profiles.keys())
                if 'flow_run' in data__profiles_keys:
                    data__profiles_keys.remove('flow_run')
                    data__profiles__flowrun = data__profiles['flow_run']
                    if not isinstance(data__profiles__flowrun, dict):
                        raise Invalid
                    data__profiles__flowrun_is_dict = isinstance(data__profiles__flowrun, dict)
                    if data__profiles__flowrun_is_dict:
                        data__profiles__flowrun_keys = set(data__profiles__flowrun.keys())
                        for data__profiles__flowrun_key in data__profiles__flowrun_keys:
                            if data__profiles__flowrun_key not in []:
                                data__profiles__flowrun_value = data__profiles__flowrun.get(data__profiles__flowrun_key)
                                validate____defs_flow_run_profile(data__profiles__flowrun_value, custom_formats, (name_prefix or 'data') + '.profiles.flow_run.{data__profiles__flowrun_key}'.format(**locals()))
                if 'dask_worker' in data__profiles_keys:
                    data__profiles_keys.remove('dask_worker')
                    data__profiles__daskworker = data__profiles['dask_worker']
                    if not isinstance(data__profiles__daskworker, dict):
                        raise Invalid
                    data__profiles__daskworker_is_dict = isinstance(data__profiles__daskworker, dict)
                    if data__profiles__daskworker_is_dict:
                        data__profiles__daskworker_keys = set(data__profiles__daskworker.keys())
                        for data__profiles__daskworker_key in data__profiles__daskworker_keys:
                            if data__profiles__daskworker_key not in []:
                                data__profiles__daskworker_value = data__profiles__daskworker.get(data__profiles__daskworker_key)
                                validate____defs_dask_worker_profile(data__profiles__daskworker_value, custom_formats, (name_prefix or 'data') + '.profiles.dask_worker.{data__profiles__daskworker_key}'.format(**locals()))
                if data__profiles_keys:
                    raise Invalid
        if 'amazon_web_services' in data_keys:
            data_keys.remove('amazon_web_services')
            data__amazonwebservices = data['amazon_web_services']
            if not isinstance(data__amazonwebservices, dict):
                raise Invalid
            data__amazonwebservices_is_dict = isinstance(data__amazonwebservices, dict)
            if data__amazonwebservices_is_dict:
                data__amazonwebservices__missing_keys = set(['region', 'kubernetes_version']) - data__amazonwebservices.keys()
                if data__amazonwebservices__missing_keys:
                    raise Invalid
                data__amazonwebservices_keys = set(data__amazonwebservices.keys())
                if 'region' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('region')
                    data__amazonwebservices__region = data__amazonwebservices['region']
                    if not isinstance(data__amazonwebservices__region, str):
                        raise Invalid
                    if isinstance(data__amazonwebservices__region, str):
                        data__amazonwebservices__region_len = len(data__amazonwebservices__region)
                        if data__amazonwebservices__region_len < 1:
                            raise Invalid
                        if not custom_formats['aws-region'](data__amazonwebservices__region):
                            raise Invalid
                if 'availability_zones' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('availability_zones')
                    data__amazonwebservices__availabilityzones = data__amazonwebservices['availability_zones']
                    if not isinstance(data__amazonwebservices__availabilityzones, (list, tuple)):
                        raise Invalid
                    data__amazonwebservices__availabilityzones_is_list = isinstance(data__amazonwebservices__availabilityzones, (list, tuple))
                    if data__amazonwebservices__availabilityzones_is_list:
                        data__amazonwebservices__availabilityzones_len = len(data__amazonwebservices__availabilityzones)
                        for data__amazonwebservices__availabilityzones_x, data__amazonwebservices__availabilityzones_item in enumerate(data__amazonwebservices__availabilityzones):
                            if not isinstance(data__amazonwebservices__availabilityzones_item, str):
                                raise Invalid
                            if isinstance(data__amazonwebservices__availabilityzones_item, str):
                                data__amazonwebservices__availabilityzones_item_len = len(data__amazonwebservices__availabilityzones_item)
                                if data__amazonwebservices__availabilityzones_item_len < 1:
                                    raise Invalid
                if 'kubernetes_version' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('kubernetes_version')
                    data__amazonwebservices__kubernetesversion = data__amazonwebservices['kubernetes_version']
                    if not isinstance(data__amazonwebservices__kubernetesversion, str):
                        raise Invalid
                    if isinstance(data__amazonwebservices__kubernetesversion, str):
                        data__amazonwebservices__kubernetesversion_len = len(data__amazonwebservices__kubernetesversion)
                        if data__amazonwebservices__kubernetesversion_len < 1:
                            raise Invalid
                        if not custom_formats['kubernetes-version'](data__amazonwebservices__kubernetesversion):
                            raise Invalid
                if 'node_groups' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('node_groups')
                    data__amazonwebservices__nodegroups = data__amazonwebservices['node_groups']
                    if not isinstance(data__amazonwebservices__nodegroups, dict):
                        raise Invalid
                    data__amazonwebservices__nodegroups_is_dict = isinstance(data__amazonwebservices__nodegroups, dict)
                    if data__amazonwebservices__nodegroups_is_dict:
                        data__amazonwebservices__nodegroups_len = len(data__amazonwebservices__nodegroups)
                        if data__amazonwebservices__nodegroups_len < 1:
                            raise Invalid
                        data__amazonwebservices__nodegroups_keys = set(data__amazonwebservices__nodegroups.keys())
                        for data__amazonwebservices__nodegroups_key in data__amazonwebservices__nodegroups_keys:
                            if data__amazonwebservices__nodegroups_key not in []:
                                data__amazonwebservices__nodegroups_value = data__amazonwebservices__nodegroups.get(data__amazonwebservices__nodegroups_key)
                                validate____defs_aws_node_group(data__amazonwebservices__nodegroups_value, custom_formats, (name_prefix or 'data') + '.amazon_web_services.node_groups.{data__amazonwebservices__nodegroups_key}'.format(**locals()))
                        if data__amazonwebservices__nodegroups_len != 0:
                            data__amazonwebservices__nodegroups_property_names = True
                            for data__amazonwebservices__nodegroups_key in data__amazonwebservices__nodegroups:
                                try:
                                    if isinstance(data__amazonwebservices__nodegroups_key, str):
                                        if not custom_formats['dns-label'](data__amazonwebservices__nodegroups_key):
                                            raise Invalid
                                except Invalid:
                                    data__amazonwebservices__nodegroups_property_names = False
                            if not data__amazonwebservices__nodegroups_property_names:
                                raise Invalid
                if data__amazonwebservices_keys:
                    raise Invalid
        if 'google_cloud_platform' in data_keys:
            data_keys.remove('google_cloud_platform')
            data__googlecloudplatform = data['google_cloud_platform']
            if not isinstance(data__googlecloudplatform, dict):
                raise Invalid
            data__googlecloudplatform_is_dict = isinstance(data__googlecloudplatform, dict)
            if data__googlecloudplatform_is_dict:
                data__googlecloudplatform__missing_keys = set(['project', 'region', 'kubernetes_version']) - data__googlecloudplatform.keys()
                if data__googlecloudplatform__missing_keys:
                    raise Invalid
                data__googlecloudplatform_keys = set(data__googlecloudplatform.keys())
                if 'project' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('project')
                    data__googlecloudplatform__project = data__googlecloudplatform['project']
                    if not isinstance(data__googlecloudplatform__project, str):
                        raise Invalid
                    if isinstance(data__googlecloudplatform__project, str):
                        data__googlecloudplatform__project_len = len(data__googlecloudplatform__project)
                        if data__googlecloudplatform__project_len < 1:
                            raise Invalid
                if 'region' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('region')
                    data__googlecloudplatform__region = data__googlecloudplatform['region']
                    if not isinstance(data__googlecloudplatform__region, str):
                        raise Invalid
                    if isinstance(data__googlecloudplatform__region, str):
                        data__googlecloudplatform__region_len = len(data__googlecloudplatform__region)
                        if data__googlecloudplatform__region_len < 1:
                            raise Invalid
                        if not custom_formats['gcp-region'](data__googlecloudplatform__region):
                            raise Invalid
                if 'zone' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('zone')
                    data__googlecloudplatform__zone = data__googlecloudplatform['zone']
                    if not isinstance(data__googlecloudplatform__zone, str):
                        raise Invalid
                    if isinstance(data__googlecloudplatform__zone, str):
                        if not custom_formats['gcp-zone'](data__googlecloudplatform__zone):
                            raise Invalid
                if 'availability_zones' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('availability_zones')
                    data__googlecloudplatform__availabilityzones = data__googlecloudplatform['availability_zones']
                    if not isinstance(data__googlecloudplatform__availabilityzones, (list, tuple)):
                        raise Invalid
                    data__googlecloudplatform__availabilityzones_is_list = isinstance(data__googlecloudplatform__availabilityzones, (list, tuple))
                    if data__googlecloudplatform__availabilityzones_is_list:
                        data__googlecloudplatform__availabilityzones_len = len(data__googlecloudplatform__availabilityzones)
                        for data__googlecloudplatform__availabilityzones_x, data__googlecloudplatform__availabilityzones_item in enumerate(data__googlecloudplatform__availabilityzones):
                            if not isinstance(data__googlecloudplatform__availabilityzones_item, str):
                                raise Invalid
                            if isinstance(data__googlecloudplatform__availabilityzones_item, str):
                                data__googlecloudplatform__availabilityzones_item_len = len(data__googlecloudplatform__availabilityzones_item)
                                if data__googlecloudplatform__availabilityzones_item_len < 1:
                                    raise Invalid
                if 'kubernetes_version' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('kubernetes_version')
                    data__googlecloudplatform__kubernetesversion = data__googlecloudplatform['kubernetes_version']
                    if not isinstance(data__googlecloudplatform__kubernetesversion, str):
                        raise Invalid
                    if isinstance(data__googlecloudplatform__kubernetesversion, str):
                        data__googlecloudplatform__kubernetesversion_len = len(data__googlecloudplatform__kubernetesversion)
                        if data__googlecloudplatform__kubernetesversion_len < 1:
                            raise Invalid
                        if not custom_formats['kubernetes-version'](data__googlecloudplatform__kubernetesversion):
                            raise Invalid
                if 'node_groups' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('node_groups')
                    data__googlecloudplatform__nodegroups = data__googlecloudplatform['node_groups']
                    if not isinstance(data__googlecloudplatform__nodegroups, dict):
                        raise Invalid
                    data__googlecloudplatform__nodegroups_is_dict = isinstance(data__googlecloudplatform__nodegroups, dict)
                    if data__googlecloudplatform__nodegroups_is_dict:
                        data__googlecloudplatform__nodegroups_len = len(data__googlecloudplatform__nodegroups)
                        if data__googlecloudplatform__nodegroups_len < 1:
                            raise Invalid
                        data__googlecloudplatform__nodegroups_keys = set(data__googlecloudplatform__nodegroups.keys())
                        for data__googlecloudplatform__nodegroups_key in data__googlecloudplatform__nodegroups_keys:
                            if data__googlecloudplatform__nodegroups_key not in []:
                                data__googlecloudplatform__nodegroups_value = data__googlecloudplatform__nodegroups.get(data__googlecloudplatform__nodegroups_key)
                                validate____defs_gcp_node_group(data__googlecloudplatform__nodegroups_value, custom_formats, (name_prefix or 'data') + '.google_cloud_platform.node_groups.{data__googlecloudplatform__nodegroups_key}'.format(**locals()))
                        if data__googlecloudplatform__nodegroups_len != 0:
                            data__googlecloudplatform__nodegroups_property_names = True
                            for data__googlecloudplatform__nodegroups_key in data__googlecloudplatform__nodegroups:
                                try:
                                    if isinstance(data__googlecloudplatform__nodegroups_key, str):
                                        if not custom_formats['dns-label'](data__googlecloudplatform__nodegroups_key):
                                            raise Invalid
                                except Invalid:
                                    data__googlecloudplatform__nodegroups_property_names = False
                            if not data__googlecloudplatform__nodegroups_property_names:
                                raise Invalid
                if data__googlecloudplatform_keys:
                    raise Invalid
        if 'azure' in data_keys:
            data_keys.remove('azure')
            data__azure = data['azure']
            if not isinstance(data__azure, dict):
                raise Invalid
            data__azure_is_dict = isinstance(data__azure, dict)
            if data__azure_is_dict:
                data__azure__missing_keys = set(['storage_account_postfix', 'region', 'kubernetes_version']) - data__azure.keys()
                if data__azure__missing_keys:
                    raise Invalid
                data__azure_keys = set(data__azure.keys())
                if 'region' in data__azure_keys:
                    data__azure_keys.remove('region')
                    data__azure__region = data__azure['region']
                    if not isinstance(data__azure__region, str):
                        raise Invalid
                    if isinstance(data__azure__region, str):
                        data__azure__region_len = len(data__azure__region)
                        if data__azure__region_len < 1:
                            raise Invalid
                        if not custom_formats['azure-region'](data__azure__region):
                            raise Invalid
                if 'storage_account_postfix' in data__azure_keys:
                    data__azure_keys.remove('storage_account_postfix')
                    data__azure__storageaccountpostfix = data__azure['storage_account_postfix']
                    if not isinstance(data__azure__storageaccountpostfix, str):
                        raise Invalid
                    if isinstance(data__azure__storageaccountpostfix, str):
                        data__azure__storageaccountpostfix_len = len(data__azure__storageaccountpostfix)
                        if data__azure__storageaccountpostfix_len < 1:
                            raise Invalid
                        if data__azure__storageaccountpostfix_len > 24:
                            raise Invalid
                if 'kubernetes_version' in data__azure_keys:
                    data__azure_keys.remove('kubernetes_version')
                    data__azure__kubernetesversion = data__azure['kubernetes_version']
                    if not isinstance(data__azure__kubernetesversion, str):
                        raise Invalid
                    if isinstance(data__azure__kubernetesversion, str):
                        data__azure__kubernetesversion_len = len(data__azure__kubernetesversion)
                        if data__azure__kubernetesversion_len < 1:
                            raise Invalid
                        if not custom_formats['kubernetes-version'](data__azure__kubernetesversion):
                            raise Invalid
                if 'node_groups' in data__azure_keys:
                    data__azure_keys.remove('node_groups')
                    data__azure__nodegroups = data__azure['node_groups']
                    if not isinstance(data__azure__nodegroups, dict):
                        raise Invalid
                    data__azure__nodegroups_is_dict = isinstance(data__azure__nodegroups, dict)
                    if data__azure__nodegroups_is_dict:
                        data__azure__nodegroups_len = len(data__azure__nodegroups)
                        if data__azure__nodegroups_len < 1:
                            raise Invalid
                        data__azure__nodegroups_keys = set(data__azure__nodegroups.keys())
                        for data__azure__nodegroups_key in data__azure__nodegroups_keys:
                            if data__azure__nodegroups_key not in []:
                                data__azure__nodegroups_value = data__azure__nodegroups.get(data__azure__nodegroups_key)
                                validate____defs_azure_node_group(data__azure__nodegroups_value, custom_formats, (name_prefix or 'data') + '.azure.node_groups.{data__azure__nodegroups_key}'.format(**locals()))
                        if data__azure__nodegroups_len != 0:
                            data__azure__nodegroups_property_names = True
                            for data__azure__nodegroups_key in data__azure__nodegroups:
                                try:
                                    if isinstance(data__azure__nodegroups_key, str):
                                        if not custom_formats['dns-label'](data__azure__nodegroups_key):
                                            raise Invalid
                                except Invalid:
                                    data__azure__nodegroups_property_names = False
                            if not data__azure__nodegroups_property_names:
                                raise Invalid
                if data__azure_keys:
                    raise Invalid
        if 'digital_ocean' in data_keys:
            data_keys.remove('digital_ocean')
            data__digitalocean = data['digital_ocean']
            if not isinstance(data__digitalocean, dict):
                raise Invalid
            data__digitalocean_is_dict = isinstance(data__digitalocean, dict)
            if data__digitalocean_is_dict:
                data__digitalocean__missing_keys = set(['region', 'kubernetes_version']) - data__digitalocean.keys()
                if data__digitalocean__missing_keys:
                    raise Invalid
                data__digitalocean_keys = set(data__digitalocean.keys())
                if 'region' in data__digitalocean_keys:
                    data__digitalocean_keys.remove('region')
                    data__digitalocean__region = data__digitalocean['region']
                    if not isinstance(data__digitalocean__region, str):
                        raise Invalid
                    if isinstance(data__digitalocean__region, str):
                        data__digitalocean__region_len = len(data__digitalocean__region)
                        if data__digitalocean__region_len < 1:
                            raise Invalid
                        if not custom_formats['do-region'](data__digitalocean__region):
                            raise Invalid
                if 'kubernetes_version' in data__digitalocean_keys:
                    data__digitalocean_keys.remove('kubernetes_version')
                    data__digitalocean__kubernetesversion = data__digitalocean['kubernetes_version']
                    if not isinstance(data__digitalocean__kubernetesversion, str):
                        raise Invalid
                    if isinstance(data__digitalocean__kubernetesversion, str):
                        data__digitalocean__kubernetesversion_len = len(data__digitalocean__kubernetesversion)
                        if data__digitalocean__kubernetesversion_len < 1:
                            raise Invalid
                        if not custom_formats['kubernetes-version'](data__digitalocean__kubernetesversion):
                            raise Invalid
                if 'node_groups' in data__digitalocean_keys:
                    data__digitalocean_keys.remove('node_groups')
                    data__digitalocean__nodegroups = data__digitalocean['node_groups']
                    if not isinstance(data__digitalocean__nodegroups, dict):
                        raise Invalid
                    data__digitalocean__nodegroups_is_dict = isinstance(data__digitalocean__nodegroups, dict)
                    if data__digitalocean__nodegroups_is_dict:
                        data__digitalocean__nodegroups_len = len(data__digitalocean__nodegroups)
                        if data__digitalocean__nodegroups_len < 1:
                            raise Invalid
                        data__digitalocean__nodegroups_keys = set(data__digitalocean__nodegroups.keys())
                        for data__digitalocean__nodegroups_key in data__digitalocean__nodegroups_keys:
                            if data__digitalocean__nodegroups_key not in []:
                                data__digitalocean__nodegroups_value = data__digitalocean__nodegroups.get(data__digitalocean__nodegroups_key)
                                validate____defs_do_node_group(data__digitalocean__nodegroups_value, custom_formats, (name_prefix or 'data') + '.digital_ocean.node_groups.{data__digitalocean__nodegroups_key}'.format(**locals()))
                        if data__digitalocean__nodegroups_len != 0:
                            data__digitalocean__nodegroups_property_names = True
                            for data__digitalocean__nodegroups_key in data__digitalocean__nodegroups:
                                try:
                                    if isinstance(data__digitalocean__nodegroups_key, str):
                                        if not custom_formats['dns-label'](data__digitalocean__nodegroups_key):
                                            raise Invalid
                                except Invalid:
                                    data__digitalocean__nodegroups_property_names = False
                            if not data__digitalocean__nodegroups_property_names:
                                raise Invalid
                if data__digitalocean_keys:
                    raise Invalid
        if 'embedded' in data_keys:
            data_keys.remove('embedded')
            data__embedded = data['embedded']
            if not isinstance(data__embedded, dict):
                raise Invalid
            data__embedded_is_dict = isinstance(data__embedded, dict)
            if data__embedded_is_dict:
                data__embedded_keys = set(data__embedded.keys())
                if 'ports' in data__embedded_keys:
                    data__embedded_keys.remove('ports')
                    data__embedded__ports = data__embedded['ports']
                    if not isinstance(data__embedded__ports, dict):
                        raise Invalid
                    data__embedded__ports_is_dict = isinstance(data__embedded__ports, dict)
                    if data__embedded__ports_is_dict:
                        data__embedded__ports_keys = set(data__embedded__ports.keys())
                        if 'server' in data__embedded__ports_keys:
                            data__embedded__ports_keys.remove('server')
                            data__embedded__ports__server = data__embedded__ports['server']
                            if not isinstance(data__embedded__ports__server, int) and (not (isinstance(data__embedded__ports__server, float) and data__embedded__ports__server.is_integer())) or isinstance(data__embedded__ports__server, bool):
                                raise Invalid
                            if isinstance(data__embedded__ports__server, (int, float)) and (not isinstance(data__embedded__ports__server, bool)):
                                if data__embedded__ports__server < 1024:
                                    raise Invalid
                                if data__embedded__ports__server > 65535:
                                    raise Invalid
                        if 'gateway' in data__embedded__ports_keys:
                            data__embedded__ports_keys.remove('gateway')
                            data__embedded__ports__gateway = data__embedded__ports['gateway']
                            if not isinstance(data__embedded__ports__gateway, int) and (not (isinstance(data__embedded__ports__gateway, float) and data__embedded__ports__gateway.is_integer())) or isinstance(data__embedded__ports__gateway, bool):
                                raise Invalid
                            if isinstance(data__embedded__ports__gateway, (int, float)) and (not isinstance(data__embedded__ports__gateway, bool)):
                                if data__embedded__ports__gateway < 1024:
                                    raise Invalid
                                if data__embedded__ports__gateway > 65535:
                                    raise Invalid
                        if data__embedded__ports_keys:
                            raise Invalid
                if data__embedded_keys:
                    raise Invalid
        if 'existing' in data_keys:
            data_keys.remove('existing')
            data__existing = data['existing']
            if not isinstance(data__existing, dict):
                raise Invalid
            data__existing_is_dict = isinstance(data__existing, dict)
            if data__existing_is_dict:
                data__existing_keys = set(data__existing.keys())
                if 'kube_context' in data__existing_keys:
                    data__existing_keys.remove('kube_context')
                    data__existing__kubecontext = data__existing['kube_context']
                    if not isinstance(data__existing__kubecontext, str):
                        raise Invalid
                    if isinstance(data__existing__kubecontext, str):
                        data__existing__kubecontext_len = len(data__existing__kubecontext)
                        if data__existing__kubecontext_len < 1:
                            raise Invalid
                if 'create_namespace' in data__existing_keys:
                    data__existing_keys.remove('create_namespace')
                    data__existing__createnamespace = data__existing['create_namespace']
                    if not isinstance(data__existing__createnamespace, bool):
                        raise Invalid
                if 'node_selectors' in data__existing_keys:
                    data__existing_keys.remove('node_selectors')
                    data__existing__nodeselectors = data__existing['node_selectors']
                    validate____defs_node_selectors(data__existing__nodeselectors, custom_formats, (name_prefix or 'data') + '.existing.node_selectors')
                if data__existing_keys:
                    raise Invalid
        if 'local' in data_keys:
            data_keys.remove('local')
            data__local = data['local']
            if not isinstance(data__local, dict):
                raise Invalid
            data__local_is_dict = isinstance(data__local, dict)
            if data__local_is_dict:
                data__local_keys = set(data__local.keys())
                if 'kube_context' in data__local_keys:
                    data__local_keys.remove('kube_context')
                    data__local__kubecontext = data__local['kube_context']
                    if not isinstance(data__local__kubecontext, str):
                        raise Invalid
                    if isinstance(data__local__kubecontext, str):
                        data__local__kubecontext_len = len(data__local__kubecontext)
                        if data__local__kubecontext_len < 1:
                            raise Invalid
                if 'node_selectors' in data__local_keys:
                    data__local_keys.remove('node_selectors')
                    data__local__nodeselectors = data__local['node_selectors']
                    validate____defs_node_selectors(data__local__nodeselectors, custom_formats, (name_prefix or 'data') + '.local.node_selectors')
                if data__local_keys:
                    raise Invalid
        if 'terraform_state' in data_keys:
            data_keys.remove('terraform_state')
            data__terraformstate = data['terraform_state']
            if not isinstance(data__terraformstate, dict):
                raise Invalid
            data__terraformstate_is_dict = isinstance(data__terraformstate, dict)
            if data__terraformstate_is_dict:
                data__terraformstate_keys = set(data__terraformstate.keys())
                if 'type' in data__terraformstate_keys:
                    data__terraformstate_keys.remove('type')
                    data__terraformstate__type = data__terraformstate['type']
                    if not isinstance(data__terraformstate__type, str):
                        raise Invalid
                    if not (isinstance(data__terraformstate__type, str) and data__terraformstate__type == 'remote' or (isinstance(data__terraformstate__type, str) and data__terraformstate__type == 'local') or (isinstance(data__terraformstate__type, str) and data__terraformstate__type == 'existing')):
                        raise Invalid
                if 'backend' in data__terraformstate_keys:
                    data__terraformstate_keys.remove('backend')
                    data__terraformstate__backend = data__terraformstate['backend']
                    if not isinstance(data__terraformstate__backend, str):
                        raise Invalid
                    if isinstance(data__terraformstate__backend, str):
                        data__terraformstate__backend_len = len(data__terraformstate__backend)
                        if data__terraformstate__backend_len < 1:
                            raise Invalid
                if 'config' in data__terraformstate_keys:
                    data__terraformstate_keys.remove('config')
                    data__terraformstate__config = data__terraformstate['config']
                    if not isinstance(data__terraformstate__config, dict):
                        raise Invalid
                    data__terraformstate__config_is_dict = isinstance(data__terraformstate__config, dict)
                    if data__terraformstate__config_is_dict:
                        data__terraformstate__config_keys = set(data__terraformstate__config.keys())
                        for data__terraformstate__config_key in data__terraformstate__config_keys:
                            if data__terraformstate__config_key not in []:
                                data__terraformstate__config_value = data__terraformstate__config.get(data__terraformstate__config_key)
                                if not isinstance(data__terraformstate__config_value, (str, int, float, bool)):
                                    raise Invalid
                if data__terraformstate_keys:
                    raise Invalid
        if 'ci_cd' in data_keys:
            data_keys.remove('ci_cd')
            data__cicd = data['ci_cd']
            if not isinstance(data__cicd, dict):
                raise Invalid
            data__cicd_is_dict = isinstance(data__cicd, dict)
            if data__cicd_is_dict:
                data__cicd__missing_keys = set(['type']) - data__cicd.keys()
                if data__cicd__missing_keys:
                    raise Invalid
                data__cicd_keys = set(data__cicd.keys())
                if 'type' in data__cicd_keys:
                    data__cicd_keys.remove('type')
                    data__cicd__type = data__cicd['type']
                    if not isinstance(data__cicd__type, str):
                        raise Invalid
                    if not (isinstance(data__cicd__type, str) and data__cicd__type == 'github-actions' or (isinstance(data__cicd__type, str) and data__cicd__type == 'gitlab-ci') or (isinstance(data__cicd__type, str) and data__cicd__type == 'none')):
                        raise Invalid
                if 'branch' in data__cicd_keys:
                    data__cicd_keys.remove('branch')
                    data__cicd__branch = data__cicd['branch']
                    if not isinstance(data__cicd__branch, str):
                        raise Invalid
                    if isinstance(data__cicd__branch, str):
                        data__cicd__branch_len = len(data__cicd__branch)
                        if data__cicd__branch_len < 1:
                            raise Invalid
                if 'commit_render' in data__cicd_keys:
                    data__cicd_keys.remove('commit_render')
                    data__cicd__commitrender = data__cicd['commit_render']
                    if not isinstance(data__cicd__commitrender, bool):
                        raise Invalid
                if 'before_script' in data__cicd_keys:
                    data__cicd_keys.remove('before_script')
                    data__cicd__beforescript = data__cicd['before_script']
                    if not isinstance(data__cicd__beforescript, (list, tuple)):
                        raise Invalid
                    data__cicd__beforescript_is_list = isinstance(data__cicd__beforescript, (list, tuple))
                    if data__cicd__beforescript_is_list:
                        data__cicd__beforescript_len = len(data__cicd__beforescript)
                        for data__cicd__beforescript_x, data__cicd__beforescript_item in enumerate(data__cicd__beforescript):
                            if not isinstance(data__cicd__beforescript_item, str):
                                raise Invalid
                if 'after_script' in data__cicd_keys:
                    data__cicd_keys.remove('after_script')
                    data__cicd__afterscript = data__cicd['after_script']
                    if not isinstance(data__cicd__afterscript, (list, tuple)):
                        raise Invalid
                    data__cicd__afterscript_is_list = isinstance(data__cicd__afterscript, (list, tuple))
                    if data__cicd__afterscript_is_list:
                        data__cicd__afterscript_len = len(data__cicd__afterscript)
                        for data__cicd__afterscript_x, data__cicd__afterscript_item in enumerate(data__cicd__afterscript):
                            if not isinstance(data__cicd__afterscript_item, str):
                                raise Invalid
                if data__cicd_keys:
                    raise Invalid
        if 'certificate' in data_keys:
            data_keys.remove('certificate')
            data__certificate = data['certificate']
            if not isinstance(data__certificate, dict):
                raise Invalid
            data__certificate_is_dict = isinstance(data__certificate, dict)
            if data__certificate_is_dict:
                data__certificate__missing_keys = set(['type']) - data__certificate.keys()
                if data__certificate__missing_keys:
                    raise Invalid
                data__certificate_keys = set(data__certificate.keys())
                if 'type' in data__certificate_keys:
                    data__certificate_keys.remove('type')
                    data__certificate__type = data__certificate['type']
                    if not isinstance(data__certificate__type, str):
                        raise Invalid
                    if not (isinstance(data__certificate__type, str) and data__certificate__type == 'lets-encrypt' or (isinstance(data__certificate__type, str) and data__certificate__type == 'self-signed') or (isinstance(data__certificate__type, str) and data__certificate__type == 'existing') or (isinstance(data__certificate__type, str) and data__certificate__type == 'disabled')):
                        raise Invalid
                if 'secret_name' in data__certificate_keys:
                    data__certificate_keys.remove('secret_name')
                    data__certificate__secretname = data__certificate['secret_name']
                    if not isinstance(data__certificate__secretname, str):
                        raise Invalid
                    if isinstance(data__certificate__secretname, str):
                        if not custom_formats['secret-name'](data__certificate__secretname):
                            raise Invalid
                if 'acme_email' in data__certificate_keys:
                    data__certificate_keys.remove('acme_email')
                    data__certificate__acmeemail = data__certificate['acme_email']
                    if not isinstance(data__certificate__acmeemail, str):
                        raise Invalid
                    if isinstance(data__certificate__acmeemail, str):
                        if not custom_formats['email'](data__certificate__acmeemail):
                            raise Invalid
                if 'acme_server' in data__certificate_keys:
                    data__certificate_keys.remove('acme_server')
                    data__certificate__acmeserver = data__certificate['acme_server']
                    if not isinstance(data__certificate__acmeserver, str):
                        raise Invalid
                    if isinstance(data__certificate__acmeserver, str):
                        if not custom_formats['url'](data__certificate__acmeserver):
                            raise Invalid
                if data__certificate_keys:
                    raise Invalid
        if 'qhub_version' in data_keys:
            data_keys.remove('qhub_version')
            data__qhubversion = data['qhub_version']
            if not isinstance(data__qhubversion, str):
                raise Invalid
        if 'prevent_deploy' in data_keys:
            data_keys.remove('prevent_deploy')
            data__preventdeploy = data['prevent_deploy']
            if not isinstance(data__preventdeploy, bool):
                raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_node_selectors(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        for data_key in data_keys:
            if data_key not in []:
                data_value = data.get(data_key)
                if not isinstance(data_value, dict):
                    raise Invalid
                data_value_is_dict = isinstance(data_value, dict)
                if data_value_is_dict:
                    data_value__missing_keys = set(['key', 'value']) - data_value.keys()
                    if data_value__missing_keys:
                        raise Invalid
                    data_value_keys = set(data_value.keys())
                    if 'key' in data_value_keys:
                        data_value_keys.remove('key')
                        data_value__key = data_value['key']
                        if not isinstance(data_value__key, str):
                            raise Invalid
                        if isinstance(data_value__key, str):
                            if not custom_formats['label-key'](data_value__key):
                                raise Invalid
                    if 'value' in data_value_keys:
                        data_value_keys.remove('value')
                        data_value__value = data_value['value']
                        if not isinstance(data_value__value, str):
                            raise Invalid
                        if isinstance(data_value__value, str):
                            if not custom_formats['label-value'](data_value__value):
                                raise Invalid
                    if 'gpus' in data_value_keys:
                        data_value_keys.remove('gpus')
                        data_value__gpus = data_value['gpus']
                        if not isinstance(data_value__gpus, int) and (not (isinstance(data_value__gpus, float) and data_value__gpus.is_integer())) or isinstance(data_value__gpus, bool):
                            raise Invalid
                        if isinstance(data_value__gpus, (int, float)) and (not isinstance(data_value__gpus, bool)):
                            if data_value__gpus < 0:
                                raise Invalid
                            if data_value__gpus > 64:
                                raise Invalid
                    if 'spot' in data_value_keys:
                        data_value_keys.remove('spot')
                        data_value__spot = data_value['spot']
                        if not isinstance(data_value__spot, bool):
                            raise Invalid
                    if data_value_keys:
                        raise Invalid
        data_len = len(data)
        if data_len != 0:
            data_property_names = True
            for data_key in data:
                try:
                    if isinstance(data_key, str):
                        if not custom_formats['label-value'](data_key):
                            raise Invalid
                except Invalid:
                    data_property_names = False
            if not data_property_names:
                raise Invalid
    return data

def validate____defs_do_node_group(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['instance']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'instance' in data_keys:
            data_keys.remove('instance')
            data__instance = data['instance']
            if not isinstance(data__instance, str):
                raise Invalid
            if isinstance(data__instance, str):
                data__instance_len = len(data__instance)
                if data__instance_len < 1:
                    raise Invalid
                if not custom_formats['do-instance'](data__instance):
                    raise Invalid
        if 'min_nodes' in data_keys:
            data_keys.remove('min_nodes')
            data__minnodes = data['min_nodes']
            if not isinstance(data__minnodes, int) and (not (isinstance(data__minnodes, float) and data__minnodes.is_integer())) or isinstance(data__minnodes, bool):
                raise Invalid
            if isinstance(data__minnodes, (int, float)) and (not isinstance(data__minnodes, bool)):
                if data__minnodes < 0:
                    raise Invalid
                if data__minnodes > 10000:
                    raise Invalid
        if 'max_nodes' in data_keys:
            data_keys.remove('max_nodes')
            data__maxnodes = data['max_nodes']
            if not isinstance(data__maxnodes, int) and (not (isinstance(data__maxnodes, float) and data__maxnodes.is_integer())) or isinstance(data__maxnodes, bool):
                raise Invalid
            if isinstance(data__maxnodes, (int, float)) and (not isinstance(data__maxnodes, bool)):
                if data__maxnodes < 1:
                    raise Invalid
                if data__maxnodes > 10000:
                    raise Invalid
        if 'gpu' in data_keys:
            data_keys.remove('gpu')
            data__gpu = data['gpu']
            if not isinstance(data__gpu, bool):
                raise Invalid
        if 'gpus' in data_keys:
            data_keys.remove('gpus')
            data__gpus = data['gpus']
            if not isinstance(data__gpus, int) and (not (isinstance(data__gpus, float) and data__gpus.is_integer())) or isinstance(data__gpus, bool):
                raise Invalid
            if isinstance(data__gpus, (int, float)) and (not isinstance(data__gpus, bool)):
                if data__gpus < 0:
                    raise Invalid
                if data__gpus > 64:
                    raise Invalid
        if 'spot' in data_keys:
            data_keys.remove('spot')
            data__spot = data['spot']
            if not isinstance(data__spot, bool):
                raise Invalid
        if 'preemptible' in data_keys:
            data_keys.remove('preemptible')
            data__preemptible = data['preemptible']
            if not isinstance(data__preemptible, bool):
                raise Invalid
        if 'labels' in data_keys:
            data_keys.remove('labels')
            data__labels = data['labels']
            if not isinstance(data__labels, dict):
                raise Invalid
            data__labels_is_dict = isinstance(data__labels, dict)
            if data__labels_is_dict:
                data__labels_keys = set(data__labels.keys())
                for data__labels_key in data__labels_keys:
                    if data__labels_key not in []:
                        data__labels_value = data__labels.get(data__labels_key)
                        if not isinstance(data__labels_value, str):
                            raise Invalid
                        if isinstance(data__labels_value, str):
                            if not custom_formats['label-value'](data__labels_value):
                                raise Invalid
                data__labels_len = len(data__labels)
                if data__labels_len != 0:
                    data__labels_property_names = True
                    for data__labels_key in data__labels:
                        try:
                            if isinstance(data__labels_key, str):
                                if not custom_formats['label-key'](data__labels_key):
                                    raise Invalid
                        except Invalid:
                            data__labels_property_names = False
                    if not data__labels_property_names:
                        raise Invalid
        if 'disk_gib' in data_keys:
            data_keys.remove('disk_gib')
            data__diskgib = data['disk_gib']
            if not isinstance(data__diskgib, int) and (not (isinstance(data__diskgib, float) and data__diskgib.is_integer())) or isinstance(data__diskgib, bool):
                raise Invalid
            if isinstance(data__diskgib, (int, float)) and (not isinstance(data__diskgib, bool)):
                if data__diskgib < 10:
                    raise Invalid
                if data__diskgib > 65536:
                    raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_azure_node_group(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['instance']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'instance' in data_keys:
            data_keys.remove('instance')
            data__instance = data['instance']
            if not isinstance(data__instance, str):
                raise Invalid
            if isinstance(data__instance, str):
                data__instance_len = len(data__instance)
                if data__instance_len < 1:
                    raise Invalid
                if not custom_formats['azure-instance'](data__instance):
                    raise Invalid
        if 'min_nodes' in data_keys:
            data_keys.remove('min_nodes')
            data__minnodes = data['min_nodes']
            if not isinstance(data__minnodes, int) and (not (isinstance(data__minnodes, float) and data__minnodes.is_integer())) or isinstance(data__minnodes, bool):
                raise Invalid
            if isinstance(data__minnodes, (int, float)) and (not isinstance(data__minnodes, bool)):
                if data__minnodes < 0:
                    raise Invalid
                if data__minnodes > 10000:
                    raise Invalid
        if 'max_nodes' in data_keys:
            data_keys.remove('max_nodes')
            data__maxnodes = data['max_nodes']
            if not isinstance(data__maxnodes, int) and (not (isinstance(data__maxnodes, float) and data__maxnodes.is_integer())) or isinstance(data__maxnodes, bool):
                raise Invalid
            if isinstance(data__maxnodes, (int, float)) and (not isinstance(data__maxnodes, bool)):
                if data__maxnodes < 1:
                    raise Invalid
                if data__maxnodes > 10000:
                    raise Invalid
        if 'gpu' in data_keys:
            data_keys.remove('gpu')
            data__gpu = data['gpu']
            if not isinstance(data__gpu, bool):
                raise Invalid
        if 'gpus' in data_keys:
            data_keys.remove('gpus')
            data__gpus = data['gpus']
            if not isinstance(data__gpus, int) and (not (isinstance(data__gpus, float) and data__gpus.is_integer())) or isinstance(data__gpus, bool):
                raise Invalid
            if isinstance(data__gpus, (int, float)) and (not isinstance(data__gpus, bool)):
                if data__gpus < 0:
                    raise Invalid
                if data__gpus > 64:
                    raise Invalid
        if 'spot' in data_keys:
            data_keys.remove('spot')
            data__spot = data['spot']
            if not isinstance(data__spot, bool):
                raise Invalid
        if 'preemptible' in data_keys:
            data_keys.remove('preemptible')
            data__preemptible = data['preemptible']
            if not isinstance(data__preemptible, bool):
                raise Invalid
        if 'labels' in data_keys:
            data_keys.remove('labels')
            data__labels = data['labels']
            if not isinstance(data__labels, dict):
                raise Invalid
            data__labels_is_dict = isinstance(data__labels, dict)
            if data__labels_is_dict:
                data__labels_keys = set(data__labels.keys())
                for data__labels_key in data__labels_keys:
                    if data__labels_key not in []:
                        data__labels_value = data__labels.get(data__labels_key)
                        if not isinstance(data__labels_value, str):
                            raise Invalid
                        if isinstance(data__labels_value, str):
                            if not custom_formats['label-value'](data__labels_value):
                                raise Invalid
                data__labels_len = len(data__labels)
                if data__labels_len != 0:
                    data__labels_property_names = True
                    for data__labels_key in data__labels:
                        try:
                            if isinstance(data__labels_key, str):
                                if not custom_formats['label-key'](data__labels_key):
                                    raise Invalid
                        except Invalid:
                            data__labels_property_names = False
                    if not data__labels_property_names:
                        raise Invalid
        if 'disk_gib' in data_keys:
            data_keys.remove('disk_gib')
            data__diskgib = data['disk_gib']
            if not isinstance(data__diskgib, int) and (not (isinstance(data__diskgib, float) and data__diskgib.is_integer())) or isinstance(data__diskgib, bool):
                raise Invalid
            if isinstance(data__diskgib, (int, float)) and (not isinstance(data__diskgib, bool)):
                if data__diskgib < 10:
                    raise Invalid
                if data__diskgib > 65536:
                    raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_gcp_node_group(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['instance']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'instance' in data_keys:
            data_keys.remove('instance')
            data__instance = data['instance']
            if not isinstance(data__instance, str):
                raise Invalid
            if isinstance(data__instance, str):
                data__instance_len = len(data__instance)
                if data__instance_len < 1:
                    raise Invalid
                if not custom_formats['gcp-instance'](data__instance):
                    raise Invalid
        if 'min_nodes' in data_keys:
            data_keys.remove('min_nodes')
            data__minnodes = data['min_nodes']
            if not isinstance(data__minnodes, int) and (not (isinstance(data__minnodes, float) and data__minnodes.is_integer())) or isinstance(data__minnodes, bool):
                raise Invalid
            if isinstance(data__minnodes, (int, float)) and (not isinstance(data__minnodes, bool)):
                if data__minnodes < 0:
                    raise Invalid
                if data__minnodes > 10000:
                    raise Invalid
        if 'max_nodes' in data_keys:
            data_keys.remove('max_nodes')
            data__maxnodes = data['max_nodes']
            if not isinstance(data__maxnodes, int) and (not (isinstance(data__maxnodes, float) and data__maxnodes.is_integer())) or isinstance(data__maxnodes, bool):
                raise Invalid
            if isinstance(data__maxnodes, (int, float)) and (not isinstance(data__maxnodes, bool)):
                if data__maxnodes < 1:
                    raise Invalid
                if data__maxnodes > 10000:
                    raise Invalid
        if 'gpu' in data_keys:
            data_keys.remove('gpu')
            data__gpu = data['gpu']
            if not isinstance(data__gpu, bool):
                raise Invalid
        if 'gpus' in data_keys:
            data_keys.remove('gpus')
            data__gpus = data['gpus']
            if not isinstance(data__gpus, int) and (not (isinstance(data__gpus, float) and data__gpus.is_integer())) or isinstance(data__gpus, bool):
                raise Invalid
            if isinstance(data__gpus, (int, float)) and (not isinstance(data__gpus, bool)):
                if data__gpus < 0:
                    raise Invalid
                if data__gpus > 64:
                    raise Invalid
        if 'spot' in data_keys:
            data_keys.remove('spot')
            data__spot = data['spot']
            if not isinstance(data__spot, bool):
                raise Invalid
        if 'preemptible' in data_keys:
            data_keys.remove('preemptible')
            data__preemptible = data['preemptible']
            if not isinstance(data__preemptible, bool):
                raise Invalid
        if 'labels' in data_keys:
            data_keys.remove('labels')
            data__labels = data['labels']
            if not isinstance(data__labels, dict):
                raise Invalid
            data__labels_is_dict = isinstance(data__labels, dict)
            if data__labels_is_dict:
                data__labels_keys = set(data__labels.keys())
                for data__labels_key in data__labels_keys:
                    if data__labels_key not in []:
                        data__labels_value = data__labels.get(data__labels_key)
                        if not isinstance(data__labels_value, str):
                            raise Invalid
                        if isinstance(data__labels_value, str):
                            if not custom_formats['label-value'](data__labels_value):
                                raise Invalid
                data__labels_len = len(data__labels)
                if data__labels_len != 0:
                    data__labels_property_names = True
                    for data__labels_key in data__labels:
                        try:
                            if isinstance(data__labels_key, str):
                                if not custom_formats['label-key'](data__labels_key):
                                    raise Invalid
                        except Invalid:
                            data__labels_property_names = False
                    if not data__labels_property_names:
                        raise Invalid
        if 'disk_gib' in data_keys:
            data_keys.remove('disk_gib')
            data__diskgib = data['disk_gib']
            if not isinstance(data__diskgib, int) and (not (isinstance(data__diskgib, float) and data__diskgib.is_integer())) or isinstance(data__diskgib, bool):
                raise Invalid
            if isinstance(data__diskgib, (int, float)) and (not isinstance(data__diskgib, bool)):
                if data__diskgib < 10:
                    raise Invalid
                if data__diskgib > 65536:
                    raise Invalid
        if 'guest_accelerators' in data_keys:
            data_keys.remove('guest_accelerators')
            data__guestaccelerators = data['guest_accelerators']
            if not isinstance(data__guestaccelerators, (list, tuple)):
                raise Invalid
            data__guestaccelerators_is_list = isinstance(data__guestaccelerators, (list, tuple))
            if data__guestaccelerators_is_list:
                data__guestaccelerators_len = len(data__guestaccelerators)
                for data__guestaccelerators_x, data__guestaccelerators_item in enumerate(data__guestaccelerators):
                    validate____defs_guest_accelerator(data__guestaccelerators_item, custom_formats, (name_prefix or 'data') + '.guest_accelerators[{data__guestaccelerators_x}]'.format(**locals()))
        if data_keys:
            raise Invalid
    return data

def validate____defs_guest_accelerator(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if 'name' in data_keys:
            data_keys.remove('name')
            data__name = data['name']
            if not isinstance(data__name, str):
                raise Invalid
            if isinstance(data__name, str):
                data__name_len = len(data__name)
                if data__name_len < 1:
                    raise Invalid
        if 'type' in data_keys:
            data_keys.remove('type')
            data__type = data['type']
            if not isinstance(data__type, str):
                raise Invalid
            if isinstance(data__type, str):
                data__type_len = len(data__type)
                if data__type_len < 1:
                    raise Invalid
        if 'count' in data_keys:
            data_keys.remove('count')
            data__count = data['count']
            if not isinstance(data__count, int) and (not (isinstance(data__count, float) and data__count.is_integer())) or isinstance(data__count, bool):
                raise Invalid
            if isinstance(data__count, (int, float)) and (not isinstance(data__count, bool)):
                if data__count < 1:
                    raise Invalid
                if data__count > 64:
                    raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_aws_node_group(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['instance']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'instance' in data_keys:
            data_keys.remove('instance')
            data__instance = data['instance']
            if not isinstance(data__instance, str):
                raise Invalid
            if isinstance(data__instance, str):
                data__instance_len = len(data__instance)
                if data__instance_len < 1:
                    raise Invalid
                if not custom_formats['aws-instance'](data__instance):
                    raise Invalid
        if 'min_nodes' in data_keys:
            data_keys.remove('min_nodes')
            data__minnodes = data['min_nodes']
            if not isinstance(data__minnodes, int) and (not (isinstance(data__minnodes, float) and data__minnodes.is_integer())) or isinstance(data__minnodes, bool):
                raise Invalid
            if isinstance(data__minnodes, (int, float)) and (not isinstance(data__minnodes, bool)):
                if data__minnodes < 0:
                    raise Invalid
                if data__minnodes > 10000:
                    raise Invalid
        if 'max_nodes' in data_keys:
            data_keys.remove('max_nodes')
            data__maxnodes = data['max_nodes']
            if not isinstance(data__maxnodes, int) and (not (isinstance(data__maxnodes, float) and data__maxnodes.is_integer())) or isinstance(data__maxnodes, bool):
                raise Invalid
            if isinstance(data__maxnodes, (int, float)) and (not isinstance(data__maxnodes, bool)):
                if data__maxnodes < 1:
                    raise Invalid
                if data__maxnodes > 10000:
                    raise Invalid
        if 'gpu' in data_keys:
            data_keys.remove('gpu')
            data__gpu = data['gpu']
            if not isinstance(data__gpu, bool):
                raise Invalid
        if 'gpus' in data_keys:
            data_keys.remove('gpus')
            data__gpus = data['gpus']
            if not isinstance(data__gpus, int) and (not (isinstance(data__gpus, float) and data__gpus.is_integer())) or isinstance(data__gpus, bool):
                raise Invalid
            if isinstance(data__gpus, (int, float)) and (not isinstance(data__gpus, bool)):
                if data__gpus < 0:
                    raise Invalid
                if data__gpus > 64:
                    raise Invalid
        if 'spot' in data_keys:
            data_keys.remove('spot')
            data__spot = data['spot']
            if not isinstance(data__spot, bool):
                raise Invalid
        if 'preemptible' in data_keys:
            data_keys.remove('preemptible')
            data__preemptible = data['preemptible']
            if not isinstance(data__preemptible, bool):
                raise Invalid
        if 'labels' in data_keys:
            data_keys.remove('labels')
            data__labels = data['labels']
            if not isinstance(data__labels, dict):
                raise Invalid
            data__labels_is_dict = isinstance(data__labels, dict)
            if data__labels_is_dict:
                data__labels_keys = set(data__labels.keys())
                for data__labels_key in data__labels_keys:
                    if data__labels_key not in []:
                        data__labels_value = data__labels.get(data__labels_key)
                        if not isinstance(data__labels_value, str):
                            raise Invalid
                        if isinstance(data__labels_value, str):
                            if not custom_formats['label-value'](data__labels_value):
                                raise Invalid
                data__labels_len = len(data__labels)
                if data__labels_len != 0:
                    data__labels_property_names = True
                    for data__labels_key in data__labels:
                        try:
                            if isinstance(data__labels_key, str):
                                if not custom_formats['label-key'](data__labels_key):
                                    raise Invalid
                        except Invalid:
                            data__labels_property_names = False
                    if not data__labels_property_names:
                        raise Invalid
        if 'disk_gib' in data_keys:
            data_keys.remove('disk_gib')
            data__diskgib = data['disk_gib']
            if not isinstance(data__diskgib, int) and (not (isinstance(data__diskgib, float) and data__diskgib.is_integer())) or isinstance(data__diskgib, bool):
                raise Invalid
            if isinstance(data__diskgib, (int, float)) and (not isinstance(data__diskgib, bool)):
                if data__diskgib < 10:
                    raise Invalid
                if data__diskgib > 65536:
                    raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_dask_worker_profile(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['worker_cores', 'worker_cores_limit', 'worker_memory', 'worker_memory_limit']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'worker_cores' in data_keys:
            data_keys.remove('worker_cores')
            data__workercores = data['worker_cores']
            if not isinstance(data__workercores, (int, float)) or isinstance(data__workercores, bool):
                raise Invalid
            if isinstance(data__workercores, (int, float)) and (not isinstance(data__workercores, bool)):
                if data__workercores > 100000:
                    raise Invalid
                if data__workercores <= 0:
                    raise Invalid
        if 'worker_cores_limit' in data_keys:
            data_keys.remove('worker_cores_limit')
            data__workercoreslimit = data['worker_cores_limit']
            if not isinstance(data__workercoreslimit, (int, float)) or isinstance(data__workercoreslimit, bool):
                raise Invalid
            if isinstance(data__workercoreslimit, (int, float)) and (not isinstance(data__workercoreslimit, bool)):
                if data__workercoreslimit > 100000:
                    raise Invalid
                if data__workercoreslimit <= 0:
                    raise Invalid
        if 'worker_memory' in data_keys:
            data_keys.remove('worker_memory')
            data__workermemory = data['worker_memory']
            validate____defs_memory(data__workermemory, custom_formats, (name_prefix or 'data') + '.worker_memory')
        if 'worker_memory_limit' in data_keys:
            data_keys.remove('worker_memory_limit')
            data__workermemorylimit = data['worker_memory_limit']
            validate____defs_memory(data__workermemorylimit, custom_formats, (name_prefix or 'data') + '.worker_memory_limit')
        if 'worker_threads' in data_keys:
            data_keys.remove('worker_threads')
            data__workerthreads = data['worker_threads']
            if not isinstance(data__workerthreads, int) and (not (isinstance(data__workerthreads, float) and data__workerthreads.is_integer())) or isinstance(data__workerthreads, bool):
                raise Invalid
            if isinstance(data__workerthreads, (int, float)) and (not isinstance(data__workerthreads, bool)):
                if data__workerthreads < 1:
                    raise Invalid
                if data__workerthreads > 1024:
                    raise Invalid
        if 'image' in data_keys:
            data_keys.remove('image')
            data__image = data['image']
            validate____defs_image(data__image, custom_formats, (name_prefix or 'data') + '.image')
        if 'gpus' in data_keys:
            data_keys.remove('gpus')
            data__gpus = data['gpus']
            if not isinstance(data__gpus, int) and (not (isinstance(data__gpus, float) and data__gpus.is_integer())) or isinstance(data__gpus, bool):
                raise Invalid
            if isinstance(data__gpus, (int, float)) and (not isinstance(data__gpus, bool)):
                if data__gpus < 0:
                    raise Invalid
                if data__gpus > 64:
                    raise Invalid
        if 'node_pool' in data_keys:
            data_keys.remove('node_pool')
            data__nodepool = data['node_pool']
            if not isinstance(data__nodepool, str):
                raise Invalid
            if isinstance(data__nodepool, str):
                data__nodepool_len = len(data__nodepool)
                if data__nodepool_len < 1:
                    raise Invalid
        if 'default' in data_keys:
            data_keys.remove('default')
            data__default = data['default']
            if not isinstance(data__default, bool):
                raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_flow_run_profile(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['cpu', 'memory']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'cpu' in data_keys:
            data_keys.remove('cpu')
            data__cpu = data['cpu']
            validate____defs_cpu(data__cpu, custom_formats, (name_prefix or 'data') + '.cpu')
        if 'memory' in data_keys:
            data_keys.remove('memory')
            data__memory = data['memory']
            validate____defs_memory(data__memory, custom_formats, (name_prefix or 'data') + '.memory')
        if 'cpu_limit' in data_keys:
            data_keys.remove('cpu_limit')
            data__cpulimit = data['cpu_limit']
            validate____defs_cpu(data__cpulimit, custom_formats, (name_prefix or 'data') + '.cpu_limit')
        if 'memory_limit' in data_keys:
            data_keys.remove('memory_limit')
            data__memorylimit = data['memory_limit']
            validate____defs_memory(data__memorylimit, custom_formats, (name_prefix or 'data') + '.memory_limit')
        if 'gpus' in data_keys:
            data_keys.remove('gpus')
            data__gpus = data['gpus']
            if not isinstance(data__gpus, int) and (not (isinstance(data__gpus, float) and data__gpus.is_integer())) or isinstance(data__gpus, bool):
                raise Invalid
            if isinstance(data__gpus, (int, float)) and (not isinstance(data__gpus, bool)):
                if data__gpus < 0:
                    raise Invalid
                if data__gpus > 64:
                    raise Invalid
        if 'node_pool' in data_keys:
            data_keys.remove('node_pool')
            data__nodepool = data['node_pool']
            if not isinstance(data__nodepool, str):
                raise Invalid
            if isinstance(data__nodepool, str):
                data__nodepool_len = len(data__nodepool)
                if data__nodepool_len < 1:
                    raise Invalid
        if 'default' in data_keys:
            data_keys.remove('default')
            data__default = data['default']
            if not isinstance(data__default, bool):
                raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_cpu(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (str, int, float)) or isinstance(data, bool):
        raise Invalid
    if isinstance(data, str):
        if not custom_formats['cpu-quantity'](data):
            raise Invalid
    if isinstance(data, (int, float)) and (not isinstance(data, bool)):
        if data > 100000:
            raise Invalid
        if data <= 0:
            raise Invalid
    return data

def validate____defs_memory(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (str, int)) and (not (isinstance(data, float) and data.is_integer())) or isinstance(data, bool):
        raise Invalid
    if isinstance(data, str):
        if not custom_formats['memory-quantity'](data):
            raise Invalid
    if isinstance(data, (int, float)) and (not isinstance(data, bool)):
        if data < 1:
            raise Invalid
    return data

def validate____defs_secret_source(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (str, dict)):
        raise Invalid
    data_one_of_count1 = 0
    if data_one_of_count1 < 2:
        try:
            if not isinstance(data, str):
                raise Invalid
            if isinstance(data, str):
                data_len = len(data)
                if data_len < 1:
                    raise Invalid
            data_one_of_count1 += 1
        except Invalid:
            pass
    if data_one_of_count1 < 2:
        try:
            if not isinstance(data, dict):
                raise Invalid
            data_is_dict = isinstance(data, dict)
            if data_is_dict:
                data_len = len(data)
                if data_len > 1:
                    raise Invalid
                data__missing_keys = set(['from_env']) - data.keys()
                if data__missing_keys:
                    raise Invalid
            data_one_of_count1 += 1
        except Invalid:
            pass
    if data_one_of_count1 < 2:
        try:
            if not isinstance(data, dict):
                raise Invalid
            data_is_dict = isinstance(data, dict)
            if data_is_dict:
                data_len = len(data)
                if data_len > 1:
                    raise Invalid
                data__missing_keys = set(['from_file']) - data.keys()
                if data__missing_keys:
                    raise Invalid
            data_one_of_count1 += 1
        except Invalid:
            pass
    if data_one_of_count1 < 2:
        try:
            if not isinstance(data, dict):
                raise Invalid
            data_is_dict = isinstance(data, dict)
            if data_is_dict:
                data_len = len(data)
                if data_len > 2:
                    raise Invalid
                data__missing_keys = set(['existing_secret', 'key']) - data.keys()
                if data__missing_keys:
                    raise Invalid
            data_one_of_count1 += 1
        except Invalid:
            pass
    if data_one_of_count1 != 1:
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if 'from_env' in data_keys:
            data_keys.remove('from_env')
            data__fromenv = data['from_env']
            if not isinstance(data__fromenv, str):
                raise Invalid
            if isinstance(data__fromenv, str):
                if not custom_formats['env-name'](data__fromenv):
                    raise Invalid
        if 'from_file' in data_keys:
            data_keys.remove('from_file')
            data__fromfile = data['from_file']
            if not isinstance(data__fromfile, str):
                raise Invalid
            if isinstance(data__fromfile, str):
                data__fromfile_len = len(data__fromfile)
                if data__fromfile_len < 1:
                    raise Invalid
        if 'existing_secret' in data_keys:
            data_keys.remove('existing_secret')
            data__existingsecret = data['existing_secret']
            if not isinstance(data__existingsecret, str):
                raise Invalid
            if isinstance(data__existingsecret, str):
                if not custom_formats['secret-name'](data__existingsecret):
                    raise Invalid
        if 'key' in data_keys:
            data_keys.remove('key')
            data__key = data['key']
            if not isinstance(data__key, str):
                raise Invalid
            if isinstance(data__key, str):
                if not custom_formats['secret-key'](data__key):
                    raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_agent(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['name']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'name' in data_keys:
            data_keys.remove('name')
            data__name = data['name']
            if not isinstance(data__name, str):
                raise Invalid
            if isinstance(data__name, str):
                if not custom_formats['dns-label'](data__name):
                    raise Invalid
        if 'image' in data_keys:
            data_keys.remove('image')
            data__image = data['image']
            validate____defs_image(data__image, custom_formats, (name_prefix or 'data') + '.image')
        if 'queues' in data_keys:
            data_keys.remove('queues')
            data__queues = data['queues']
            if not isinstance(data__queues, (list, tuple)):
                raise Invalid
            data__queues_is_list = isinstance(data__queues, (list, tuple))
            if data__queues_is_list:
                data__queues_len = len(data__queues)
                for data__queues_x, data__queues_item in enumerate(data__queues):
                    if not isinstance(data__queues_item, str):
                        raise Invalid
                    if isinstance(data__queues_item, str):
                        data__queues_item_len = len(data__queues_item)
                        if data__queues_item_len < 1:
                            raise Invalid
                        if data__queues_item_len > 200:
                            raise Invalid
        if 'profile' in data_keys:
            data_keys.remove('profile')
            data__profile = data['profile']
            if not isinstance(data__profile, str):
                raise Invalid
            if isinstance(data__profile, str):
                data__profile_len = len(data__profile)
                if data__profile_len < 1:
                    raise Invalid
        if 'token' in data_keys:
            data_keys.remove('token')
            data__token = data['token']
            if not isinstance(data__token, str):
                raise Invalid
            if isinstance(data__token, str):
                if not custom_formats['secret-key'](data__token):
                    raise Invalid
        if 'secrets' in data_keys:
            data_keys.remove('secrets')
            data__secrets = data['secrets']
            if not isinstance(data__secrets, (list, tuple)):
                raise Invalid
            data__secrets_is_list = isinstance(data__secrets, (list, tuple))
            if data__secrets_is_list:
                data__secrets_len = len(data__secrets)
                for data__secrets_x, data__secrets_item in enumerate(data__secrets):
                    if not isinstance(data__secrets_item, str):
                        raise Invalid
                    if isinstance(data__secrets_item, str):
                        if not custom_formats['secret-key'](data__secrets_item):
                            raise Invalid
        if 'overrides' in data_keys:
            data_keys.remove('overrides')
            data__overrides = data['overrides']
            validate____defs_overrides(data__overrides, custom_formats, (name_prefix or 'data') + '.overrides')
        if data_keys:
            raise Invalid
    return data

def validate____defs_overrides(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if 'prefect_agent' in data_keys:
            data_keys.remove('prefect_agent')
            data__prefectagent = data['prefect_agent']
            if not isinstance(data__prefectagent, dict):
                raise Invalid
            data__prefectagent_is_dict = isinstance(data__prefectagent, dict)
            if data__prefectagent_is_dict:
                data__prefectagent_keys = set(data__prefectagent.keys())
                if 'prefectLabels' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('prefectLabels')
                    data__prefectagent__prefectLabels = data__prefectagent['prefectLabels']
                    if not isinstance(data__prefectagent__prefectLabels, (list, tuple, str)):
                        raise Invalid
                    data__prefectagent__prefectLabels_is_list = isinstance(data__prefectagent__prefectLabels, (list, tuple))
                    if data__prefectagent__prefectLabels_is_list:
                        data__prefectagent__prefectLabels_len = len(data__prefectagent__prefectLabels)
                        for data__prefectagent__prefectLabels_x, data__prefectagent__prefectLabels_item in enumerate(data__prefectagent__prefectLabels):
                            if not isinstance(data__prefectagent__prefectLabels_item, str):
                                raise Invalid
                if 'job' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('job')
                    data__prefectagent__job = data__prefectagent['job']
                    if not isinstance(data__prefectagent__job, dict):
                        raise Invalid
                    data__prefectagent__job_is_dict = isinstance(data__prefectagent__job, dict)
                    if data__prefectagent__job_is_dict:
                        data__prefectagent__job_keys = set(data__prefectagent__job.keys())
                        if 'resources' in data__prefectagent__job_keys:
                            data__prefectagent__job_keys.remove('resources')
                            data__prefectagent__job__resources = data__prefectagent__job['resources']
                            if not isinstance(data__prefectagent__job__resources, dict):
                                raise Invalid
                            data__prefectagent__job__resources_is_dict = isinstance(data__prefectagent__job__resources, dict)
                            if data__prefectagent__job__resources_is_dict:
                                data__prefectagent__job__resources_keys = set(data__prefectagent__job__resources.keys())
                                if 'requests' in data__prefectagent__job__resources_keys:
                                    data__prefectagent__job__resources_keys.remove('requests')
                                    data__prefectagent__job__resources__requests = data__prefectagent__job__resources['requests']
                                    if not isinstance(data__prefectagent__job__resources__requests, dict):
                                        raise Invalid
                                    data__prefectagent__job__resources__requests_is_dict = isinstance(data__prefectagent__job__resources__requests, dict)
                                    if data__prefectagent__job__resources__requests_is_dict:
                                        data__prefectagent__job__resources__requests_keys = set(data__prefectagent__job__resources__requests.keys())
                                        if 'cpu' in data__prefectagent__job__resources__requests_keys:
                                            data__prefectagent__job__resources__requests_keys.remove('cpu')
                                            data__prefectagent__job__resources__requests__cpu = data__prefectagent__job__resources__requests['cpu']
                                            validate____defs_cpu(data__prefectagent__job__resources__requests__cpu, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.requests.cpu')
                                        if 'memory' in data__prefectagent__job__resources__requests_keys:
                                            data__prefectagent__job__resources__requests_keys.remove('memory')
                                            data__prefectagent__job__resources__requests__memory = data__prefectagent__job__resources__requests['memory']
                                            validate____defs_memory(data__prefectagent__job__resources__requests__memory, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.requests.memory')
                                        if data__prefectagent__job__resources__requests_keys:
                                            raise Invalid
                                if 'limits' in data__prefectagent__job__resources_keys:
                                    data__prefectagent__job__resources_keys.remove('limits')
                                    data__prefectagent__job__resources__limits = data__prefectagent__job__resources['limits']
                                    if not isinstance(data__prefectagent__job__resources__limits, dict):
                                        raise Invalid
                                    data__prefectagent__job__resources__limits_is_dict = isinstance(data__prefectagent__job__resources__limits, dict)
                                    if data__prefectagent__job__resources__limits_is_dict:
                                        data__prefectagent__job__resources__limits_keys = set(data__prefectagent__job__resources__limits.keys())
                                        if 'cpu' in data__prefectagent__job__resources__limits_keys:
                                            data__prefectagent__job__resources__limits_keys.remove('cpu')
                                            data__prefectagent__job__resources__limits__cpu = data__prefectagent__job__resources__limits['cpu']
                                            validate____defs_cpu(data__prefectagent__job__resources__limits__cpu, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.limits.cpu')
                                        if 'memory' in data__prefectagent__job__resources__limits_keys:
                                            data__prefectagent__job__resources__limits_keys.remove('memory')
                                            data__prefectagent__job__resources__limits__memory = data__prefectagent__job__resources__limits['memory']
                                            validate____defs_memory(data__prefectagent__job__resources__limits__memory, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.limits.memory')
                                        if data__prefectagent__job__resources__limits_keys:
                                            raise Invalid
                                if 'request' in data__prefectagent__job__resources_keys:
                                    data__prefectagent__job__resources_keys.remove('request')
                                    data__prefectagent__job__resources__request = data__prefectagent__job__resources['request']
                                    if not isinstance(data__prefectagent__job__resources__request, dict):
                                        raise Invalid
                                    data__prefectagent__job__resources__request_is_dict = isinstance(data__prefectagent__job__resources__request, dict)
                                    if data__prefectagent__job__resources__request_is_dict:
                                        data__prefectagent__job__resources__request_keys = set(data__prefectagent__job__resources__request.keys())
                                        if 'cpu' in data__prefectagent__job__resources__request_keys:
                                            data__prefectagent__job__resources__request_keys.remove('cpu')
                                            data__prefectagent__job__resources__request__cpu = data__prefectagent__job__resources__request['cpu']
                                            validate____defs_cpu(data__prefectagent__job__resources__request__cpu, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.request.cpu')
                                        if 'memory' in data__prefectagent__job__resources__request_keys:
                                            data__prefectagent__job__resources__request_keys.remove('memory')
                                            data__prefectagent__job__resources__request__memory = data__prefectagent__job__resources__request['memory']
                                            validate____defs_memory(data__prefectagent__job__resources__request__memory, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.request.memory')
                                        if data__prefectagent__job__resources__request_keys:
                                            raise Invalid
                                if 'limit' in data__prefectagent__job__resources_keys:
                                    data__prefectagent__job__resources_keys.remove('limit')
                                    data__prefectagent__job__resources__limit = data__prefectagent__job__resources['limit']
                                    if not isinstance(data__prefectagent__job__resources__limit, dict):
                                        raise Invalid
                                    data__prefectagent__job__resources__limit_is_dict = isinstance(data__prefectagent__job__resources__limit, dict)
                                    if data__prefectagent__job__resources__limit_is_dict:
                                        data__prefectagent__job__resources__limit_keys = set(data__prefectagent__job__resources__limit.keys())
                                        if 'cpu' in data__prefectagent__job__resources__limit_keys:
                                            data__prefectagent__job__resources__limit_keys.remove('cpu')
                                            data__prefectagent__job__resources__limit__cpu = data__prefectagent__job__resources__limit['cpu']
                                            validate____defs_cpu(data__prefectagent__job__resources__limit__cpu, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.limit.cpu')
                                        if 'memory' in data__prefectagent__job__resources__limit_keys:
                                            data__prefectagent__job__resources__limit_keys.remove('memory')
                                            data__prefectagent__job__resources__limit__memory = data__prefectagent__job__resources__limit['memory']
                                            validate____defs_memory(data__prefectagent__job__resources__limit__memory, custom_formats, (name_prefix or 'data') + '.prefect_agent.job.resources.limit.memory')
                                        if data__prefectagent__job__resources__limit_keys:
                                            raise Invalid
                                if data__prefectagent__job__resources_keys:
                                    raise Invalid
                        if 'imagePullSecrets' in data__prefectagent__job_keys:
                            data__prefectagent__job_keys.remove('imagePullSecrets')
                            data__prefectagent__job__imagePullSecrets = data__prefectagent__job['imagePullSecrets']
                            if not isinstance(data__prefectagent__job__imagePullSecrets, (list, tuple, str)):
                                raise Invalid
                            data__prefectagent__job__imagePullSecrets_is_list = isinstance(data__prefectagent__job__imagePullSecrets, (list, tuple))
                            if data__prefectagent__job__imagePullSecrets_is_list:
                                data__prefectagent__job__imagePullSecrets_len = len(data__prefectagent__job__imagePullSecrets)
                                for data__prefectagent__job__imagePullSecrets_x, data__prefectagent__job__imagePullSecrets_item in enumerate(data__prefectagent__job__imagePullSecrets):
                                    if not isinstance(data__prefectagent__job__imagePullSecrets_item, str):
                                        raise Invalid
                                    if isinstance(data__prefectagent__job__imagePullSecrets_item, str):
                                        if not custom_formats['secret-name'](data__prefectagent__job__imagePullSecrets_item):
                                            raise Invalid
                        if 'imagePullPolicy' in data__prefectagent__job_keys:
                            data__prefectagent__job_keys.remove('imagePullPolicy')
                            data__prefectagent__job__imagePullPolicy = data__prefectagent__job['imagePullPolicy']
                            if not isinstance(data__prefectagent__job__imagePullPolicy, str):
                                raise Invalid
                            if not (isinstance(data__prefectagent__job__imagePullPolicy, str) and data__prefectagent__job__imagePullPolicy == 'Always' or (isinstance(data__prefectagent__job__imagePullPolicy, str) and data__prefectagent__job__imagePullPolicy == 'IfNotPresent') or (isinstance(data__prefectagent__job__imagePullPolicy, str) and data__prefectagent__job__imagePullPolicy == 'Never')):
                                raise Invalid
                        if data__prefectagent__job_keys:
                            raise Invalid
                if 'IMAGE_PULL_SECRETS' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('IMAGE_PULL_SECRETS')
                    data__prefectagent__IMAGEPULLSECRETS = data__prefectagent['IMAGE_PULL_SECRETS']
                    if not isinstance(data__prefectagent__IMAGEPULLSECRETS, (list, tuple, str)):
                        raise Invalid
                    data__prefectagent__IMAGEPULLSECRETS_is_list = isinstance(data__prefectagent__IMAGEPULLSECRETS, (list, tuple))
                    if data__prefectagent__IMAGEPULLSECRETS_is_list:
                        data__prefectagent__IMAGEPULLSECRETS_len = len(data__prefectagent__IMAGEPULLSECRETS)
                        for data__prefectagent__IMAGEPULLSECRETS_x, data__prefectagent__IMAGEPULLSECRETS_item in enumerate(data__prefectagent__IMAGEPULLSECRETS):
                            if not isinstance(data__prefectagent__IMAGEPULLSECRETS_item, str):
                                raise Invalid
                            if isinstance(data__prefectagent__IMAGEPULLSECRETS_item, str):
                                if not custom_formats['secret-name'](data__prefectagent__IMAGEPULLSECRETS_item):
                                    raise Invalid
                if 'IMAGE_PULL_POLICY' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('IMAGE_PULL_POLICY')
                    data__prefectagent__IMAGEPULLPOLICY = data__prefectagent['IMAGE_PULL_POLICY']
                    if not isinstance(data__prefectagent__IMAGEPULLPOLICY, str):
                        raise Invalid
                    if not (isinstance(data__prefectagent__IMAGEPULLPOLICY, str) and data__prefectagent__IMAGEPULLPOLICY == 'Always' or (isinstance(data__prefectagent__IMAGEPULLPOLICY, str) and data__prefectagent__IMAGEPULLPOLICY == 'IfNotPresent') or (isinstance(data__prefectagent__IMAGEPULLPOLICY, str) and data__prefectagent__IMAGEPULLPOLICY == 'Never')):
                        raise Invalid
                if 'JOB_CPU_REQUEST' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('JOB_CPU_REQUEST')
                    data__prefectagent__JOBCPUREQUEST = data__prefectagent['JOB_CPU_REQUEST']
                    validate____defs_cpu(data__prefectagent__JOBCPUREQUEST, custom_formats, (name_prefix or 'data') + '.prefect_agent.JOB_CPU_REQUEST')
                if 'JOB_CPU_LIMIT' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('JOB_CPU_LIMIT')
                    data__prefectagent__JOBCPULIMIT = data__prefectagent['JOB_CPU_LIMIT']
                    validate____defs_cpu(data__prefectagent__JOBCPULIMIT, custom_formats, (name_prefix or 'data') + '.prefect_agent.JOB_CPU_LIMIT')
                if 'JOB_MEM_REQUEST' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('JOB_MEM_REQUEST')
                    data__prefectagent__JOBMEMREQUEST = data__prefectagent['JOB_MEM_REQUEST']
                    validate____defs_memory(data__prefectagent__JOBMEMREQUEST, custom_formats, (name_prefix or 'data') + '.prefect_agent.JOB_MEM_REQUEST')
                if 'JOB_MEM_LIMIT' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('JOB_MEM_LIMIT')
                    data__prefectagent__JOBMEMLIMIT = data__prefectagent['JOB_MEM_LIMIT']
                    validate____defs_memory(data__prefectagent__JOBMEMLIMIT, custom_formats, (name_prefix or 'data') + '.prefect_agent.JOB_MEM_LIMIT')
                if 'PREFECT__CLOUD__AGENT__LABELS' in data__prefectagent_keys:
                    data__prefectagent_keys.remove('PREFECT__CLOUD__AGENT__LABELS')
                    data__prefectagent__PREFECTCLOUDAGENTLABELS = data__prefectagent['PREFECT__CLOUD__AGENT__LABELS']
                    if not isinstance(data__prefectagent__PREFECTCLOUDAGENTLABELS, (list, tuple, str)):
                        raise Invalid
                    data__prefectagent__PREFECTCLOUDAGENTLABELS_is_list = isinstance(data__prefectagent__PREFECTCLOUDAGENTLABELS, (list, tuple))
                    if data__prefectagent__PREFECTCLOUDAGENTLABELS_is_list:
                        data__prefectagent__PREFECTCLOUDAGENTLABELS_len = len(data__prefectagent__PREFECTCLOUDAGENTLABELS)
                        for data__prefectagent__PREFECTCLOUDAGENTLABELS_x, data__prefectagent__PREFECTCLOUDAGENTLABELS_item in enumerate(data__prefectagent__PREFECTCLOUDAGENTLABELS):
                            if not isinstance(data__prefectagent__PREFECTCLOUDAGENTLABELS_item, str):
                                raise Invalid
                if data__prefectagent_keys:
                    raise Invalid
        if 'envVars' in data_keys:
            data_keys.remove('envVars')
            data__envVars = data['envVars']
            if not isinstance(data__envVars, dict):
                raise Invalid
            data__envVars_is_dict = isinstance(data__envVars, dict)
            if data__envVars_is_dict:
                data__envVars_keys = set(data__envVars.keys())
                for data__envVars_key in data__envVars_keys:
                    if data__envVars_key not in []:
                        data__envVars_value = data__envVars.get(data__envVars_key)
                        if not isinstance(data__envVars_value, str):
                            raise Invalid
                data__envVars_len = len(data__envVars)
                if data__envVars_len != 0:
                    data__envVars_property_names = True
                    for data__envVars_key in data__envVars:
                        try:
                            if isinstance(data__envVars_key, str):
                                if not custom_formats['env-name'](data__envVars_key):
                                    raise Invalid
                        except Invalid:
                            data__envVars_property_names = False
                    if not data__envVars_property_names:
                        raise Invalid
        if 'secretEnvVars' in data_keys:
            data_keys.remove('secretEnvVars')
            data__secretEnvVars = data['secretEnvVars']
            if not isinstance(data__secretEnvVars, dict):
                raise Invalid
            data__secretEnvVars_is_dict = isinstance(data__secretEnvVars, dict)
            if data__secretEnvVars_is_dict:
                data__secretEnvVars_keys = set(data__secretEnvVars.keys())
                for data__secretEnvVars_key in data__secretEnvVars_keys:
                    if data__secretEnvVars_key not in []:
                        data__secretEnvVars_value = data__secretEnvVars.get(data__secretEnvVars_key)
                        validate____defs_secret_source(data__secretEnvVars_value, custom_formats, (name_prefix or 'data') + '.secretEnvVars.{data__secretEnvVars_key}'.format(**locals()))
                data__secretEnvVars_len = len(data__secretEnvVars)
                if data__secretEnvVars_len != 0:
                    data__secretEnvVars_property_names = True
                    for data__secretEnvVars_key in data__secretEnvVars:
                        try:
                            if isinstance(data__secretEnvVars_key, str):
                                if not custom_formats['env-name'](data__secretEnvVars_key):
                                    raise Invalid
                        except Invalid:
                            data__secretEnvVars_property_names = False
                    if not data__secretEnvVars_property_names:
                        raise Invalid
        if 'IMAGE_PULL_SECRETS' in data_keys:
            data_keys.remove('IMAGE_PULL_SECRETS')
            data__IMAGEPULLSECRETS = data['IMAGE_PULL_SECRETS']
            if not isinstance(data__IMAGEPULLSECRETS, (list, tuple, str)):
                raise Invalid
            data__IMAGEPULLSECRETS_is_list = isinstance(data__IMAGEPULLSECRETS, (list, tuple))
            if data__IMAGEPULLSECRETS_is_list:
                data__IMAGEPULLSECRETS_len = len(data__IMAGEPULLSECRETS)
                for data__IMAGEPULLSECRETS_x, data__IMAGEPULLSECRETS_item in enumerate(data__IMAGEPULLSECRETS):
                    if not isinstance(data__IMAGEPULLSECRETS_item, str):
                        raise Invalid
                    if isinstance(data__IMAGEPULLSECRETS_item, str):
                        if not custom_formats['secret-name'](data__IMAGEPULLSECRETS_item):
                            raise Invalid
        if 'IMAGE_PULL_POLICY' in data_keys:
            data_keys.remove('IMAGE_PULL_POLICY')
            data__IMAGEPULLPOLICY = data['IMAGE_PULL_POLICY']
            if not isinstance(data__IMAGEPULLPOLICY, str):
                raise Invalid
            if not (isinstance(data__IMAGEPULLPOLICY, str) and data__IMAGEPULLPOLICY == 'Always' or (isinstance(data__IMAGEPULLPOLICY, str) and data__IMAGEPULLPOLICY == 'IfNotPresent') or (isinstance(data__IMAGEPULLPOLICY, str) and data__IMAGEPULLPOLICY == 'Never')):
                raise Invalid
        if 'JOB_CPU_REQUEST' in data_keys:
            data_keys.remove('JOB_CPU_REQUEST')
            data__JOBCPUREQUEST = data['JOB_CPU_REQUEST']
            validate____defs_cpu(data__JOBCPUREQUEST, custom_formats, (name_prefix or 'data') + '.JOB_CPU_REQUEST')
        if 'JOB_CPU_LIMIT' in data_keys:
            data_keys.remove('JOB_CPU_LIMIT')
            data__JOBCPULIMIT = data['JOB_CPU_LIMIT']
            validate____defs_cpu(data__JOBCPULIMIT, custom_formats, (name_prefix or 'data') + '.JOB_CPU_LIMIT')
        if 'JOB_MEM_REQUEST' in data_keys:
            data_keys.remove('JOB_MEM_REQUEST')
            data__JOBMEMREQUEST = data['JOB_MEM_REQUEST']
            validate____defs_memory(data__JOBMEMREQUEST, custom_formats, (name_prefix or 'data') + '.JOB_MEM_REQUEST')
        if 'JOB_MEM_LIMIT' in data_keys:
            data_keys.remove('JOB_MEM_LIMIT')
            data__JOBMEMLIMIT = data['JOB_MEM_LIMIT']
            validate____defs_memory(data__JOBMEMLIMIT, custom_formats, (name_prefix or 'data') + '.JOB_MEM_LIMIT')
        if 'PREFECT__CLOUD__AGENT__LABELS' in data_keys:
            data_keys.remove('PREFECT__CLOUD__AGENT__LABELS')
            data__PREFECTCLOUDAGENTLABELS = data['PREFECT__CLOUD__AGENT__LABELS']
            if not isinstance(data__PREFECTCLOUDAGENTLABELS, (list, tuple, str)):
                raise Invalid
            data__PREFECTCLOUDAGENTLABELS_is_list = isinstance(data__PREFECTCLOUDAGENTLABELS, (list, tuple))
            if data__PREFECTCLOUDAGENTLABELS_is_list:
                data__PREFECTCLOUDAGENTLABELS_len = len(data__PREFECTCLOUDAGENTLABELS)
                for data__PREFECTCLOUDAGENTLABELS_x, data__PREFECTCLOUDAGENTLABELS_item in enumerate(data__PREFECTCLOUDAGENTLABELS):
                    if not isinstance(data__PREFECTCLOUDAGENTLABELS_item, str):
                        raise Invalid
        if 'serviceAccount' in data_keys:
            data_keys.remove('serviceAccount')
            data__serviceAccount = data['serviceAccount']
            if not isinstance(data__serviceAccount, (dict, str)):
                raise Invalid
            if isinstance(data__serviceAccount, str):
                if not custom_formats['dns-subdomain'](data__serviceAccount):
                    raise Invalid
            data__serviceAccount_is_dict = isinstance(data__serviceAccount, dict)
            if data__serviceAccount_is_dict:
                data__serviceAccount_keys = set(data__serviceAccount.keys())
                if 'create' in data__serviceAccount_keys:
                    data__serviceAccount_keys.remove('create')
                    data__serviceAccount__create = data__serviceAccount['create']
                    if not isinstance(data__serviceAccount__create, bool):
                        raise Invalid
                if 'name' in data__serviceAccount_keys:
                    data__serviceAccount_keys.remove('name')
                    data__serviceAccount__name = data__serviceAccount['name']
                    validate____defs_chart_optionalname(data__serviceAccount__name, custom_formats, (name_prefix or 'data') + '.serviceAccount.name')
                if 'annotations' in data__serviceAccount_keys:
                    data__serviceAccount_keys.remove('annotations')
                    data__serviceAccount__annotations = data__serviceAccount['annotations']
                    validate____defs_chart_annotations(data__serviceAccount__annotations, custom_formats, (name_prefix or 'data') + '.serviceAccount.annotations')
                if data__serviceAccount_keys:
                    raise Invalid
        if 'job' in data_keys:
            data_keys.remove('job')
            data__job = data['job']
            if not isinstance(data__job, dict):
                raise Invalid
            data__job_is_dict = isinstance(data__job, dict)
            if data__job_is_dict:
                data__job_keys = set(data__job.keys())
                if 'resources' in data__job_keys:
                    data__job_keys.remove('resources')
                    data__job__resources = data__job['resources']
                    if not isinstance(data__job__resources, dict):
                        raise Invalid
                    data__job__resources_is_dict = isinstance(data__job__resources, dict)
                    if data__job__resources_is_dict:
                        data__job__resources_keys = set(data__job__resources.keys())
                        if 'requests' in data__job__resources_keys:
                            data__job__resources_keys.remove('requests')
                            data__job__resources__requests = data__job__resources['requests']
                            if not isinstance(data__job__resources__requests, dict):
                                raise Invalid
                            data__job__resources__requests_is_dict = isinstance(data__job__resources__requests, dict)
                            if data__job__resources__requests_is_dict:
                                data__job__resources__requests_keys = set(data__job__resources__requests.keys())
                                if 'cpu' in data__job__resources__requests_keys:
                                    data__job__resources__requests_keys.remove('cpu')
                                    data__job__resources__requests__cpu = data__job__resources__requests['cpu']
                                    validate____defs_chart_quantity(data__job__resources__requests__cpu, custom_formats, (name_prefix or 'data') + '.job.resources.requests.cpu')
                                if 'memory' in data__job__resources__requests_keys:
                                    data__job__resources__requests_keys.remove('memory')
                                    data__job__resources__requests__memory = data__job__resources__requests['memory']
                                    validate____defs_chart_quantity(data__job__resources__requests__memory, custom_formats, (name_prefix or 'data') + '.job.resources.requests.memory')
                                if data__job__resources__requests_keys:
                                    raise Invalid
                        if 'limits' in data__job__resources_keys:
                            data__job__resources_keys.remove('limits')
                            data__job__resources__limits = data__job__resources['limits']
                            if not isinstance(data__job__resources__limits, dict):
                                raise Invalid
                            data__job__resources__limits_is_dict = isinstance(data__job__resources__limits, dict)
                            if data__job__resources__limits_is_dict:
                                data__job__resources__limits_keys = set(data__job__resources__limits.keys())
                                if 'cpu' in data__job__resources__limits_keys:
                                    data__job__resources__limits_keys.remove('cpu')
                                    data__job__resources__limits__cpu = data__job__resources__limits['cpu']
                                    validate____defs_chart_quantity(data__job__resources__limits__cpu, custom_formats, (name_prefix or 'data') + '.job.resources.limits.cpu')
                                if 'memory' in data__job__resources__limits_keys:
                                    data__job__resources__limits_keys.remove('memory')
                                    data__job__resources__limits__memory = data__job__resources__limits['memory']
                                    validate____defs_chart_quantity(data__job__resources__limits__memory, custom_formats, (name_prefix or 'data') + '.job.resources.limits.memory')
                                if data__job__resources__limits_keys:
                                    raise Invalid
                        if data__job__resources_keys:
                            raise Invalid
                if 'imagePullSecrets' in data__job_keys:
                    data__job_keys.remove('imagePullSecrets')
                    data__job__imagePullSecrets = data__job['imagePullSecrets']
                    validate____defs_chart_pullsecrets(data__job__imagePullSecrets, custom_formats, (name_prefix or 'data') + '.job.imagePullSecrets')
                if 'imagePullPolicy' in data__job_keys:
                    data__job_keys.remove('imagePullPolicy')
                    data__job__imagePullPolicy = data__job['imagePullPolicy']
                    validate____defs_chart_pullpolicy(data__job__imagePullPolicy, custom_formats, (name_prefix or 'data') + '.job.imagePullPolicy')
                if 'gpus' in data__job_keys:
                    data__job_keys.remove('gpus')
                    data__job__gpus = data__job['gpus']
                    if not isinstance(data__job__gpus, int) and (not (isinstance(data__job__gpus, float) and data__job__gpus.is_integer())) or isinstance(data__job__gpus, bool):
                        raise Invalid
                    if isinstance(data__job__gpus, (int, float)) and (not isinstance(data__job__gpus, bool)):
                        if data__job__gpus < 0:
                            raise Invalid
                if 'nodeSelector' in data__job_keys:
                    data__job_keys.remove('nodeSelector')
                    data__job__nodeSelector = data__job['nodeSelector']
                    validate____defs_chart_labels(data__job__nodeSelector, custom_formats, (name_prefix or 'data') + '.job.nodeSelector')
                if 'tolerations' in data__job_keys:
                    data__job_keys.remove('tolerations')
                    data__job__tolerations = data__job['tolerations']
                    validate____defs_chart_tolerations(data__job__tolerations, custom_formats, (name_prefix or 'data') + '.job.tolerations')
                if 'affinity' in data__job_keys:
                    data__job_keys.remove('affinity')
                    data__job__affinity = data__job['affinity']
                    validate____defs_chart_affinity(data__job__affinity, custom_formats, (name_prefix or 'data') + '.job.affinity')
                if 'priorityClassName' in data__job_keys:
                    data__job_keys.remove('priorityClassName')
                    data__job__priorityClassName = data__job['priorityClassName']
                    validate____defs_chart_optionalname(data__job__priorityClassName, custom_formats, (name_prefix or 'data') + '.job.priorityClassName')
                if 'ttlSecondsAfterFinished' in data__job_keys:
                    data__job_keys.remove('ttlSecondsAfterFinished')
                    data__job__ttlSecondsAfterFinished = data__job['ttlSecondsAfterFinished']
                    if not isinstance(data__job__ttlSecondsAfterFinished, int) and (not (isinstance(data__job__ttlSecondsAfterFinished, float) and data__job__ttlSecondsAfterFinished.is_integer())) or isinstance(data__job__ttlSecondsAfterFinished, bool):
                        raise Invalid
                    if isinstance(data__job__ttlSecondsAfterFinished, (int, float)) and (not isinstance(data__job__ttlSecondsAfterFinished, bool)):
                        if data__job__ttlSecondsAfterFinished < 0:
                            raise Invalid
                if 'backoffLimit' in data__job_keys:
                    data__job_keys.remove('backoffLimit')
                    data__job__backoffLimit = data__job['backoffLimit']
                    if not isinstance(data__job__backoffLimit, int) and (not (isinstance(data__job__backoffLimit, float) and data__job__backoffLimit.is_integer())) or isinstance(data__job__backoffLimit, bool):
                        raise Invalid
                    if isinstance(data__job__backoffLimit, (int, float)) and (not isinstance(data__job__backoffLimit, bool)):
                        if data__job__backoffLimit < 0:
                            raise Invalid
                if 'labels' in data__job_keys:
                    data__job_keys.remove('labels')
                    data__job__labels = data__job['labels']
                    validate____defs_chart_labels(data__job__labels, custom_formats, (name_prefix or 'data') + '.job.labels')
                if 'annotations' in data__job_keys:
                    data__job_keys.remove('annotations')
                    data__job__annotations = data__job['annotations']
                    validate____defs_chart_annotations(data__job__annotations, custom_formats, (name_prefix or 'data') + '.job.annotations')
                if 'serviceAccount' in data__job_keys:
                    data__job_keys.remove('serviceAccount')
                    data__job__serviceAccount = data__job['serviceAccount']
                    if not isinstance(data__job__serviceAccount, dict):
                        raise Invalid
                    data__job__serviceAccount_is_dict = isinstance(data__job__serviceAccount, dict)
                    if data__job__serviceAccount_is_dict:
                        data__job__serviceAccount_keys = set(data__job__serviceAccount.keys())
                        if 'create' in data__job__serviceAccount_keys:
                            data__job__serviceAccount_keys.remove('create')
                            data__job__serviceAccount__create = data__job__serviceAccount['create']
                            if not isinstance(data__job__serviceAccount__create, bool):
                                raise Invalid
                        if 'name' in data__job__serviceAccount_keys:
                            data__job__serviceAccount_keys.remove('name')
                            data__job__serviceAccount__name = data__job__serviceAccount['name']
                            validate____defs_chart_optionalname(data__job__serviceAccount__name, custom_formats, (name_prefix or 'data') + '.job.serviceAccount.name')
                        if 'annotations' in data__job__serviceAccount_keys:
                            data__job__serviceAccount_keys.remove('annotations')
                            data__job__serviceAccount__annotations = data__job__serviceAccount['annotations']
                            validate____defs_chart_annotations(data__job__serviceAccount__annotations, custom_formats, (name_prefix or 'data') + '.job.serviceAccount.annotations')
                        if data__job__serviceAccount_keys:
                            raise Invalid
                if 'extraVolumes' in data__job_keys:
                    data__job_keys.remove('extraVolumes')
                    data__job__extraVolumes = data__job['extraVolumes']
                    validate____defs_chart_volumes(data__job__extraVolumes, custom_formats, (name_prefix or 'data') + '.job.extraVolumes')
                if 'extraVolumeMounts' in data__job_keys:
                    data__job_keys.remove('extraVolumeMounts')
                    data__job__extraVolumeMounts = data__job['extraVolumeMounts']
                    validate____defs_chart_volumemounts(data__job__extraVolumeMounts, custom_formats, (name_prefix or 'data') + '.job.extraVolumeMounts')
                if 'podSecurityContext' in data__job_keys:
                    data__job_keys.remove('podSecurityContext')
                    data__job__podSecurityContext = data__job['podSecurityContext']
                    validate____defs_chart_podsecuritycontext(data__job__podSecurityContext, custom_formats, (name_prefix or 'data') + '.job.podSecurityContext')
                if 'securityContext' in data__job_keys:
                    data__job_keys.remove('securityContext')
                    data__job__securityContext = data__job['securityContext']
                    validate____defs_chart_securitycontext(data__job__securityContext, custom_formats, (name_prefix or 'data') + '.job.securityContext')
                if data__job_keys:
                    raise Invalid
        if 'replicas' in data_keys:
            data_keys.remove('replicas')
            data__replicas = data['replicas']
            if not isinstance(data__replicas, int) and (not (isinstance(data__replicas, float) and data__replicas.is_integer())) or isinstance(data__replicas, bool):
                raise Invalid
            if isinstance(data__replicas, (int, float)) and (not isinstance(data__replicas, bool)):
                if data__replicas < 0:
                    raise Invalid
        if 'resources' in data_keys:
            data_keys.remove('resources')
            data__resources = data['resources']
            if not isinstance(data__resources, dict):
                raise Invalid
            data__resources_is_dict = isinstance(data__resources, dict)
            if data__resources_is_dict:
                data__resources_keys = set(data__resources.keys())
                if 'requests' in data__resources_keys:
                    data__resources_keys.remove('requests')
                    data__resources__requests = data__resources['requests']
                    if not isinstance(data__resources__requests, dict):
                        raise Invalid
                    data__resources__requests_is_dict = isinstance(data__resources__requests, dict)
                    if data__resources__requests_is_dict:
                        data__resources__requests_keys = set(data__resources__requests.keys())
                        if 'cpu' in data__resources__requests_keys:
                            data__resources__requests_keys.remove('cpu')
                            data__resources__requests__cpu = data__resources__requests['cpu']
                            validate____defs_chart_quantity(data__resources__requests__cpu, custom_formats, (name_prefix or 'data') + '.resources.requests.cpu')
                        if 'memory' in data__resources__requests_keys:
                            data__resources__requests_keys.remove('memory')
                            data__resources__requests__memory = data__resources__requests['memory']
                            validate____defs_chart_quantity(data__resources__requests__memory, custom_formats, (name_prefix or 'data') + '.resources.requests.memory')
                        if data__resources__requests_keys:
                            raise Invalid
                if 'limits' in data__resources_keys:
                    data__resources_keys.remove('limits')
                    data__resources__limits = data__resources['limits']
                    if not isinstance(data__resources__limits, dict):
                        raise Invalid
                    data__resources__limits_is_dict = isinstance(data__resources__limits, dict)
                    if data__resources__limits_is_dict:
                        data__resources__limits_keys = set(data__resources__limits.keys())
                        if 'cpu' in data__resources__limits_keys:
                            data__resources__limits_keys.remove('cpu')
                            data__resources__limits__cpu = data__resources__limits['cpu']
                            validate____defs_chart_quantity(data__resources__limits__cpu, custom_formats, (name_prefix or 'data') + '.resources.limits.cpu')
                        if 'memory' in data__resources__limits_keys:
                            data__resources__limits_keys.remove('memory')
                            data__resources__limits__memory = data__resources__limits['memory']
                            validate____defs_chart_quantity(data__resources__limits__memory, custom_formats, (name_prefix or 'data') + '.resources.limits.memory')
                        if data__resources__limits_keys:
                            raise Invalid
                if data__resources_keys:
                    raise Invalid
        if 'imagePullPolicy' in data_keys:
            data_keys.remove('imagePullPolicy')
            data__imagePullPolicy = data['imagePullPolicy']
            validate____defs_chart_pullpolicy(data__imagePullPolicy, custom_formats, (name_prefix or 'data') + '.imagePullPolicy')
        if 'imagePullSecrets' in data_keys:
            data_keys.remove('imagePullSecrets')
            data__imagePullSecrets = data['imagePullSecrets']
            validate____defs_chart_pullsecrets(data__imagePullSecrets, custom_formats, (name_prefix or 'data') + '.imagePullSecrets')
        if 'nodeSelector' in data_keys:
            data_keys.remove('nodeSelector')
            data__nodeSelector = data['nodeSelector']
            validate____defs_chart_labels(data__nodeSelector, custom_formats, (name_prefix or 'data') + '.nodeSelector')
        if 'tolerations' in data_keys:
            data_keys.remove('tolerations')
            data__tolerations = data['tolerations']
            validate____defs_chart_tolerations(data__tolerations, custom_formats, (name_prefix or 'data') + '.tolerations')
        if 'affinity' in data_keys:
            data_keys.remove('affinity')
            data__affinity = data['affinity']
            validate____defs_chart_affinity(data__affinity, custom_formats, (name_prefix or 'data') + '.affinity')
        if 'topologySpreadConstraints' in data_keys:
            data_keys.remove('topologySpreadConstraints')
            data__topologySpreadConstraints = data['topologySpreadConstraints']
            if not isinstance(data__topologySpreadConstraints, (list, tuple)):
                raise Invalid
            data__topologySpreadConstraints_is_list = isinstance(data__topologySpreadConstraints, (list, tuple))
            if data__topologySpreadConstraints_is_list:
                data__topologySpreadConstraints_len = len(data__topologySpreadConstraints)
                for data__topologySpreadConstraints_x, data__topologySpreadConstraints_item in enumerate(data__topologySpreadConstraints):
                    validate____defs_chart_kubernetes(data__topologySpreadConstraints_item, custom_formats, (name_prefix or 'data') + '.topologySpreadConstraints[{data__topologySpreadConstraints_x}]'.format(**locals()))
        if 'priorityClassName' in data_keys:
            data_keys.remove('priorityClassName')
            data__priorityClassName = data['priorityClassName']
            validate____defs_chart_optionalname(data__priorityClassName, custom_formats, (name_prefix or 'data') + '.priorityClassName')
        if 'terminationGracePeriodSeconds' in data_keys:
            data_keys.remove('terminationGracePeriodSeconds')
            data__terminationGracePeriodSeconds = data['terminationGracePeriodSeconds']
            if not isinstance(data__terminationGracePeriodSeconds, int) and (not (isinstance(data__terminationGracePeriodSeconds, float) and data__terminationGracePeriodSeconds.is_integer())) or isinstance(data__terminationGracePeriodSeconds, bool):
                raise Invalid
            if isinstance(data__terminationGracePeriodSeconds, (int, float)) and (not isinstance(data__terminationGracePeriodSeconds, bool)):
                if data__terminationGracePeriodSeconds < 0:
                    raise Invalid
        if 'podLabels' in data_keys:
            data_keys.remove('podLabels')
            data__podLabels = data['podLabels']
            validate____defs_chart_labels(data__podLabels, custom_formats, (name_prefix or 'data') + '.podLabels')
        if 'podAnnotations' in data_keys:
            data_keys.remove('podAnnotations')
            data__podAnnotations = data['podAnnotations']
            validate____defs_chart_annotations(data__podAnnotations, custom_formats, (name_prefix or 'data') + '.podAnnotations')
        if 'extraVolumes' in data_keys:
            data_keys.remove('extraVolumes')
            data__extraVolumes = data['extraVolumes']
            validate____defs_chart_volumes(data__extraVolumes, custom_formats, (name_prefix or 'data') + '.extraVolumes')
        if 'extraVolumeMounts' in data_keys:
            data_keys.remove('extraVolumeMounts')
            data__extraVolumeMounts = data['extraVolumeMounts']
            validate____defs_chart_volumemounts(data__extraVolumeMounts, custom_formats, (name_prefix or 'data') + '.extraVolumeMounts')
        if 'rbac' in data_keys:
            data_keys.remove('rbac')
            data__rbac = data['rbac']
            if not isinstance(data__rbac, dict):
                raise Invalid
            data__rbac_is_dict = isinstance(data__rbac, dict)
            if data__rbac_is_dict:
                data__rbac_keys = set(data__rbac.keys())
                if 'create' in data__rbac_keys:
                    data__rbac_keys.remove('create')
                    data__rbac__create = data__rbac['create']
                    if not isinstance(data__rbac__create, bool):
                        raise Invalid
                if data__rbac_keys:
                    raise Invalid
        if 'livenessProbe' in data_keys:
            data_keys.remove('livenessProbe')
            data__livenessProbe = data['livenessProbe']
            if not isinstance(data__livenessProbe, dict):
                raise Invalid
            data__livenessProbe_is_dict = isinstance(data__livenessProbe, dict)
            if data__livenessProbe_is_dict:
                data__livenessProbe_keys = set(data__livenessProbe.keys())
                if 'initialDelaySeconds' in data__livenessProbe_keys:
                    data__livenessProbe_keys.remove('initialDelaySeconds')
                    data__livenessProbe__initialDelaySeconds = data__livenessProbe['initialDelaySeconds']
                    if not isinstance(data__livenessProbe__initialDelaySeconds, int) and (not (isinstance(data__livenessProbe__initialDelaySeconds, float) and data__livenessProbe__initialDelaySeconds.is_integer())) or isinstance(data__livenessProbe__initialDelaySeconds, bool):
                        raise Invalid
                    if isinstance(data__livenessProbe__initialDelaySeconds, (int, float)) and (not isinstance(data__livenessProbe__initialDelaySeconds, bool)):
                        if data__livenessProbe__initialDelaySeconds < 0:
                            raise Invalid
                if 'periodSeconds' in data__livenessProbe_keys:
                    data__livenessProbe_keys.remove('periodSeconds')
                    data__livenessProbe__periodSeconds = data__livenessProbe['periodSeconds']
                    if not isinstance(data__livenessProbe__periodSeconds, int) and (not (isinstance(data__livenessProbe__periodSeconds, float) and data__livenessProbe__periodSeconds.is_integer())) or isinstance(data__livenessProbe__periodSeconds, bool):
                        raise Invalid
                    if isinstance(data__livenessProbe__periodSeconds, (int, float)) and (not isinstance(data__livenessProbe__periodSeconds, bool)):
                        if data__livenessProbe__periodSeconds < 1:
                            raise Invalid
                if 'timeoutSeconds' in data__livenessProbe_keys:
                    data__livenessProbe_keys.remove('timeoutSeconds')
                    data__livenessProbe__timeoutSeconds = data__livenessProbe['timeoutSeconds']
                    if not isinstance(data__livenessProbe__timeoutSeconds, int) and (not (isinstance(data__livenessProbe__timeoutSeconds, float) and data__livenessProbe__timeoutSeconds.is_integer())) or isinstance(data__livenessProbe__timeoutSeconds, bool):
                        raise Invalid
                    if isinstance(data__livenessProbe__timeoutSeconds, (int, float)) and (not isinstance(data__livenessProbe__timeoutSeconds, bool)):
                        if data__livenessProbe__timeoutSeconds < 1:
                            raise Invalid
                if 'failureThreshold' in data__livenessProbe_keys:
                    data__livenessProbe_keys.remove('failureThreshold')
                    data__livenessProbe__failureThreshold = data__livenessProbe['failureThreshold']
                    if not isinstance(data__livenessProbe__failureThreshold, int) and (not (isinstance(data__livenessProbe__failureThreshold, float) and data__livenessProbe__failureThreshold.is_integer())) or isinstance(data__livenessProbe__failureThreshold, bool):
                        raise Invalid
                    if isinstance(data__livenessProbe__failureThreshold, (int, float)) and (not isinstance(data__livenessProbe__failureThreshold, bool)):
                        if data__livenessProbe__failureThreshold < 1:
                            raise Invalid
                if data__livenessProbe_keys:
                    raise Invalid
        if 'readinessProbe' in data_keys:
            data_keys.remove('readinessProbe')
            data__readinessProbe = data['readinessProbe']
            if not isinstance(data__readinessProbe, dict):
                raise Invalid
            data__readinessProbe_is_dict = isinstance(data__readinessProbe, dict)
            if data__readinessProbe_is_dict:
                data__readinessProbe_keys = set(data__readinessProbe.keys())
                if 'initialDelaySeconds' in data__readinessProbe_keys:
                    data__readinessProbe_keys.remove('initialDelaySeconds')
                    data__readinessProbe__initialDelaySeconds = data__readinessProbe['initialDelaySeconds']
                    if not isinstance(data__readinessProbe__initialDelaySeconds, int) and (not (isinstance(data__readinessProbe__initialDelaySeconds, float) and data__readinessProbe__initialDelaySeconds.is_integer())) or isinstance(data__readinessProbe__initialDelaySeconds, bool):
                        raise Invalid
                    if isinstance(data__readinessProbe__initialDelaySeconds, (int, float)) and (not isinstance(data__readinessProbe__initialDelaySeconds, bool)):
                        if data__readinessProbe__initialDelaySeconds < 0:
                            raise Invalid
                if 'periodSeconds' in data__readinessProbe_keys:
                    data__readinessProbe_keys.remove('periodSeconds')
                    data__readinessProbe__periodSeconds = data__readinessProbe['periodSeconds']
                    if not isinstance(data__readinessProbe__periodSeconds, int) and (not (isinstance(data__readinessProbe__periodSeconds, float) and data__readinessProbe__periodSeconds.is_integer())) or isinstance(data__readinessProbe__periodSeconds, bool):
                        raise Invalid
                    if isinstance(data__readinessProbe__periodSeconds, (int, float)) and (not isinstance(data__readinessProbe__periodSeconds, bool)):
                        if data__readinessProbe__periodSeconds < 1:
                            raise Invalid
                if 'timeoutSeconds' in data__readinessProbe_keys:
                    data__readinessProbe_keys.remove('timeoutSeconds')
                    data__readinessProbe__timeoutSeconds = data__readinessProbe['timeoutSeconds']
                    if not isinstance(data__readinessProbe__timeoutSeconds, int) and (not (isinstance(data__readinessProbe__timeoutSeconds, float) and data__readinessProbe__timeoutSeconds.is_integer())) or isinstance(data__readinessProbe__timeoutSeconds, bool):
                        raise Invalid
                    if isinstance(data__readinessProbe__timeoutSeconds, (int, float)) and (not isinstance(data__readinessProbe__timeoutSeconds, bool)):
                        if data__readinessProbe__timeoutSeconds < 1:
                            raise Invalid
                if 'failureThreshold' in data__readinessProbe_keys:
                    data__readinessProbe_keys.remove('failureThreshold')
                    data__readinessProbe__failureThreshold = data__readinessProbe['failureThreshold']
                    if not isinstance(data__readinessProbe__failureThreshold, int) and (not (isinstance(data__readinessProbe__failureThreshold, float) and data__readinessProbe__failureThreshold.is_integer())) or isinstance(data__readinessProbe__failureThreshold, bool):
                        raise Invalid
                    if isinstance(data__readinessProbe__failureThreshold, (int, float)) and (not isinstance(data__readinessProbe__failureThreshold, bool)):
                        if data__readinessProbe__failureThreshold < 1:
                            raise Invalid
                if data__readinessProbe_keys:
                    raise Invalid
        if 'podSecurityContext' in data_keys:
            data_keys.remove('podSecurityContext')
            data__podSecurityContext = data['podSecurityContext']
            validate____defs_chart_podsecuritycontext(data__podSecurityContext, custom_formats, (name_prefix or 'data') + '.podSecurityContext')
        if 'securityContext' in data_keys:
            data_keys.remove('securityContext')
            data__securityContext = data['securityContext']
            validate____defs_chart_securitycontext(data__securityContext, custom_formats, (name_prefix or 'data') + '.securityContext')
        if 'networkPolicy' in data_keys:
            data_keys.remove('networkPolicy')
            data__networkPolicy = data['networkPolicy']
            if not isinstance(data__networkPolicy, dict):
                raise Invalid
            data__networkPolicy_is_dict = isinstance(data__networkPolicy, dict)
            if data__networkPolicy_is_dict:
                data__networkPolicy_keys = set(data__networkPolicy.keys())
                if 'enabled' in data__networkPolicy_keys:
                    data__networkPolicy_keys.remove('enabled')
                    data__networkPolicy__enabled = data__networkPolicy['enabled']
                    if not isinstance(data__networkPolicy__enabled, bool):
                        raise Invalid
                if 'healthFrom' in data__networkPolicy_keys:
                    data__networkPolicy_keys.remove('healthFrom')
                    data__networkPolicy__healthFrom = data__networkPolicy['healthFrom']
                    validate____defs_chart_peers(data__networkPolicy__healthFrom, custom_formats, (name_prefix or 'data') + '.networkPolicy.healthFrom')
                if 'jobsFrom' in data__networkPolicy_keys:
                    data__networkPolicy_keys.remove('jobsFrom')
                    data__networkPolicy__jobsFrom = data__networkPolicy['jobsFrom']
                    validate____defs_chart_peers(data__networkPolicy__jobsFrom, custom_formats, (name_prefix or 'data') + '.networkPolicy.jobsFrom')
                if 'egress' in data__networkPolicy_keys:
                    data__networkPolicy_keys.remove('egress')
                    data__networkPolicy__egress = data__networkPolicy['egress']
                    if not isinstance(data__networkPolicy__egress, dict):
                        raise Invalid
                    data__networkPolicy__egress_is_dict = isinstance(data__networkPolicy__egress, dict)
                    if data__networkPolicy__egress_is_dict:
                        data__networkPolicy__egress_keys = set(data__networkPolicy__egress.keys())
                        if 'enabled' in data__networkPolicy__egress_keys:
                            data__networkPolicy__egress_keys.remove('enabled')
                            data__networkPolicy__egress__enabled = data__networkPolicy__egress['enabled']
                            if not isinstance(data__networkPolicy__egress__enabled, bool):
                                raise Invalid
                        if 'rules' in data__networkPolicy__egress_keys:
                            data__networkPolicy__egress_keys.remove('rules')
                            data__networkPolicy__egress__rules = data__networkPolicy__egress['rules']
                            if not isinstance(data__networkPolicy__egress__rules, (list, tuple)):
                                raise Invalid
                            data__networkPolicy__egress__rules_is_list = isinstance(data__networkPolicy__egress__rules, (list, tuple))
                            if data__networkPolicy__egress__rules_is_list:
                                data__networkPolicy__egress__rules_len = len(data__networkPolicy__egress__rules)
                                for data__networkPolicy__egress__rules_x, data__networkPolicy__egress__rules_item in enumerate(data__networkPolicy__egress__rules):
                                    validate____defs_chart_kubernetes(data__networkPolicy__egress__rules_item, custom_formats, (name_prefix or 'data') + '.networkPolicy.egress.rules[{data__networkPolicy__egress__rules_x}]'.format(**locals()))
                        if data__networkPolicy__egress_keys:
                            raise Invalid
                if data__networkPolicy_keys:
                    raise Invalid
        if 'podDisruptionBudget' in data_keys:
            data_keys.remove('podDisruptionBudget')
            data__podDisruptionBudget = data['podDisruptionBudget']
            if not isinstance(data__podDisruptionBudget, dict):
                raise Invalid
            data__podDisruptionBudget_is_dict = isinstance(data__podDisruptionBudget, dict)
            if data__podDisruptionBudget_is_dict:
                data__podDisruptionBudget_keys = set(data__podDisruptionBudget.keys())
                if 'enabled' in data__podDisruptionBudget_keys:
                    data__podDisruptionBudget_keys.remove('enabled')
                    data__podDisruptionBudget__enabled = data__podDisruptionBudget['enabled']
                    if not isinstance(data__podDisruptionBudget__enabled, bool):
                        raise Invalid
                if 'maxUnavailable' in data__podDisruptionBudget_keys:
                    data__podDisruptionBudget_keys.remove('maxUnavailable')
                    data__podDisruptionBudget__maxUnavailable = data__podDisruptionBudget['maxUnavailable']
                    if not isinstance(data__podDisruptionBudget__maxUnavailable, int) and (not (isinstance(data__podDisruptionBudget__maxUnavailable, float) and data__podDisruptionBudget__maxUnavailable.is_integer())) or isinstance(data__podDisruptionBudget__maxUnavailable, bool):
                        raise Invalid
                    if isinstance(data__podDisruptionBudget__maxUnavailable, (int, float)) and (not isinstance(data__podDisruptionBudget__maxUnavailable, bool)):
                        if data__podDisruptionBudget__maxUnavailable < 1:
                            raise Invalid
                if data__podDisruptionBudget_keys:
                    raise Invalid
        if 'worker' in data_keys:
            data_keys.remove('worker')
            data__worker = data['worker']
            if not isinstance(data__worker, dict):
                raise Invalid
            data__worker_is_dict = isinstance(data__worker, dict)
            if data__worker_is_dict:
                data__worker_keys = set(data__worker.keys())
                if 'querySeconds' in data__worker_keys:
                    data__worker_keys.remove('querySeconds')
                    data__worker__querySeconds = data__worker['querySeconds']
                    if not isinstance(data__worker__querySeconds, int) and (not (isinstance(data__worker__querySeconds, float) and data__worker__querySeconds.is_integer())) or isinstance(data__worker__querySeconds, bool):
                        raise Invalid
                    if isinstance(data__worker__querySeconds, (int, float)) and (not isinstance(data__worker__querySeconds, bool)):
                        if data__worker__querySeconds < 1:
                            raise Invalid
                if 'prefetchSeconds' in data__worker_keys:
                    data__worker_keys.remove('prefetchSeconds')
                    data__worker__prefetchSeconds = data__worker['prefetchSeconds']
                    if not isinstance(data__worker__prefetchSeconds, int) and (not (isinstance(data__worker__prefetchSeconds, float) and data__worker__prefetchSeconds.is_integer())) or isinstance(data__worker__prefetchSeconds, bool):
                        raise Invalid
                    if isinstance(data__worker__prefetchSeconds, (int, float)) and (not isinstance(data__worker__prefetchSeconds, bool)):
                        if data__worker__prefetchSeconds < 0:
                            raise Invalid
                if 'limit' in data__worker_keys:
                    data__worker_keys.remove('limit')
                    data__worker__limit = data__worker['limit']
                    if not isinstance(data__worker__limit, int) and (not (isinstance(data__worker__limit, float) and data__worker__limit.is_integer())) or isinstance(data__worker__limit, bool):
                        raise Invalid
                    if isinstance(data__worker__limit, (int, float)) and (not isinstance(data__worker__limit, bool)):
                        if data__worker__limit < 0:
                            raise Invalid
                if 'setupTimeoutSeconds' in data__worker_keys:
                    data__worker_keys.remove('setupTimeoutSeconds')
                    data__worker__setupTimeoutSeconds = data__worker['setupTimeoutSeconds']
                    if not isinstance(data__worker__setupTimeoutSeconds, int) and (not (isinstance(data__worker__setupTimeoutSeconds, float) and data__worker__setupTimeoutSeconds.is_integer())) or isinstance(data__worker__setupTimeoutSeconds, bool):
                        raise Invalid
                    if isinstance(data__worker__setupTimeoutSeconds, (int, float)) and (not isinstance(data__worker__setupTimeoutSeconds, bool)):
                        if data__worker__setupTimeoutSeconds < 1:
                            raise Invalid
                if data__worker_keys:
                    raise Invalid
        if 'agent' in data_keys:
            data_keys.remove('agent')
            data__agent = data['agent']
            if not isinstance(data__agent, dict):
                raise Invalid
            data__agent_is_dict = isinstance(data__agent, dict)
            if data__agent_is_dict:
                data__agent_keys = set(data__agent.keys())
                if 'logLevel' in data__agent_keys:
                    data__agent_keys.remove('logLevel')
                    data__agent__logLevel = data__agent['logLevel']
                    if not isinstance(data__agent__logLevel, str):
                        raise Invalid
                    if not (isinstance(data__agent__logLevel, str) and data__agent__logLevel == 'DEBUG' or (isinstance(data__agent__logLevel, str) and data__agent__logLevel == 'INFO') or (isinstance(data__agent__logLevel, str) and data__agent__logLevel == 'WARNING') or (isinstance(data__agent__logLevel, str) and data__agent__logLevel == 'ERROR') or (isinstance(data__agent__logLevel, str) and data__agent__logLevel == 'CRITICAL')):
                        raise Invalid
                if 'deleteFinishedJobs' in data__agent_keys:
                    data__agent_keys.remove('deleteFinishedJobs')
                    data__agent__deleteFinishedJobs = data__agent['deleteFinishedJobs']
                    if not isinstance(data__agent__deleteFinishedJobs, bool):
                        raise Invalid
                if data__agent_keys:
                    raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_chart_peers(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (list, tuple)):
        raise Invalid
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, dict):
                raise Invalid
            data_item_is_dict = isinstance(data_item, dict)
            if data_item_is_dict:
                data_item_keys = set(data_item.keys())
                if 'podSelector' in data_item_keys:
                    data_item_keys.remove('podSelector')
                    data_item__podSelector = data_item['podSelector']
                    validate____defs_chart_kubernetes(data_item__podSelector, custom_formats, (name_prefix or 'data') + '[{data_x}].podSelector'.format(**locals()))
                if 'namespaceSelector' in data_item_keys:
                    data_item_keys.remove('namespaceSelector')
                    data_item__namespaceSelector = data_item['namespaceSelector']
                    validate____defs_chart_kubernetes(data_item__namespaceSelector, custom_formats, (name_prefix or 'data') + '[{data_x}].namespaceSelector'.format(**locals()))
                if 'ipBlock' in data_item_keys:
                    data_item_keys.remove('ipBlock')
                    data_item__ipBlock = data_item['ipBlock']
                    validate____defs_chart_kubernetes(data_item__ipBlock, custom_formats, (name_prefix or 'data') + '[{data_x}].ipBlock'.format(**locals()))
                if data_item_keys:
                    raise Invalid
    return data

def validate____defs_chart_kubernetes(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
    return data

def validate____defs_chart_securitycontext(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if 'allowPrivilegeEscalation' in data_keys:
            data_keys.remove('allowPrivilegeEscalation')
            data__allowPrivilegeEscalation = data['allowPrivilegeEscalation']
            if not (isinstance(data__allowPrivilegeEscalation, bool) and data__allowPrivilegeEscalation is False):
                raise Invalid
        if 'readOnlyRootFilesystem' in data_keys:
            data_keys.remove('readOnlyRootFilesystem')
            data__readOnlyRootFilesystem = data['readOnlyRootFilesystem']
            if not isinstance(data__readOnlyRootFilesystem, bool):
                raise Invalid
        if 'runAsUser' in data_keys:
            data_keys.remove('runAsUser')
            data__runAsUser = data['runAsUser']
            if not isinstance(data__runAsUser, int) and (not (isinstance(data__runAsUser, float) and data__runAsUser.is_integer())) or isinstance(data__runAsUser, bool):
                raise Invalid
            if isinstance(data__runAsUser, (int, float)) and (not isinstance(data__runAsUser, bool)):
                if data__runAsUser < 1:
                    raise Invalid
        if 'runAsGroup' in data_keys:
            data_keys.remove('runAsGroup')
            data__runAsGroup = data['runAsGroup']
            if not isinstance(data__runAsGroup, int) and (not (isinstance(data__runAsGroup, float) and data__runAsGroup.is_integer())) or isinstance(data__runAsGroup, bool):
                raise Invalid
            if isinstance(data__runAsGroup, (int, float)) and (not isinstance(data__runAsGroup, bool)):
                if data__runAsGroup < 1:
                    raise Invalid
        if 'capabilities' in data_keys:
            data_keys.remove('capabilities')
            data__capabilities = data['capabilities']
            if not isinstance(data__capabilities, dict):
                raise Invalid
            data__capabilities_is_dict = isinstance(data__capabilities, dict)
            if data__capabilities_is_dict:
                data__capabilities_keys = set(data__capabilities.keys())
                if 'drop' in data__capabilities_keys:
                    data__capabilities_keys.remove('drop')
                    data__capabilities__drop = data__capabilities['drop']
                    if not isinstance(data__capabilities__drop, (list, tuple)):
                        raise Invalid
                    data__capabilities__drop_is_list = isinstance(data__capabilities__drop, (list, tuple))
                    if data__capabilities__drop_is_list:
                        data__capabilities__drop_len = len(data__capabilities__drop)
                        for data__capabilities__drop_x, data__capabilities__drop_item in enumerate(data__capabilities__drop):
                            if not isinstance(data__capabilities__drop_item, str):
                                raise Invalid
                        data__capabilities__drop_contains = False
                        for data__capabilities__drop_key in data__capabilities__drop:
                            try:
                                if not (isinstance(data__capabilities__drop_key, str) and data__capabilities__drop_key == 'ALL'):
                                    raise Invalid
                                data__capabilities__drop_contains = True
                                break
                            except Invalid:
                                pass
                        if not data__capabilities__drop_contains:
                            raise Invalid
                if 'add' in data__capabilities_keys:
                    data__capabilities_keys.remove('add')
                    data__capabilities__add = data__capabilities['add']
                    if not isinstance(data__capabilities__add, (list, tuple)):
                        raise Invalid
                    data__capabilities__add_is_list = isinstance(data__capabilities__add, (list, tuple))
                    if data__capabilities__add_is_list:
                        data__capabilities__add_len = len(data__capabilities__add)
                        for data__capabilities__add_x, data__capabilities__add_item in enumerate(data__capabilities__add):
                            if not (isinstance(data__capabilities__add_item, str) and data__capabilities__add_item == 'NET_BIND_SERVICE'):
                                raise Invalid
                if data__capabilities_keys:
                    raise Invalid
        if 'seccompProfile' in data_keys:
            data_keys.remove('seccompProfile')
            data__seccompProfile = data['seccompProfile']
            validate____defs_chart_seccompprofile(data__seccompProfile, custom_formats, (name_prefix or 'data') + '.seccompProfile')
        if data_keys:
            raise Invalid
    return data

def validate____defs_chart_seccompprofile(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['type']) - data.keys()
        if data__missing_keys:
            raise Invalid
        data_keys = set(data.keys())
        if 'type' in data_keys:
            data_keys.remove('type')
            data__type = data['type']
            if not isinstance(data__type, str):
                raise Invalid
            if not (isinstance(data__type, str) and data__type == 'RuntimeDefault' or (isinstance(data__type, str) and data__type == 'Localhost')):
                raise Invalid
        if 'localhostProfile' in data_keys:
            data_keys.remove('localhostProfile')
            data__localhostProfile = data['localhostProfile']
            if not isinstance(data__localhostProfile, str):
                raise Invalid
        if data_keys:
            raise Invalid
    return data

def validate____defs_chart_podsecuritycontext(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if 'runAsNonRoot' in data_keys:
            data_keys.remove('runAsNonRoot')
            data__runAsNonRoot = data['runAsNonRoot']
            if not (isinstance(data__runAsNonRoot, bool) and data__runAsNonRoot is True):
                raise Invalid
        if 'runAsUser' in data_keys:
            data_keys.remove('runAsUser')
            data__runAsUser = data['runAsUser']
            if not isinstance(data__runAsUser, int) and (not (isinstance(data__runAsUser, float) and data__runAsUser.is_integer())) or isinstance(data__runAsUser, bool):
                raise Invalid
            if isinstance(data__runAsUser, (int, float)) and (not isinstance(data__runAsUser, bool)):
                if data__runAsUser < 1:
                    raise Invalid
        if 'runAsGroup' in data_keys:
            data_keys.remove('runAsGroup')
            data__runAsGroup = data['runAsGroup']
            if not isinstance(data__runAsGroup, int) and (not (isinstance(data__runAsGroup, float) and data__runAsGroup.is_integer())) or isinstance(data__runAsGroup, bool):
                raise Invalid
            if isinstance(data__runAsGroup, (int, float)) and (not isinstance(data__runAsGroup, bool)):
                if data__runAsGroup < 1:
                    raise Invalid
        if 'fsGroup' in data_keys:
            data_keys.remove('fsGroup')
            data__fsGroup = data['fsGroup']
            if not isinstance(data__fsGroup, int) and (not (isinstance(data__fsGroup, float) and data__fsGroup.is_integer())) or isinstance(data__fsGroup, bool):
                raise Invalid
            if isinstance(data__fsGroup, (int, float)) and (not isinstance(data__fsGroup, bool)):
                if data__fsGroup < 1:
                    raise Invalid
        if 'fsGroupChangePolicy' in data_keys:
            data_keys.remove('fsGroupChangePolicy')
            data__fsGroupChangePolicy = data['fsGroupChangePolicy']
            if not isinstance(data__fsGroupChangePolicy, str):
                raise Invalid
            if not (isinstance(data__fsGroupChangePolicy, str) and data__fsGroupChangePolicy == 'OnRootMismatch' or (isinstance(data__fsGroupChangePolicy, str) and data__fsGroupChangePolicy == 'Always')):
                raise Invalid
        if 'supplementalGroups' in data_keys:
            data_keys.remove('supplementalGroups')
            data__supplementalGroups = data['supplementalGroups']
            if not isinstance(data__supplementalGroups, (list, tuple)):
                raise Invalid
            data__supplementalGroups_is_list = isinstance(data__supplementalGroups, (list, tuple))
            if data__supplementalGroups_is_list:
                data__supplementalGroups_len = len(data__supplementalGroups)
                for data__supplementalGroups_x, data__supplementalGroups_item in enumerate(data__supplementalGroups):
                    if not isinstance(data__supplementalGroups_item, int) and (not (isinstance(data__supplementalGroups_item, float) and data__supplementalGroups_item.is_integer())) or isinstance(data__supplementalGroups_item, bool):
                        raise Invalid
                    if isinstance(data__supplementalGroups_item, (int, float)) and (not isinstance(data__supplementalGroups_item, bool)):
                        if data__supplementalGroups_item < 1:
                            raise Invalid
        if 'seccompProfile' in data_keys:
            data_keys.remove('seccompProfile')
            data__seccompProfile = data['seccompProfile']
            validate____defs_chart_seccompprofile(data__seccompProfile, custom_formats, (name_prefix or 'data') + '.seccompProfile')
        if data_keys:
            raise Invalid
    return data

def validate____defs_chart_volumemounts(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (list, tuple)):
        raise Invalid
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, dict):
                raise Invalid
            data_item_is_dict = isinstance(data_item, dict)
            if data_item_is_dict:
                data_item__missing_keys = set(['name', 'mountPath']) - data_item.keys()
                if data_item__missing_keys:
                    raise Invalid
                data_item_keys = set(data_item.keys())
                if 'name' in data_item_keys:
                    data_item_keys.remove('name')
                    data_item__name = data_item['name']
                    if not isinstance(data_item__name, str):
                        raise Invalid
                    if isinstance(data_item__name, str):
                        if not compile('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\Z').search(data_item__name):
                            raise Invalid
                if 'mountPath' in data_item_keys:
                    data_item_keys.remove('mountPath')
                    data_item__mountPath = data_item['mountPath']
                    if not isinstance(data_item__mountPath, str):
                        raise Invalid
                    if isinstance(data_item__mountPath, str):
                        if not compile('^/[^:]*\\Z').search(data_item__mountPath):
                            raise Invalid
                if 'subPath' in data_item_keys:
                    data_item_keys.remove('subPath')
                    data_item__subPath = data_item['subPath']
                    if not isinstance(data_item__subPath, str):
                        raise Invalid
                if 'readOnly' in data_item_keys:
                    data_item_keys.remove('readOnly')
                    data_item__readOnly = data_item['readOnly']
                    if not isinstance(data_item__readOnly, bool):
                        raise Invalid
                if data_item_keys:
                    raise Invalid
    return data

def validate____defs_chart_volumes(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (list, tuple)):
        raise Invalid
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, dict):
                raise Invalid
            data_item_is_dict = isinstance(data_item, dict)
            if data_item_is_dict:
                data_item_len = len(data_item)
                if data_item_len < 2:
                    raise Invalid
                if data_item_len > 2:
                    raise Invalid
                data_item__missing_keys = set(['name']) - data_item.keys()
                if data_item__missing_keys:
                    raise Invalid
                data_item_keys = set(data_item.keys())
                if 'name' in data_item_keys:
                    data_item_keys.remove('name')
                    data_item__name = data_item['name']
                    if not isinstance(data_item__name, str):
                        raise Invalid
                    if isinstance(data_item__name, str):
                        if not compile('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\Z').search(data_item__name):
                            raise Invalid
                if 'configMap' in data_item_keys:
                    data_item_keys.remove('configMap')
                    data_item__configMap = data_item['configMap']
                    validate____defs_chart_kubernetes(data_item__configMap, custom_formats, (name_prefix or 'data') + '[{data_x}].configMap'.format(**locals()))
                if 'csi' in data_item_keys:
                    data_item_keys.remove('csi')
                    data_item__csi = data_item['csi']
                    validate____defs_chart_kubernetes(data_item__csi, custom_formats, (name_prefix or 'data') + '[{data_x}].csi'.format(**locals()))
                if 'downwardAPI' in data_item_keys:
                    data_item_keys.remove('downwardAPI')
                    data_item__downwardAPI = data_item['downwardAPI']
                    validate____defs_chart_kubernetes(data_item__downwardAPI, custom_formats, (name_prefix or 'data') + '[{data_x}].downwardAPI'.format(**locals()))
                if 'emptyDir' in data_item_keys:
                    data_item_keys.remove('emptyDir')
                    data_item__emptyDir = data_item['emptyDir']
                    validate____defs_chart_kubernetes(data_item__emptyDir, custom_formats, (name_prefix or 'data') + '[{data_x}].emptyDir'.format(**locals()))
                if 'ephemeral' in data_item_keys:
                    data_item_keys.remove('ephemeral')
                    data_item__ephemeral = data_item['ephemeral']
                    validate____defs_chart_kubernetes(data_item__ephemeral, custom_formats, (name_prefix or 'data') + '[{data_x}].ephemeral'.format(**locals()))
                if 'persistentVolumeClaim' in data_item_keys:
                    data_item_keys.remove('persistentVolumeClaim')
                    data_item__persistentVolumeClaim = data_item['persistentVolumeClaim']
                    validate____defs_chart_kubernetes(data_item__persistentVolumeClaim, custom_formats, (name_prefix or 'data') + '[{data_x}].persistentVolumeClaim'.format(**locals()))
                if 'projected' in data_item_keys:
                    data_item_keys.remove('projected')
                    data_item__projected = data_item['projected']
                    validate____defs_chart_kubernetes(data_item__projected, custom_formats, (name_prefix or 'data') + '[{data_x}].projected'.format(**locals()))
                if 'secret' in data_item_keys:
                    data_item_keys.remove('secret')
                    data_item__secret = data_item['secret']
                    validate____defs_chart_kubernetes(data_item__secret, custom_formats, (name_prefix or 'data') + '[{data_x}].secret'.format(**locals()))
                if data_item_keys:
                    raise Invalid
    return data

def validate____defs_chart_affinity(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if 'nodeAffinity' in data_keys:
            data_keys.remove('nodeAffinity')
            data__nodeAffinity = data['nodeAffinity']
            validate____defs_chart_kubernetes(data__nodeAffinity, custom_formats, (name_prefix or 'data') + '.nodeAffinity')
        if 'podAffinity' in data_keys:
            data_keys.remove('podAffinity')
            data__podAffinity = data['podAffinity']
            validate____defs_chart_kubernetes(data__podAffinity, custom_formats, (name_prefix or 'data') + '.podAffinity')
        if 'podAntiAffinity' in data_keys:
            data_keys.remove('podAntiAffinity')
            data__podAntiAffinity = data['podAntiAffinity']
            validate____defs_chart_kubernetes(data__podAntiAffinity, custom_formats, (name_prefix or 'data') + '.podAntiAffinity')
        if data_keys:
            raise Invalid
    return data

def validate____defs_chart_tolerations(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (list, tuple)):
        raise Invalid
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, dict):
                raise Invalid
            data_item_is_dict = isinstance(data_item, dict)
            if data_item_is_dict:
                data_item_keys = set(data_item.keys())
                if 'key' in data_item_keys:
                    data_item_keys.remove('key')
                    data_item__key = data_item['key']
                    if not isinstance(data_item__key, str):
                        raise Invalid
                    if isinstance(data_item__key, str):
                        if not compile('^\\Z|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\\Z').search(data_item__key):
                            raise Invalid
                if 'operator' in data_item_keys:
                    data_item_keys.remove('operator')
                    data_item__operator = data_item['operator']
                    if not isinstance(data_item__operator, str):
                        raise Invalid
                    if not (isinstance(data_item__operator, str) and data_item__operator == 'Exists' or (isinstance(data_item__operator, str) and data_item__operator == 'Equal')):
                        raise Invalid
                if 'value' in data_item_keys:
                    data_item_keys.remove('value')
                    data_item__value = data_item['value']
                    if not isinstance(data_item__value, str):
                        raise Invalid
                    if isinstance(data_item__value, str):
                        if not compile('^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\\Z').search(data_item__value):
                            raise Invalid
                if 'effect' in data_item_keys:
                    data_item_keys.remove('effect')
                    data_item__effect = data_item['effect']
                    if not isinstance(data_item__effect, str):
                        raise Invalid
                    if not (isinstance(data_item__effect, str) and data_item__effect == '' or (isinstance(data_item__effect, str) and data_item__effect == 'NoSchedule') or (isinstance(data_item__effect, str) and data_item__effect == 'PreferNoSchedule') or (isinstance(data_item__effect, str) and data_item__effect == 'NoExecute')):
                        raise Invalid
                if 'tolerationSeconds' in data_item_keys:
                    data_item_keys.remove('tolerationSeconds')
                    data_item__tolerationSeconds = data_item['tolerationSeconds']
                    if not isinstance(data_item__tolerationSeconds, int) and (not (isinstance(data_item__tolerationSeconds, float) and data_item__tolerationSeconds.is_integer())) or isinstance(data_item__tolerationSeconds, bool):
                        raise Invalid
                    if isinstance(data_item__tolerationSeconds, (int, float)) and (not isinstance(data_item__tolerationSeconds, bool)):
                        if data_item__tolerationSeconds < 0:
                            raise Invalid
                if data_item_keys:
                    raise Invalid
    return data

def validate____defs_chart_labels(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        for data_key in data_keys:
            if data_key not in []:
                data_value = data.get(data_key)
                if not isinstance(data_value, str):
                    raise Invalid
                if isinstance(data_value, str):
                    if not compile('^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\\Z').search(data_value):
                        raise Invalid
        data_len = len(data)
        if data_len != 0:
            data_property_names = True
            for data_key in data:
                try:
                    if isinstance(data_key, str):
                        if not compile('^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\\Z').search(data_key):
                            raise Invalid
                except Invalid:
                    data_property_names = False
            if not data_property_names:
                raise Invalid
    return data

def validate____defs_chart_pullpolicy(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, str):
        raise Invalid
    if not (isinstance(data, str) and data == 'IfNotPresent' or (isinstance(data, str) and data == 'Always') or (isinstance(data, str) and data == 'Never')):
        raise Invalid
    return data

def validate____defs_chart_pullsecrets(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, (list, tuple)):
        raise Invalid
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:

        def fn(var: Any) -> Any:
            return frozenset(dict(((k, fn(v)) for k, v in var.items())).items()) if hasattr(var, 'items') else tuple((fn(v) for v in var)) if isinstance(var, (dict, list)) else (bool, var) if isinstance(var, bool) else var
        data_len = len(data)
        if data_len > len(set((fn(data_x) for data_x in data))):
            raise Invalid
        for data_x, data_item in enumerate(data):
            validate____defs_chart_name(data_item, custom_formats, (name_prefix or 'data') + '[{data_x}]'.format(**locals()))
    return data

def validate____defs_chart_name(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, str):
        raise Invalid
    if isinstance(data, str):
        data_len = len(data)
        if data_len > 253:
            raise Invalid
        if not compile('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\Z').search(data):
            raise Invalid
    return data

def validate____defs_chart_quantity(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    data_any_of_count2 = 0
    if not data_any_of_count2:
        try:
            if not isinstance(data, str):
                raise Invalid
            if isinstance(data, str):
                if not compile('^\\Z|^([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?\\Z').search(data):
                    raise Invalid
            data_any_of_count2 += 1
        except Invalid:
            pass
    if not data_any_of_count2:
        try:
            if not isinstance(data, (int, float)) or isinstance(data, bool):
                raise Invalid
            if isinstance(data, (int, float)) and (not isinstance(data, bool)):
                if data <= 0:
                    raise Invalid
            data_any_of_count2 += 1
        except Invalid:
            pass
    if not data_any_of_count2:
        raise Invalid
    return data

def validate____defs_chart_annotations(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        for data_key in data_keys:
            if data_key not in []:
                data_value = data.get(data_key)
                if not isinstance(data_value, str):
                    raise Invalid
                if isinstance(data_value, str):
                    if not compile('^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff\ufffe\uffff]*\\Z').search(data_value):
                        raise Invalid
        data_len = len(data)
        if data_len != 0:
            data_property_names = True
            for data_key in data:
                try:
                    if isinstance(data_key, str):
                        if not compile('^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\\Z').search(data_key):
                            raise Invalid
                except Invalid:
                    data_property_names = False
            if not data_property_names:
                raise Invalid
    return data

def validate____defs_chart_optionalname(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, str):
        raise Invalid
    if isinstance(data, str):
        data_len = len(data)
        if data_len > 253:
            raise Invalid
        if not compile('^\\Z|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\Z').search(data):
            raise Invalid
    return data

def validate____defs_image(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, str):
        raise Invalid
    if isinstance(data, str):
        data_len = len(data)
        if data_len < 1:
            raise Invalid
        if not custom_formats['image'](data):
            raise Invalid
    return data
