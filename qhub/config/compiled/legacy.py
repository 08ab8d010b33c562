"""Whether data matches legacy.schema.json. Written by `python -m qhub.config.compiling`; do not edit."""

# mypy: ignore-errors
from typing import Any
from qhub.config.compiled import Invalid
NoneType = type(None)

def validate(data: Any, custom_formats: Any={}, name_prefix: Any=None) -> Any:
    if not isinstance(data, dict):
        raise Invalid
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if 'nebari_version' in data_keys:
            data_keys.remove('nebari_version')
            data__nebariversion = data['nebari_version']
            if not isinstance(data__nebariversion, (str, NoneType)):
                raise Invalid
        if 'security' in data_keys:
            data_keys.remove('security')
            data__security = data['security']
            if not isinstance(data__security, (dict, NoneType)):
                raise Invalid
            data__security_is_dict = isinstance(data__security, dict)
            if data__security_is_dict:
                data__security_keys = set(data__security.keys())
                if 'authentication' in data__security_keys:
                    data__security_keys.remove('authentication')
                    data__security__authentication = data__security['authentication']
                    if not isinstance(data__security__authentication, (dict, NoneType)):
                        raise Invalid
                    data__security__authentication_is_dict = isinstance(data__security__authentication, dict)
                    if data__security__authentication_is_dict:
                        data__security__authentication_keys = set(data__security__authentication.keys())
                        if 'type' in data__security__authentication_keys:
                            data__security__authentication_keys.remove('type')
                            data__security__authentication__type = data__security__authentication['type']
                            if not (isinstance(data__security__authentication__type, str) and data__security__authentication__type == 'password' or (isinstance(data__security__authentication__type, str) and data__security__authentication__type == 'GitHub') or (isinstance(data__security__authentication__type, str) and data__security__authentication__type == 'Auth0') or (isinstance(data__security__authentication__type, str) and data__security__authentication__type == 'custom') or (data__security__authentication__type is None)):
                                raise Invalid
                        if 'config' in data__security__authentication_keys:
                            data__security__authentication_keys.remove('config')
                            data__security__authentication__config = data__security__authentication['config']
                            if not isinstance(data__security__authentication__config, (dict, NoneType)):
                                raise Invalid
                            data__security__authentication__config_is_dict = isinstance(data__security__authentication__config, dict)
                            if data__security__authentication__config_is_dict:
                                data__security__authentication__config_keys = set(data__security__authentication__config.keys())
                                if 'client_id' in data__security__authentication__config_keys:
                                    data__security__authentication__config_keys.remove('client_id')
                                    data__security__authentication__config__clientid = data__security__authentication__config['client_id']
                                    if not isinstance(data__security__authentication__config__clientid, (str, int, float, NoneType)) or isinstance(data__security__authentication__config__clientid, bool):
                                        raise Invalid
                                if 'client_secret' in data__security__authentication__config_keys:
                                    data__security__authentication__config_keys.remove('client_secret')
                                    data__security__authentication__config__clientsecret = data__security__authentication__config['client_secret']
                                    if not isinstance(data__security__authentication__config__clientsecret, (str, int, float, NoneType)) or isinstance(data__security__authentication__config__clientsecret, bool):
                                        raise Invalid
                                if 'oauth_callback_url' in data__security__authentication__config_keys:
                                    data__security__authentication__config_keys.remove('oauth_callback_url')
                                    data__security__authentication__config__oauthcallbackurl = data__security__authentication__config['oauth_callback_url']
                                    if not isinstance(data__security__authentication__config__oauthcallbackurl, (str, NoneType)):
                                        raise Invalid
                                if 'auth0_subdomain' in data__security__authentication__config_keys:
                                    data__security__authentication__config_keys.remove('auth0_subdomain')
                                    data__security__authentication__config__auth0subdomain = data__security__authentication__config['auth0_subdomain']
                                    if not isinstance(data__security__authentication__config__auth0subdomain, (str, NoneType)):
                                        raise Invalid
                                if 'scope' in data__security__authentication__config_keys:
                                    data__security__authentication__config_keys.remove('scope')
                                    data__security__authentication__config__scope = data__security__authentication__config['scope']
                                    if not isinstance(data__security__authentication__config__scope, (list, tuple, NoneType)):
                                        raise Invalid
                                    data__security__authentication__config__scope_is_list = isinstance(data__security__authentication__config__scope, (list, tuple))
                                    if data__security__authentication__config__scope_is_list:
                                        data__security__authentication__config__scope_len = len(data__security__authentication__config__scope)
                                        for data__security__authentication__config__scope_x, data__security__authentication__config__scope_item in enumerate(data__security__authentication__config__scope):
                                            if not isinstance(data__security__authentication__config__scope_item, str):
                                                raise Invalid
                        if 'authentication_class' in data__security__authentication_keys:
                            data__security__authentication_keys.remove('authentication_class')
                            data__security__authentication__authenticationclass = data__security__authentication['authentication_class']
                            if not isinstance(data__security__authentication__authenticationclass, (str, NoneType)):
                                raise Invalid
                        if data__security__authentication_keys:
                            raise Invalid
                    try:
                        data__security__authentication_is_dict = isinstance(data__security__authentication, dict)
                        if data__security__authentication_is_dict:
                            data__security__authentication__missing_keys = set(['type']) - data__security__authentication.keys()
                            if data__security__authentication__missing_keys:
                                raise Invalid
                            data__security__authentication_keys = set(data__security__authentication.keys())
                            if 'type' in data__security__authentication_keys:
                                data__security__authentication_keys.remove('type')
                                data__security__authentication__type = data__security__authentication['type']
                                if not (isinstance(data__security__authentication__type, str) and data__security__authentication__type == 'custom'):
                                    raise Invalid
                    except Invalid:
                        data__security__authentication_is_dict = isinstance(data__security__authentication, dict)
                        if data__security__authentication_is_dict:
                            data__security__authentication_keys = set(data__security__authentication.keys())
                            if 'config' in data__security__authentication_keys:
                                data__security__authentication_keys.remove('config')
                                data__security__authentication__config = data__security__authentication['config']
                                data__security__authentication__config_is_dict = isinstance(data__security__authentication__config, dict)
                                if data__security__authentication__config_is_dict:
                                    data__security__authentication__config_keys = set(data__security__authentication__config.keys())
                                    if 'client_id' in data__security__authentication__config_keys:
                                        data__security__authentication__config_keys.remove('client_id')
                                        data__security__authentication__config__clientid = data__security__authentication__config['client_id']
                                        pass
                                    if 'client_secret' in data__security__authentication__config_keys:
                                        data__security__authentication__config_keys.remove('client_secret')
                                        data__security__authentication__config__clientsecret = data__security__authentication__config['client_secret']
                                        pass
                                    if 'oauth_callback_url' in data__security__authentication__config_keys:
                                        data__security__authentication__config_keys.remove('oauth_callback_url')
                                        data__security__authentication__config__oauthcallbackurl = data__security__authentication__config['oauth_callback_url']
                                        pass
                                    if 'auth0_subdomain' in data__security__authentication__config_keys:
                                        data__security__authentication__config_keys.remove('auth0_subdomain')
                                        data__security__authentication__config__auth0subdomain = data__security__authentication__config['auth0_subdomain']
                                        pass
                                    if 'scope' in data__security__authentication__config_keys:
                                        data__security__authentication__config_keys.remove('scope')
                                        data__security__authentication__config__scope = data__security__authentication__config['scope']
                                        pass
                                    if data__security__authentication__config_keys:
                                        raise Invalid
                if 'users' in data__security_keys:
                    data__security_keys.remove('users')
                    data__security__users = data__security['users']
                    if not isinstance(data__security__users, (dict, NoneType)):
                        raise Invalid
                    data__security__users_is_dict = isinstance(data__security__users, dict)
                    if data__security__users_is_dict:
                        data__security__users_keys = set(data__security__users.keys())
                        for data__security__users_key in data__security__users_keys:
                            if data__security__users_key not in []:
                                data__security__users_value = data__security__users.get(data__security__users_key)
                                if not isinstance(data__security__users_value, (dict, NoneType)):
                                    raise Invalid
                                data__security__users_value_is_dict = isinstance(data__security__users_value, dict)
                                if data__security__users_value_is_dict:
                                    data__security__users_value_keys = set(data__security__users_value.keys())
                                    if 'uid' in data__security__users_value_keys:
                                        data__security__users_value_keys.remove('uid')
                                        data__security__users_value__uid = data__security__users_value['uid']
                                        if not isinstance(data__security__users_value__uid, (str, int, NoneType)) and (not (isinstance(data__security__users_value__uid, float) and data__security__users_value__uid.is_integer())) or isinstance(data__security__users_value__uid, bool):
                                            raise Invalid
                                    if 'password' in data__security__users_value_keys:
                                        data__security__users_value_keys.remove('password')
                                        data__security__users_value__password = data__security__users_value['password']
                                        if not isinstance(data__security__users_value__password, (str, NoneType)):
                                            raise Invalid
                                    if 'primary_group' in data__security__users_value_keys:
                                        data__security__users_value_keys.remove('primary_group')
                                        data__security__users_value__primarygroup = data__security__users_value['primary_group']
                                        if not isinstance(data__security__users_value__primarygroup, (str, NoneType)):
                                            raise Invalid
                                    if 'secondary_groups' in data__security__users_value_keys:
                                        data__security__users_value_keys.remove('secondary_groups')
                                        data__security__users_value__secondarygroups = data__security__users_value['secondary_groups']
                                        if not isinstance(data__security__users_value__secondarygroups, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__security__users_value__secondarygroups_is_list = isinstance(data__security__users_value__secondarygroups, (list, tuple))
                                        if data__security__users_value__secondarygroups_is_list:
                                            data__security__users_value__secondarygroups_len = len(data__security__users_value__secondarygroups)
                                            for data__security__users_value__secondarygroups_x, data__security__users_value__secondarygroups_item in enumerate(data__security__users_value__secondarygroups):
                                                if not isinstance(data__security__users_value__secondarygroups_item, str):
                                                    raise Invalid
                                    if data__security__users_value_keys:
                                        raise Invalid
                if 'groups' in data__security_keys:
                    data__security_keys.remove('groups')
                    data__security__groups = data__security['groups']
                    if not isinstance(data__security__groups, (dict, NoneType)):
                        raise Invalid
                    data__security__groups_is_dict = isinstance(data__security__groups, dict)
                    if data__security__groups_is_dict:
                        data__security__groups_keys = set(data__security__groups.keys())
                        for data__security__groups_key in data__security__groups_keys:
                            if data__security__groups_key not in []:
                                data__security__groups_value = data__security__groups.get(data__security__groups_key)
                                if not isinstance(data__security__groups_value, (dict, NoneType)):
                                    raise Invalid
                                data__security__groups_value_is_dict = isinstance(data__security__groups_value, dict)
                                if data__security__groups_value_is_dict:
                                    data__security__groups_value_keys = set(data__security__groups_value.keys())
                                    if 'gid' in data__security__groups_value_keys:
                                        data__security__groups_value_keys.remove('gid')
                                        data__security__groups_value__gid = data__security__groups_value['gid']
                                        if not isinstance(data__security__groups_value__gid, (int, NoneType)) and (not (isinstance(data__security__groups_value__gid, float) and data__security__groups_value__gid.is_integer())) or isinstance(data__security__groups_value__gid, bool):
                                            raise Invalid
                                    if data__security__groups_value_keys:
                                        raise Invalid
                if 'shared_users_group' in data__security_keys:
                    data__security_keys.remove('shared_users_group')
                    data__security__sharedusersgroup = data__security['shared_users_group']
                    if not isinstance(data__security__sharedusersgroup, (bool, NoneType)):
                        raise Invalid
                if 'keycloak' in data__security_keys:
                    data__security_keys.remove('keycloak')
                    data__security__keycloak = data__security['keycloak']
                    if not isinstance(data__security__keycloak, (dict, NoneType)):
                        raise Invalid
                    data__security__keycloak_is_dict = isinstance(data__security__keycloak, dict)
                    if data__security__keycloak_is_dict:
                        data__security__keycloak_keys = set(data__security__keycloak.keys())
                        if 'initial_root_password' in data__security__keycloak_keys:
                            data__security__keycloak_keys.remove('initial_root_password')
                            data__security__keycloak__initialrootpassword = data__security__keycloak['initial_root_password']
                            if not isinstance(data__security__keycloak__initialrootpassword, (str, int, float, NoneType)) or isinstance(data__security__keycloak__initialrootpassword, bool):
                                raise Invalid
                        if 'overrides' in data__security__keycloak_keys:
                            data__security__keycloak_keys.remove('overrides')
                            data__security__keycloak__overrides = data__security__keycloak['overrides']
                            if not isinstance(data__security__keycloak__overrides, (dict, NoneType)):
                                raise Invalid
                        if 'realm_display_name' in data__security__keycloak_keys:
                            data__security__keycloak_keys.remove('realm_display_name')
                            data__security__keycloak__realmdisplayname = data__security__keycloak['realm_display_name']
                            if not isinstance(data__security__keycloak__realmdisplayname, (str, NoneType)):
                                raise Invalid
                        if 'themes' in data__security__keycloak_keys:
                            data__security__keycloak_keys.remove('themes')
                            data__security__keycloak__themes = data__security__keycloak['themes']
                            if not isinstance(data__security__keycloak__themes, (dict, NoneType)):
                                raise Invalid
                            data__security__keycloak__themes_is_dict = isinstance(data__security__keycloak__themes, dict)
                            if data__security__keycloak__themes_is_dict:
                                data__security__keycloak__themes_keys = set(data__security__keycloak__themes.keys())
                                if 'enabled' in data__security__keycloak__themes_keys:
                                    data__security__keycloak__themes_keys.remove('enabled')
                                    data__security__keycloak__themes__enabled = data__security__keycloak__themes['enabled']
                                    if not isinstance(data__security__keycloak__themes__enabled, (bool, NoneType)):
                                        raise Invalid
                                if 'repository' in data__security__keycloak__themes_keys:
                                    data__security__keycloak__themes_keys.remove('repository')
                                    data__security__keycloak__themes__repository = data__security__keycloak__themes['repository']
                                    if not isinstance(data__security__keycloak__themes__repository, (str, NoneType)):
                                        raise Invalid
                                if 'branch' in data__security__keycloak__themes_keys:
                                    data__security__keycloak__themes_keys.remove('branch')
                                    data__security__keycloak__themes__branch = data__security__keycloak__themes['branch']
                                    if not isinstance(data__security__keycloak__themes__branch, (str, NoneType)):
                                        raise Invalid
                                if data__security__keycloak__themes_keys:
                                    raise Invalid
                        if data__security__keycloak_keys:
                            raise Invalid
                if data__security_keys:
                    raise Invalid
        if 'default_images' in data_keys:
            data_keys.remove('default_images')
            data__defaultimages = data['default_images']
            if not isinstance(data__defaultimages, (dict, NoneType)):
                raise Invalid
            data__defaultimages_is_dict = isinstance(data__defaultimages, dict)
            if data__defaultimages_is_dict:
                data__defaultimages_keys = set(data__defaultimages.keys())
                if 'jupyterhub' in data__defaultimages_keys:
                    data__defaultimages_keys.remove('jupyterhub')
                    data__defaultimages__jupyterhub = data__defaultimages['jupyterhub']
                    if not isinstance(data__defaultimages__jupyterhub, (str, NoneType)):
                        raise Invalid
                if 'jupyterlab' in data__defaultimages_keys:
                    data__defaultimages_keys.remove('jupyterlab')
                    data__defaultimages__jupyterlab = data__defaultimages['jupyterlab']
                    if not isinstance(data__defaultimages__jupyterlab, (str, NoneType)):
                        raise Invalid
                if 'dask_worker' in data__defaultimages_keys:
                    data__defaultimages_keys.remove('dask_worker')
                    data__defaultimages__daskworker = data__defaultimages['dask_worker']
                    if not isinstance(data__defaultimages__daskworker, (str, NoneType)):
                        raise Invalid
                if 'dask_gateway' in data__defaultimages_keys:
                    data__defaultimages_keys.remove('dask_gateway')
                    data__defaultimages__daskgateway = data__defaultimages['dask_gateway']
                    if not isinstance(data__defaultimages__daskgateway, (str, NoneType)):
                        raise Invalid
                if 'conda_store' in data__defaultimages_keys:
                    data__defaultimages_keys.remove('conda_store')
                    data__defaultimages__condastore = data__defaultimages['conda_store']
                    if not isinstance(data__defaultimages__condastore, (str, NoneType)):
                        raise Invalid
        if 'storage' in data_keys:
            data_keys.remove('storage')
            data__storage = data['storage']
            if not isinstance(data__storage, (dict, NoneType)):
                raise Invalid
            data__storage_is_dict = isinstance(data__storage, dict)
            if data__storage_is_dict:
                data__storage_keys = set(data__storage.keys())
                if 'conda_store' in data__storage_keys:
                    data__storage_keys.remove('conda_store')
                    data__storage__condastore = data__storage['conda_store']
                    if not isinstance(data__storage__condastore, (str, int, float, NoneType)) or isinstance(data__storage__condastore, bool):
                        raise Invalid
                if 'shared_filesystem' in data__storage_keys:
                    data__storage_keys.remove('shared_filesystem')
                    data__storage__sharedfilesystem = data__storage['shared_filesystem']
                    if not isinstance(data__storage__sharedfilesystem, (str, int, float, NoneType)) or isinstance(data__storage__sharedfilesystem, bool):
                        raise Invalid
                if 'type' in data__storage_keys:
                    data__storage_keys.remove('type')
                    data__storage__type = data__storage['type']
                    if not (isinstance(data__storage__type, str) and data__storage__type == 'nfs' or (isinstance(data__storage__type, str) and data__storage__type == 'cephfs') or (isinstance(data__storage__type, str) and data__storage__type == 'efs') or (data__storage__type is None)):
                        raise Invalid
                if data__storage_keys:
                    raise Invalid
        if 'theme' in data_keys:
            data_keys.remove('theme')
            data__theme = data['theme']
            if not isinstance(data__theme, (dict, NoneType)):
                raise Invalid
            data__theme_is_dict = isinstance(data__theme, dict)
            if data__theme_is_dict:
                data__theme_keys = set(data__theme.keys())
                if 'jupyterhub' in data__theme_keys:
                    data__theme_keys.remove('jupyterhub')
                    data__theme__jupyterhub = data__theme['jupyterhub']
                    if not isinstance(data__theme__jupyterhub, (dict, NoneType)):
                        raise Invalid
                    data__theme__jupyterhub_is_dict = isinstance(data__theme__jupyterhub, dict)
                    if data__theme__jupyterhub_is_dict:
                        data__theme__jupyterhub_keys = set(data__theme__jupyterhub.keys())
                        if 'hub_title' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('hub_title')
                            data__theme__jupyterhub__hubtitle = data__theme__jupyterhub['hub_title']
                            if not isinstance(data__theme__jupyterhub__hubtitle, (str, NoneType)):
                                raise Invalid
                        if 'hub_subtitle' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('hub_subtitle')
                            data__theme__jupyterhub__hubsubtitle = data__theme__jupyterhub['hub_subtitle']
                            if not isinstance(data__theme__jupyterhub__hubsubtitle, (str, NoneType)):
                                raise Invalid
                        if 'welcome' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('welcome')
                            data__theme__jupyterhub__welcome = data__theme__jupyterhub['welcome']
                            if not isinstance(data__theme__jupyterhub__welcome, (str, NoneType)):
                                raise Invalid
                        if 'logo' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('logo')
                            data__theme__jupyterhub__logo = data__theme__jupyterhub['logo']
                            if not isinstance(data__theme__jupyterhub__logo, (str, NoneType)):
                                raise Invalid
                        if 'logo_url' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('logo_url')
                            data__theme__jupyterhub__logourl = data__theme__jupyterhub['logo_url']
                            if not isinstance(data__theme__jupyterhub__logourl, (str, NoneType)):
                                raise Invalid
                        if 'favicon' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('favicon')
                            data__theme__jupyterhub__favicon = data__theme__jupyterhub['favicon']
                            if not isinstance(data__theme__jupyterhub__favicon, (str, NoneType)):
                                raise Invalid
                        if 'primary_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('primary_color')
                            data__theme__jupyterhub__primarycolor = data__theme__jupyterhub['primary_color']
                            if not isinstance(data__theme__jupyterhub__primarycolor, (str, NoneType)):
                                raise Invalid
                        if 'primary_color_dark' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('primary_color_dark')
                            data__theme__jupyterhub__primarycolordark = data__theme__jupyterhub['primary_color_dark']
                            if not isinstance(data__theme__jupyterhub__primarycolordark, (str, NoneType)):
                                raise Invalid
                        if 'secondary_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('secondary_color')
                            data__theme__jupyterhub__secondarycolor = data__theme__jupyterhub['secondary_color']
                            if not isinstance(data__theme__jupyterhub__secondarycolor, (str, NoneType)):
                                raise Invalid
                        if 'secondary_color_dark' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('secondary_color_dark')
                            data__theme__jupyterhub__secondarycolordark = data__theme__jupyterhub['secondary_color_dark']
                            if not isinstance(data__theme__jupyterhub__secondarycolordark, (str, NoneType)):
                                raise Invalid
                        if 'accent_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('accent_color')
                            data__theme__jupyterhub__accentcolor = data__theme__jupyterhub['accent_color']
                            if not isinstance(data__theme__jupyterhub__accentcolor, (str, NoneType)):
                                raise Invalid
                        if 'accent_color_dark' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('accent_color_dark')
                            data__theme__jupyterhub__accentcolordark = data__theme__jupyterhub['accent_color_dark']
                            if not isinstance(data__theme__jupyterhub__accentcolordark, (str, NoneType)):
                                raise Invalid
                        if 'text_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('text_color')
                            data__theme__jupyterhub__textcolor = data__theme__jupyterhub['text_color']
                            if not isinstance(data__theme__jupyterhub__textcolor, (str, NoneType)):
                                raise Invalid
                        if 'h1_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('h1_color')
                            data__theme__jupyterhub__h1color = data__theme__jupyterhub['h1_color']
                            if not isinstance(data__theme__jupyterhub__h1color, (str, NoneType)):
                                raise Invalid
                        if 'h2_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('h2_color')
                            data__theme__jupyterhub__h2color = data__theme__jupyterhub['h2_color']
                            if not isinstance(data__theme__jupyterhub__h2color, (str, NoneType)):
                                raise Invalid
                        if 'navbar_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('navbar_color')
                            data__theme__jupyterhub__navbarcolor = data__theme__jupyterhub['navbar_color']
                            if not isinstance(data__theme__jupyterhub__navbarcolor, (str, NoneType)):
                                raise Invalid
                        if 'navbar_text_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('navbar_text_color')
                            data__theme__jupyterhub__navbartextcolor = data__theme__jupyterhub['navbar_text_color']
                            if not isinstance(data__theme__jupyterhub__navbartextcolor, (str, NoneType)):
                                raise Invalid
                        if 'navbar_hover_color' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('navbar_hover_color')
                            data__theme__jupyterhub__navbarhovercolor = data__theme__jupyterhub['navbar_hover_color']
                            if not isinstance(data__theme__jupyterhub__navbarhovercolor, (str, NoneType)):
                                raise Invalid
                        if 'version' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('version')
                            data__theme__jupyterhub__version = data__theme__jupyterhub['version']
                            if not isinstance(data__theme__jupyterhub__version, (str, int, float, NoneType)) or isinstance(data__theme__jupyterhub__version, bool):
                                raise Invalid
                        if 'display_version' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('display_version')
                            data__theme__jupyterhub__displayversion = data__theme__jupyterhub['display_version']
                            if not isinstance(data__theme__jupyterhub__displayversion, (str, bool, NoneType)):
                                raise Invalid
                        if 'qhub_theme_extra_js_urls' in data__theme__jupyterhub_keys:
                            data__theme__jupyterhub_keys.remove('qhub_theme_extra_js_urls')
                            data__theme__jupyterhub__qhubthemeextrajsurls = data__theme__jupyterhub['qhub_theme_extra_js_urls']
                            if not isinstance(data__theme__jupyterhub__qhubthemeextrajsurls, (list, tuple, NoneType)):
                                raise Invalid
                            data__theme__jupyterhub__qhubthemeextrajsurls_is_list = isinstance(data__theme__jupyterhub__qhubthemeextrajsurls, (list, tuple))
                            if data__theme__jupyterhub__qhubthemeextrajsurls_is_list:
                                data__theme__jupyterhub__qhubthemeextrajsurls_len = len(data__theme__jupyterhub__qhubthemeextrajsurls)
                                for data__theme__jupyterhub__qhubthemeextrajsurls_x, data__theme__jupyterhub__qhubthemeextrajsurls_item in enumerate(data__theme__jupyterhub__qhubthemeextrajsurls):
                                    if not isinstance(data__theme__jupyterhub__qhubthemeextrajsurls_item, str):
                                        raise Invalid
                        if data__theme__jupyterhub_keys:
                            raise Invalid
                if data__theme_keys:
                    raise Invalid
        if 'profiles' in data_keys:
            data_keys.remove('profiles')
            data__profiles = data['profiles']
            if not isinstance(data__profiles, (dict, NoneType)):
                raise Invalid
            data__profiles_is_dict = isinstance(data__profiles, dict)
            if data__profiles_is_dict:
                data__profiles_keys = set(data__profiles.keys())
                if 'jupyterlab' in data__profiles_keys:
                    data__profiles_keys.remove('jupyterlab')
                    data__profiles__jupyterlab = data__profiles['jupyterlab']
                    if not isinstance(data__profiles__jupyterlab, (list, tuple, NoneType)):
                        raise Invalid
                    data__profiles__jupyterlab_is_list = isinstance(data__profiles__jupyterlab, (list, tuple))
                    if data__profiles__jupyterlab_is_list:
                        data__profiles__jupyterlab_len = len(data__profiles__jupyterlab)
                        for data__profiles__jupyterlab_x, data__profiles__jupyterlab_item in enumerate(data__profiles__jupyterlab):
                            if not isinstance(data__profiles__jupyterlab_item, (dict, NoneType)):
                                raise Invalid
                            data__profiles__jupyterlab_item_is_dict = isinstance(data__profiles__jupyterlab_item, dict)
                            if data__profiles__jupyterlab_item_is_dict:
                                data__profiles__jupyterlab_item_keys = set(data__profiles__jupyterlab_item.keys())
                                if 'display_name' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('display_name')
                                    data__profiles__jupyterlab_item__displayname = data__profiles__jupyterlab_item['display_name']
                                    if not isinstance(data__profiles__jupyterlab_item__displayname, (str, NoneType)):
                                        raise Invalid
                                if 'description' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('description')
                                    data__profiles__jupyterlab_item__description = data__profiles__jupyterlab_item['description']
                                    if not isinstance(data__profiles__jupyterlab_item__description, (str, NoneType)):
                                        raise Invalid
                                if 'access' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('access')
                                    data__profiles__jupyterlab_item__access = data__profiles__jupyterlab_item['access']
                                    if not (isinstance(data__profiles__jupyterlab_item__access, str) and data__profiles__jupyterlab_item__access == 'all' or (isinstance(data__profiles__jupyterlab_item__access, str) and data__profiles__jupyterlab_item__access == 'yaml') or (isinstance(data__profiles__jupyterlab_item__access, str) and data__profiles__jupyterlab_item__access == 'keycloak') or (data__profiles__jupyterlab_item__access is None)):
                                        raise Invalid
                                if 'default' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('default')
                                    data__profiles__jupyterlab_item__default = data__profiles__jupyterlab_item['default']
                                    if not isinstance(data__profiles__jupyterlab_item__default, (bool, NoneType)):
                                        raise Invalid
                                if 'users' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('users')
                                    data__profiles__jupyterlab_item__users = data__profiles__jupyterlab_item['users']
                                    if not isinstance(data__profiles__jupyterlab_item__users, (list, tuple, NoneType)):
                                        raise Invalid
                                    data__profiles__jupyterlab_item__users_is_list = isinstance(data__profiles__jupyterlab_item__users, (list, tuple))
                                    if data__profiles__jupyterlab_item__users_is_list:
                                        data__profiles__jupyterlab_item__users_len = len(data__profiles__jupyterlab_item__users)
                                        for data__profiles__jupyterlab_item__users_x, data__profiles__jupyterlab_item__users_item in enumerate(data__profiles__jupyterlab_item__users):
                                            if not isinstance(data__profiles__jupyterlab_item__users_item, str):
                                                raise Invalid
                                if 'groups' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('groups')
                                    data__profiles__jupyterlab_item__groups = data__profiles__jupyterlab_item['groups']
                                    if not isinstance(data__profiles__jupyterlab_item__groups, (list, tuple, NoneType)):
                                        raise Invalid
                                    data__profiles__jupyterlab_item__groups_is_list = isinstance(data__profiles__jupyterlab_item__groups, (list, tuple))
                                    if data__profiles__jupyterlab_item__groups_is_list:
                                        data__profiles__jupyterlab_item__groups_len = len(data__profiles__jupyterlab_item__groups)
                                        for data__profiles__jupyterlab_item__groups_x, data__profiles__jupyterlab_item__groups_item in enumerate(data__profiles__jupyterlab_item__groups):
                                            if not isinstance(data__profiles__jupyterlab_item__groups_item, str):
                                                raise Invalid
                                if 'kubespawner_override' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('kubespawner_override')
                                    data__profiles__jupyterlab_item__kubespawneroverride = data__profiles__jupyterlab_item['kubespawner_override']
                                    if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride, (dict, NoneType)):
                                        raise Invalid
                                    data__profiles__jupyterlab_item__kubespawneroverride_is_dict = isinstance(data__profiles__jupyterlab_item__kubespawneroverride, dict)
                                    if data__profiles__jupyterlab_item__kubespawneroverride_is_dict:
                                        data__profiles__jupyterlab_item__kubespawneroverride_keys = set(data__profiles__jupyterlab_item__kubespawneroverride.keys())
                                        if 'additional_profile_form_template_paths' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('additional_profile_form_template_paths')
                                            data__profiles__jupyterlab_item__kubespawneroverride__additionalprofileformtemplatepaths = data__profiles__jupyterlab_item__kubespawneroverride['additional_profile_form_template_paths']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__additionalprofileformtemplatepaths, (list, tuple, NoneType)):
                                                raise Invalid
                                        if 'after_pod_created_hook' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('after_pod_created_hook')
                                            data__profiles__jupyterlab_item__kubespawneroverride__afterpodcreatedhook = data__profiles__jupyterlab_item__kubespawneroverride['after_pod_created_hook']
                                        if 'allow_privilege_escalation' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('allow_privilege_escalation')
                                            data__profiles__jupyterlab_item__kubespawneroverride__allowprivilegeescalation = data__profiles__jupyterlab_item__kubespawneroverride['allow_privilege_escalation']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__allowprivilegeescalation, (bool, NoneType)):
                                                raise Invalid
                                        if 'apply_user_options' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('apply_user_options')
                                            data__profiles__jupyterlab_item__kubespawneroverride__applyuseroptions = data__profiles__jupyterlab_item__kubespawneroverride['apply_user_options']
                                        if 'args' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('args')
                                            data__profiles__jupyterlab_item__kubespawneroverride__args = data__profiles__jupyterlab_item__kubespawneroverride['args']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__args, (list, tuple, NoneType)):
                                                raise Invalid
                                        if 'auth_state_hook' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('auth_state_hook')
                                            data__profiles__jupyterlab_item__kubespawneroverride__authstatehook = data__profiles__jupyterlab_item__kubespawneroverride['auth_state_hook']
                                        if 'automount_service_account_token' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('automount_service_account_token')
                                            data__profiles__jupyterlab_item__kubespawneroverride__automountserviceaccounttoken = data__profiles__jupyterlab_item__kubespawneroverride['automount_service_account_token']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__automountserviceaccounttoken, (bool, NoneType)):
                                                raise Invalid
                                        if 'cmd' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('cmd')
                                            data__profiles__jupyterlab_item__kubespawneroverride__cmd = data__profiles__jupyterlab_item__kubespawneroverride['cmd']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__cmd, (list, tuple, str, NoneType)):
                                                raise Invalid
                                        if 'common_labels' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('common_labels')
                                            data__profiles__jupyterlab_item__kubespawneroverride__commonlabels = data__profiles__jupyterlab_item__kubespawneroverride['common_labels']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__commonlabels, (dict, NoneType)):
                                                raise Invalid
                                        if 'component_label' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('component_label')
                                            data__profiles__jupyterlab_item__kubespawneroverride__componentlabel = data__profiles__jupyterlab_item__kubespawneroverride['component_label']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__componentlabel, (str, NoneType)):
                                                raise Invalid
                                        if 'consecutive_failure_limit' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('consecutive_failure_limit')
                                            data__profiles__jupyterlab_item__kubespawneroverride__consecutivefailurelimit = data__profiles__jupyterlab_item__kubespawneroverride['consecutive_failure_limit']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__consecutivefailurelimit, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__consecutivefailurelimit, float) and data__profiles__jupyterlab_item__kubespawneroverride__consecutivefailurelimit.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__consecutivefailurelimit, bool):
                                                raise Invalid
                                        if 'container_security_context' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('container_security_context')
                                            data__profiles__jupyterlab_item__kubespawneroverride__containersecuritycontext = data__profiles__jupyterlab_item__kubespawneroverride['container_security_context']
                                        if 'cpu_guarantee' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('cpu_guarantee')
                                            data__profiles__jupyterlab_item__kubespawneroverride__cpuguarantee = data__profiles__jupyterlab_item__kubespawneroverride['cpu_guarantee']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__cpuguarantee, (int, float, NoneType)) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__cpuguarantee, bool):
                                                raise Invalid
                                        if 'cpu_limit' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('cpu_limit')
                                            data__profiles__jupyterlab_item__kubespawneroverride__cpulimit = data__profiles__jupyterlab_item__kubespawneroverride['cpu_limit']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__cpulimit, (int, float, NoneType)) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__cpulimit, bool):
                                                raise Invalid
                                        if 'debug' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('debug')
                                            data__profiles__jupyterlab_item__kubespawneroverride__debug = data__profiles__jupyterlab_item__kubespawneroverride['debug']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__debug, (bool, NoneType)):
                                                raise Invalid
                                        if 'default_url' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('default_url')
                                            data__profiles__jupyterlab_item__kubespawneroverride__defaulturl = data__profiles__jupyterlab_item__kubespawneroverride['default_url']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__defaulturl, (str, NoneType)):
                                                raise Invalid
                                        if 'delete_grace_period' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('delete_grace_period')
                                            data__profiles__jupyterlab_item__kubespawneroverride__deletegraceperiod = data__profiles__jupyterlab_item__kubespawneroverride['delete_grace_period']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__deletegraceperiod, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__deletegraceperiod, float) and data__profiles__jupyterlab_item__kubespawneroverride__deletegraceperiod.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__deletegraceperiod, bool):
                                                raise Invalid
                                        if 'delete_pvc' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('delete_pvc')
                                            data__profiles__jupyterlab_item__kubespawneroverride__deletepvc = data__profiles__jupyterlab_item__kubespawneroverride['delete_pvc']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__deletepvc, (bool, NoneType)):
                                                raise Invalid
                                        if 'delete_stopped_pods' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('delete_stopped_pods')
                                            data__profiles__jupyterlab_item__kubespawneroverride__deletestoppedpods = data__profiles__jupyterlab_item__kubespawneroverride['delete_stopped_pods']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__deletestoppedpods, (bool, NoneType)):
                                                raise Invalid
                                        if 'disable_user_config' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('disable_user_config')
                                            data__profiles__jupyterlab_item__kubespawneroverride__disableuserconfig = data__profiles__jupyterlab_item__kubespawneroverride['disable_user_config']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__disableuserconfig, (bool, NoneType)):
                                                raise Invalid
                                        if 'dns_name_template' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('dns_name_template')
                                            data__profiles__jupyterlab_item__kubespawneroverride__dnsnametemplate = data__profiles__jupyterlab_item__kubespawneroverride['dns_name_template']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__dnsnametemplate, (str, NoneType)):
                                                raise Invalid
                                        if 'enable_user_namespaces' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('enable_user_namespaces')
                                            data__profiles__jupyterlab_item__kubespawneroverride__enableusernamespaces = data__profiles__jupyterlab_item__kubespawneroverride['enable_user_namespaces']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__enableusernamespaces, (bool, NoneType)):
                                                raise Invalid
                                        if 'env_keep' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('env_keep')
                                            data__profiles__jupyterlab_item__kubespawneroverride__envkeep = data__profiles__jupyterlab_item__kubespawneroverride['env_keep']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__envkeep, (list, tuple, NoneType)):
                                                raise Invalid
                                        if 'environment' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('environment')
                                            data__profiles__jupyterlab_item__kubespawneroverride__environment = data__profiles__jupyterlab_item__kubespawneroverride['environment']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__environment, (dict, NoneType)):
                                                raise Invalid
                                        if 'events_enabled' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('events_enabled')
                                            data__profiles__jupyterlab_item__kubespawneroverride__eventsenabled = data__profiles__jupyterlab_item__kubespawneroverride['events_enabled']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__eventsenabled, (bool, NoneType)):
                                                raise Invalid
                                        if 'extra_annotations' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('extra_annotations')
                                            data__profiles__jupyterlab_item__kubespawneroverride__extraannotations = data__profiles__jupyterlab_item__kubespawneroverride['extra_annotations']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__extraannotations, (dict, NoneType)):
                                                raise Invalid
                                        if 'extra_container_config' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('extra_container_config')
                                            data__profiles__jupyterlab_item__kubespawneroverride__extracontainerconfig = data__profiles__jupyterlab_item__kubespawneroverride['extra_container_config']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__extracontainerconfig, (dict, NoneType)):
                                                raise Invalid
                                        if 'extra_containers' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('extra_containers')
                                            data__profiles__jupyterlab_item__kubespawneroverride__extracontainers = data__profiles__jupyterlab_item__kubespawneroverride['extra_containers']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__extracontainers, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'extra_labels' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('extra_labels')
                                            data__profiles__jupyterlab_item__kubespawneroverride__extralabels = data__profiles__jupyterlab_item__kubespawneroverride['extra_labels']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__extralabels, (dict, NoneType)):
                                                raise Invalid
                                        if 'extra_pod_config' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('extra_pod_config')
                                            data__profiles__jupyterlab_item__kubespawneroverride__extrapodconfig = data__profiles__jupyterlab_item__kubespawneroverride['extra_pod_config']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__extrapodconfig, (dict, NoneType)):
                                                raise Invalid
                                        if 'extra_resource_guarantees' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('extra_resource_guarantees')
                                            data__profiles__jupyterlab_item__kubespawneroverride__extraresourceguarantees = data__profiles__jupyterlab_item__kubespawneroverride['extra_resource_guarantees']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__extraresourceguarantees, (dict, NoneType)):
                                                raise Invalid
                                        if 'extra_resource_limits' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('extra_resource_limits')
                                            data__profiles__jupyterlab_item__kubespawneroverride__extraresourcelimits = data__profiles__jupyterlab_item__kubespawneroverride['extra_resource_limits']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__extraresourcelimits, (dict, NoneType)):
                                                raise Invalid
                                        if 'fs_gid' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('fs_gid')
                                            data__profiles__jupyterlab_item__kubespawneroverride__fsgid = data__profiles__jupyterlab_item__kubespawneroverride['fs_gid']
                                        if 'get_pod_url' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('get_pod_url')
                                            data__profiles__jupyterlab_item__kubespawneroverride__getpodurl = data__profiles__jupyterlab_item__kubespawneroverride['get_pod_url']
                                        if 'gid' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('gid')
                                            data__profiles__jupyterlab_item__kubespawneroverride__gid = data__profiles__jupyterlab_item__kubespawneroverride['gid']
                                        if 'group_overrides' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('group_overrides')
                                            data__profiles__jupyterlab_item__kubespawneroverride__groupoverrides = data__profiles__jupyterlab_item__kubespawneroverride['group_overrides']
                                        if 'handle_legacy_names' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('handle_legacy_names')
                                            data__profiles__jupyterlab_item__kubespawneroverride__handlelegacynames = data__profiles__jupyterlab_item__kubespawneroverride['handle_legacy_names']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__handlelegacynames, (bool, NoneType)):
                                                raise Invalid
                                        if 'http_timeout' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('http_timeout')
                                            data__profiles__jupyterlab_item__kubespawneroverride__httptimeout = data__profiles__jupyterlab_item__kubespawneroverride['http_timeout']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__httptimeout, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__httptimeout, float) and data__profiles__jupyterlab_item__kubespawneroverride__httptimeout.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__httptimeout, bool):
                                                raise Invalid
                                        if 'hub_connect_ip' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('hub_connect_ip')
                                            data__profiles__jupyterlab_item__kubespawneroverride__hubconnectip = data__profiles__jupyterlab_item__kubespawneroverride['hub_connect_ip']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__hubconnectip, (str, NoneType)):
                                                raise Invalid
                                        if 'hub_connect_port' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('hub_connect_port')
                                            data__profiles__jupyterlab_item__kubespawneroverride__hubconnectport = data__profiles__jupyterlab_item__kubespawneroverride['hub_connect_port']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__hubconnectport, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__hubconnectport, float) and data__profiles__jupyterlab_item__kubespawneroverride__hubconnectport.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__hubconnectport, bool):
                                                raise Invalid
                                        if 'hub_connect_url' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('hub_connect_url')
                                            data__profiles__jupyterlab_item__kubespawneroverride__hubconnecturl = data__profiles__jupyterlab_item__kubespawneroverride['hub_connect_url']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__hubconnecturl, (str, NoneType)):
                                                raise Invalid
                                        if 'image' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('image')
                                            data__profiles__jupyterlab_item__kubespawneroverride__image = data__profiles__jupyterlab_item__kubespawneroverride['image']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__image, (str, NoneType)):
                                                raise Invalid
                                        if 'image_pull_policy' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('image_pull_policy')
                                            data__profiles__jupyterlab_item__kubespawneroverride__imagepullpolicy = data__profiles__jupyterlab_item__kubespawneroverride['image_pull_policy']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__imagepullpolicy, (str, NoneType)):
                                                raise Invalid
                                        if 'image_pull_secrets' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('image_pull_secrets')
                                            data__profiles__jupyterlab_item__kubespawneroverride__imagepullsecrets = data__profiles__jupyterlab_item__kubespawneroverride['image_pull_secrets']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__imagepullsecrets, (list, tuple, str, NoneType)):
                                                raise Invalid
                                        if 'init_containers' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('init_containers')
                                            data__profiles__jupyterlab_item__kubespawneroverride__initcontainers = data__profiles__jupyterlab_item__kubespawneroverride['init_containers']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__initcontainers, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'ip' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('ip')
                                            data__profiles__jupyterlab_item__kubespawneroverride__ip = data__profiles__jupyterlab_item__kubespawneroverride['ip']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__ip, (str, NoneType)):
                                                raise Invalid
                                        if 'k8s_api_host' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('k8s_api_host')
                                            data__profiles__jupyterlab_item__kubespawneroverride__k8sapihost = data__profiles__jupyterlab_item__kubespawneroverride['k8s_api_host']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapihost, (str, NoneType)):
                                                raise Invalid
                                        if 'k8s_api_request_retry_timeout' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('k8s_api_request_retry_timeout')
                                            data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequestretrytimeout = data__profiles__jupyterlab_item__kubespawneroverride['k8s_api_request_retry_timeout']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequestretrytimeout, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequestretrytimeout, float) and data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequestretrytimeout.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequestretrytimeout, bool):
                                                raise Invalid
                                        if 'k8s_api_request_timeout' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('k8s_api_request_timeout')
                                            data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequesttimeout = data__profiles__jupyterlab_item__kubespawneroverride['k8s_api_request_timeout']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequesttimeout, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequesttimeout, float) and data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequesttimeout.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapirequesttimeout, bool):
                                                raise Invalid
                                        if 'k8s_api_ssl_ca_cert' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('k8s_api_ssl_ca_cert')
                                            data__profiles__jupyterlab_item__kubespawneroverride__k8sapisslcacert = data__profiles__jupyterlab_item__kubespawneroverride['k8s_api_ssl_ca_cert']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapisslcacert, (str, NoneType)):
                                                raise Invalid
                                        if 'k8s_api_threadpool_workers' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('k8s_api_threadpool_workers')
                                            data__profiles__jupyterlab_item__kubespawneroverride__k8sapithreadpoolworkers = data__profiles__jupyterlab_item__kubespawneroverride['k8s_api_threadpool_workers']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapithreadpoolworkers, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapithreadpoolworkers, float) and data__profiles__jupyterlab_item__kubespawneroverride__k8sapithreadpoolworkers.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapithreadpoolworkers, bool):
                                                raise Invalid
                                        if 'k8s_api_verify_ssl' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('k8s_api_verify_ssl')
                                            data__profiles__jupyterlab_item__kubespawneroverride__k8sapiverifyssl = data__profiles__jupyterlab_item__kubespawneroverride['k8s_api_verify_ssl']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__k8sapiverifyssl, (bool, NoneType)):
                                                raise Invalid
                                        if 'lifecycle_hooks' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('lifecycle_hooks')
                                            data__profiles__jupyterlab_item__kubespawneroverride__lifecyclehooks = data__profiles__jupyterlab_item__kubespawneroverride['lifecycle_hooks']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__lifecyclehooks, (dict, NoneType)):
                                                raise Invalid
                                        if 'mem_guarantee' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('mem_guarantee')
                                            data__profiles__jupyterlab_item__kubespawneroverride__memguarantee = data__profiles__jupyterlab_item__kubespawneroverride['mem_guarantee']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__memguarantee, (str, int, float, NoneType)) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__memguarantee, bool):
                                                raise Invalid
                                        if 'mem_limit' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('mem_limit')
                                            data__profiles__jupyterlab_item__kubespawneroverride__memlimit = data__profiles__jupyterlab_item__kubespawneroverride['mem_limit']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__memlimit, (str, int, float, NoneType)) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__memlimit, bool):
                                                raise Invalid
                                        if 'modify_pod_hook' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('modify_pod_hook')
                                            data__profiles__jupyterlab_item__kubespawneroverride__modifypodhook = data__profiles__jupyterlab_item__kubespawneroverride['modify_pod_hook']
                                        if 'namespace' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('namespace')
                                            data__profiles__jupyterlab_item__kubespawneroverride__namespace = data__profiles__jupyterlab_item__kubespawneroverride['namespace']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__namespace, (str, NoneType)):
                                                raise Invalid
                                        if 'node_affinity_preferred' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('node_affinity_preferred')
                                            data__profiles__jupyterlab_item__kubespawneroverride__nodeaffinitypreferred = data__profiles__jupyterlab_item__kubespawneroverride['node_affinity_preferred']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__nodeaffinitypreferred, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'node_affinity_required' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('node_affinity_required')
                                            data__profiles__jupyterlab_item__kubespawneroverride__nodeaffinityrequired = data__profiles__jupyterlab_item__kubespawneroverride['node_affinity_required']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__nodeaffinityrequired, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'node_selector' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('node_selector')
                                            data__profiles__jupyterlab_item__kubespawneroverride__nodeselector = data__profiles__jupyterlab_item__kubespawneroverride['node_selector']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__nodeselector, (dict, NoneType)):
                                                raise Invalid
                                        if 'notebook_dir' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('notebook_dir')
                                            data__profiles__jupyterlab_item__kubespawneroverride__notebookdir = data__profiles__jupyterlab_item__kubespawneroverride['notebook_dir']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__notebookdir, (str, NoneType)):
                                                raise Invalid
                                        if 'oauth_client_allowed_scopes' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('oauth_client_allowed_scopes')
                                            data__profiles__jupyterlab_item__kubespawneroverride__oauthclientallowedscopes = data__profiles__jupyterlab_item__kubespawneroverride['oauth_client_allowed_scopes']
                                        if 'oauth_roles' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('oauth_roles')
                                            data__profiles__jupyterlab_item__kubespawneroverride__oauthroles = data__profiles__jupyterlab_item__kubespawneroverride['oauth_roles']
                                        if 'options_form' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('options_form')
                                            data__profiles__jupyterlab_item__kubespawneroverride__optionsform = data__profiles__jupyterlab_item__kubespawneroverride['options_form']
                                        if 'options_from_form' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('options_from_form')
                                            data__profiles__jupyterlab_item__kubespawneroverride__optionsfromform = data__profiles__jupyterlab_item__kubespawneroverride['options_from_form']
                                        if 'pod_affinity_preferred' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pod_affinity_preferred')
                                            data__profiles__jupyterlab_item__kubespawneroverride__podaffinitypreferred = data__profiles__jupyterlab_item__kubespawneroverride['pod_affinity_preferred']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__podaffinitypreferred, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'pod_affinity_required' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pod_affinity_required')
                                            data__profiles__jupyterlab_item__kubespawneroverride__podaffinityrequired = data__profiles__jupyterlab_item__kubespawneroverride['pod_affinity_required']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__podaffinityrequired, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'pod_anti_affinity_preferred' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pod_anti_affinity_preferred')
                                            data__profiles__jupyterlab_item__kubespawneroverride__podantiaffinitypreferred = data__profiles__jupyterlab_item__kubespawneroverride['pod_anti_affinity_preferred']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__podantiaffinitypreferred, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'pod_anti_affinity_required' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pod_anti_affinity_required')
                                            data__profiles__jupyterlab_item__kubespawneroverride__podantiaffinityrequired = data__profiles__jupyterlab_item__kubespawneroverride['pod_anti_affinity_required']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__podantiaffinityrequired, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'pod_connect_ip' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pod_connect_ip')
                                            data__profiles__jupyterlab_item__kubespawneroverride__podconnectip = data__profiles__jupyterlab_item__kubespawneroverride['pod_connect_ip']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__podconnectip, (str, NoneType)):
                                                raise Invalid
                                        if 'pod_name_template' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pod_name_template')
                                            data__profiles__jupyterlab_item__kubespawneroverride__podnametemplate = data__profiles__jupyterlab_item__kubespawneroverride['pod_name_template']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__podnametemplate, (str, NoneType)):
                                                raise Invalid
                                        if 'pod_security_context' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pod_security_context')
                                            data__profiles__jupyterlab_item__kubespawneroverride__podsecuritycontext = data__profiles__jupyterlab_item__kubespawneroverride['pod_security_context']
                                        if 'poll_interval' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('poll_interval')
                                            data__profiles__jupyterlab_item__kubespawneroverride__pollinterval = data__profiles__jupyterlab_item__kubespawneroverride['poll_interval']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__pollinterval, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__pollinterval, float) and data__profiles__jupyterlab_item__kubespawneroverride__pollinterval.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__pollinterval, bool):
                                                raise Invalid
                                        if 'poll_jitter' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('poll_jitter')
                                            data__profiles__jupyterlab_item__kubespawneroverride__polljitter = data__profiles__jupyterlab_item__kubespawneroverride['poll_jitter']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__polljitter, (int, float, NoneType)) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__polljitter, bool):
                                                raise Invalid
                                        if 'port' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('port')
                                            data__profiles__jupyterlab_item__kubespawneroverride__port = data__profiles__jupyterlab_item__kubespawneroverride['port']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__port, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__port, float) and data__profiles__jupyterlab_item__kubespawneroverride__port.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__port, bool):
                                                raise Invalid
                                        if 'post_stop_hook' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('post_stop_hook')
                                            data__profiles__jupyterlab_item__kubespawneroverride__poststophook = data__profiles__jupyterlab_item__kubespawneroverride['post_stop_hook']
                                        if 'pre_spawn_hook' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pre_spawn_hook')
                                            data__profiles__jupyterlab_item__kubespawneroverride__prespawnhook = data__profiles__jupyterlab_item__kubespawneroverride['pre_spawn_hook']
                                        if 'priority_class_name' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('priority_class_name')
                                            data__profiles__jupyterlab_item__kubespawneroverride__priorityclassname = data__profiles__jupyterlab_item__kubespawneroverride['priority_class_name']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__priorityclassname, (str, NoneType)):
                                                raise Invalid
                                        if 'privileged' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('privileged')
                                            data__profiles__jupyterlab_item__kubespawneroverride__privileged = data__profiles__jupyterlab_item__kubespawneroverride['privileged']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__privileged, (bool, NoneType)):
                                                raise Invalid
                                        if 'profile_form_template' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('profile_form_template')
                                            data__profiles__jupyterlab_item__kubespawneroverride__profileformtemplate = data__profiles__jupyterlab_item__kubespawneroverride['profile_form_template']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__profileformtemplate, (str, NoneType)):
                                                raise Invalid
                                        if 'profile_list' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('profile_list')
                                            data__profiles__jupyterlab_item__kubespawneroverride__profilelist = data__profiles__jupyterlab_item__kubespawneroverride['profile_list']
                                        if 'progress_ready_hook' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('progress_ready_hook')
                                            data__profiles__jupyterlab_item__kubespawneroverride__progressreadyhook = data__profiles__jupyterlab_item__kubespawneroverride['progress_ready_hook']
                                        if 'pvc_name_template' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('pvc_name_template')
                                            data__profiles__jupyterlab_item__kubespawneroverride__pvcnametemplate = data__profiles__jupyterlab_item__kubespawneroverride['pvc_name_template']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__pvcnametemplate, (str, NoneType)):
                                                raise Invalid
                                        if 'remember_pvc_name' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('remember_pvc_name')
                                            data__profiles__jupyterlab_item__kubespawneroverride__rememberpvcname = data__profiles__jupyterlab_item__kubespawneroverride['remember_pvc_name']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__rememberpvcname, (bool, NoneType)):
                                                raise Invalid
                                        if 'scheduler_name' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('scheduler_name')
                                            data__profiles__jupyterlab_item__kubespawneroverride__schedulername = data__profiles__jupyterlab_item__kubespawneroverride['scheduler_name']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__schedulername, (str, NoneType)):
                                                raise Invalid
                                        if 'secret_mount_path' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('secret_mount_path')
                                            data__profiles__jupyterlab_item__kubespawneroverride__secretmountpath = data__profiles__jupyterlab_item__kubespawneroverride['secret_mount_path']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__secretmountpath, (str, NoneType)):
                                                raise Invalid
                                        if 'secret_name_template' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('secret_name_template')
                                            data__profiles__jupyterlab_item__kubespawneroverride__secretnametemplate = data__profiles__jupyterlab_item__kubespawneroverride['secret_name_template']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__secretnametemplate, (str, NoneType)):
                                                raise Invalid
                                        if 'server_token_scopes' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('server_token_scopes')
                                            data__profiles__jupyterlab_item__kubespawneroverride__servertokenscopes = data__profiles__jupyterlab_item__kubespawneroverride['server_token_scopes']
                                        if 'service_account' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('service_account')
                                            data__profiles__jupyterlab_item__kubespawneroverride__serviceaccount = data__profiles__jupyterlab_item__kubespawneroverride['service_account']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__serviceaccount, (str, NoneType)):
                                                raise Invalid
                                        if 'services_enabled' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('services_enabled')
                                            data__profiles__jupyterlab_item__kubespawneroverride__servicesenabled = data__profiles__jupyterlab_item__kubespawneroverride['services_enabled']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__servicesenabled, (bool, NoneType)):
                                                raise Invalid
                                        if 'slow_spawn_message' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('slow_spawn_message')
                                            data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessage = data__profiles__jupyterlab_item__kubespawneroverride['slow_spawn_message']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessage, (str, NoneType)):
                                                raise Invalid
                                        if 'slow_spawn_message_frequency' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('slow_spawn_message_frequency')
                                            data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagefrequency = data__profiles__jupyterlab_item__kubespawneroverride['slow_spawn_message_frequency']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagefrequency, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagefrequency, float) and data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagefrequency.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagefrequency, bool):
                                                raise Invalid
                                        if 'slow_spawn_message_threshold' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('slow_spawn_message_threshold')
                                            data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagethreshold = data__profiles__jupyterlab_item__kubespawneroverride['slow_spawn_message_threshold']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagethreshold, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagethreshold, float) and data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagethreshold.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slowspawnmessagethreshold, bool):
                                                raise Invalid
                                        if 'slug_scheme' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('slug_scheme')
                                            data__profiles__jupyterlab_item__kubespawneroverride__slugscheme = data__profiles__jupyterlab_item__kubespawneroverride['slug_scheme']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__slugscheme, (str, NoneType)):
                                                raise Invalid
                                        if 'ssl_alt_names' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('ssl_alt_names')
                                            data__profiles__jupyterlab_item__kubespawneroverride__sslaltnames = data__profiles__jupyterlab_item__kubespawneroverride['ssl_alt_names']
                                        if 'ssl_alt_names_include_local' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('ssl_alt_names_include_local')
                                            data__profiles__jupyterlab_item__kubespawneroverride__sslaltnamesincludelocal = data__profiles__jupyterlab_item__kubespawneroverride['ssl_alt_names_include_local']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__sslaltnamesincludelocal, (bool, NoneType)):
                                                raise Invalid
                                        if 'start_timeout' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('start_timeout')
                                            data__profiles__jupyterlab_item__kubespawneroverride__starttimeout = data__profiles__jupyterlab_item__kubespawneroverride['start_timeout']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__starttimeout, (int, NoneType)) and (not (isinstance(data__profiles__jupyterlab_item__kubespawneroverride__starttimeout, float) and data__profiles__jupyterlab_item__kubespawneroverride__starttimeout.is_integer())) or isinstance(data__profiles__jupyterlab_item__kubespawneroverride__starttimeout, bool):
                                                raise Invalid
                                        if 'storage_access_modes' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('storage_access_modes')
                                            data__profiles__jupyterlab_item__kubespawneroverride__storageaccessmodes = data__profiles__jupyterlab_item__kubespawneroverride['storage_access_modes']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__storageaccessmodes, (list, tuple, NoneType)):
                                                raise Invalid
                                        if 'storage_capacity' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('storage_capacity')
                                            data__profiles__jupyterlab_item__kubespawneroverride__storagecapacity = data__profiles__jupyterlab_item__kubespawneroverride['storage_capacity']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__storagecapacity, (str, NoneType)):
                                                raise Invalid
                                        if 'storage_class' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('storage_class')
                                            data__profiles__jupyterlab_item__kubespawneroverride__storageclass = data__profiles__jupyterlab_item__kubespawneroverride['storage_class']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__storageclass, (str, NoneType)):
                                                raise Invalid
                                        if 'storage_extra_annotations' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('storage_extra_annotations')
                                            data__profiles__jupyterlab_item__kubespawneroverride__storageextraannotations = data__profiles__jupyterlab_item__kubespawneroverride['storage_extra_annotations']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__storageextraannotations, (dict, NoneType)):
                                                raise Invalid
                                        if 'storage_extra_labels' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('storage_extra_labels')
                                            data__profiles__jupyterlab_item__kubespawneroverride__storageextralabels = data__profiles__jupyterlab_item__kubespawneroverride['storage_extra_labels']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__storageextralabels, (dict, NoneType)):
                                                raise Invalid
                                        if 'storage_pvc_ensure' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('storage_pvc_ensure')
                                            data__profiles__jupyterlab_item__kubespawneroverride__storagepvcensure = data__profiles__jupyterlab_item__kubespawneroverride['storage_pvc_ensure']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__storagepvcensure, (bool, NoneType)):
                                                raise Invalid
                                        if 'storage_selector' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('storage_selector')
                                            data__profiles__jupyterlab_item__kubespawneroverride__storageselector = data__profiles__jupyterlab_item__kubespawneroverride['storage_selector']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__storageselector, (dict, NoneType)):
                                                raise Invalid
                                        if 'supplemental_gids' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('supplemental_gids')
                                            data__profiles__jupyterlab_item__kubespawneroverride__supplementalgids = data__profiles__jupyterlab_item__kubespawneroverride['supplemental_gids']
                                        if 'tolerations' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('tolerations')
                                            data__profiles__jupyterlab_item__kubespawneroverride__tolerations = data__profiles__jupyterlab_item__kubespawneroverride['tolerations']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__tolerations, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'uid' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('uid')
                                            data__profiles__jupyterlab_item__kubespawneroverride__uid = data__profiles__jupyterlab_item__kubespawneroverride['uid']
                                        if 'user_namespace_annotations' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('user_namespace_annotations')
                                            data__profiles__jupyterlab_item__kubespawneroverride__usernamespaceannotations = data__profiles__jupyterlab_item__kubespawneroverride['user_namespace_annotations']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__usernamespaceannotations, (dict, NoneType)):
                                                raise Invalid
                                        if 'user_namespace_labels' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('user_namespace_labels')
                                            data__profiles__jupyterlab_item__kubespawneroverride__usernamespacelabels = data__profiles__jupyterlab_item__kubespawneroverride['user_namespace_labels']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__usernamespacelabels, (dict, NoneType)):
                                                raise Invalid
                                        if 'user_namespace_template' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('user_namespace_template')
                                            data__profiles__jupyterlab_item__kubespawneroverride__usernamespacetemplate = data__profiles__jupyterlab_item__kubespawneroverride['user_namespace_template']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__usernamespacetemplate, (str, NoneType)):
                                                raise Invalid
                                        if 'volume_mounts' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('volume_mounts')
                                            data__profiles__jupyterlab_item__kubespawneroverride__volumemounts = data__profiles__jupyterlab_item__kubespawneroverride['volume_mounts']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__volumemounts, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'volumes' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('volumes')
                                            data__profiles__jupyterlab_item__kubespawneroverride__volumes = data__profiles__jupyterlab_item__kubespawneroverride['volumes']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__volumes, (list, tuple, dict, NoneType)):
                                                raise Invalid
                                        if 'working_dir' in data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            data__profiles__jupyterlab_item__kubespawneroverride_keys.remove('working_dir')
                                            data__profiles__jupyterlab_item__kubespawneroverride__workingdir = data__profiles__jupyterlab_item__kubespawneroverride['working_dir']
                                            if not isinstance(data__profiles__jupyterlab_item__kubespawneroverride__workingdir, (str, NoneType)):
                                                raise Invalid
                                        if data__profiles__jupyterlab_item__kubespawneroverride_keys:
                                            raise Invalid
                                if 'profile_options' in data__profiles__jupyterlab_item_keys:
                                    data__profiles__jupyterlab_item_keys.remove('profile_options')
                                    data__profiles__jupyterlab_item__profileoptions = data__profiles__jupyterlab_item['profile_options']
                                    if not isinstance(data__profiles__jupyterlab_item__profileoptions, (dict, NoneType)):
                                        raise Invalid
                                    data__profiles__jupyterlab_item__profileoptions_is_dict = isinstance(data__profiles__jupyterlab_item__profileoptions, dict)
                                    if data__profiles__jupyterlab_item__profileoptions_is_dict:
                                        data__profiles__jupyterlab_item__profileoptions_keys = set(data__profiles__jupyterlab_item__profileoptions.keys())
                                        for data__profiles__jupyterlab_item__profileoptions_key in data__profiles__jupyterlab_item__profileoptions_keys:
                                            if data__profiles__jupyterlab_item__profileoptions_key not in []:
                                                data__profiles__jupyterlab_item__profileoptions_value = data__profiles__jupyterlab_item__profileoptions.get(data__profiles__jupyterlab_item__profileoptions_key)
                                                if not isinstance(data__profiles__jupyterlab_item__profileoptions_value, (dict, NoneType)):
                                                    raise Invalid
                                                data__profiles__jupyterlab_item__profileoptions_value_is_dict = isinstance(data__profiles__jupyterlab_item__profileoptions_value, dict)
                                                if data__profiles__jupyterlab_item__profileoptions_value_is_dict:
                                                    data__profiles__jupyterlab_item__profileoptions_value_keys = set(data__profiles__jupyterlab_item__profileoptions_value.keys())
                                                    if 'display_name' in data__profiles__jupyterlab_item__profileoptions_value_keys:
                                                        data__profiles__jupyterlab_item__profileoptions_value_keys.remove('display_name')
                                                        data__profiles__jupyterlab_item__profileoptions_value__displayname = data__profiles__jupyterlab_item__profileoptions_value['display_name']
                                                        if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__displayname, (str, NoneType)):
                                                            raise Invalid
                                                    if 'choices' in data__profiles__jupyterlab_item__profileoptions_value_keys:
                                                        data__profiles__jupyterlab_item__profileoptions_value_keys.remove('choices')
                                                        data__profiles__jupyterlab_item__profileoptions_value__choices = data__profiles__jupyterlab_item__profileoptions_value['choices']
                                                        if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__choices, (dict, NoneType)):
                                                            raise Invalid
                                                        data__profiles__jupyterlab_item__profileoptions_value__choices_is_dict = isinstance(data__profiles__jupyterlab_item__profileoptions_value__choices, dict)
                                                        if data__profiles__jupyterlab_item__profileoptions_value__choices_is_dict:
                                                            data__profiles__jupyterlab_item__profileoptions_value__choices_keys = set(data__profiles__jupyterlab_item__profileoptions_value__choices.keys())
                                                            for data__profiles__jupyterlab_item__profileoptions_value__choices_key in data__profiles__jupyterlab_item__profileoptions_value__choices_keys:
                                                                if data__profiles__jupyterlab_item__profileoptions_value__choices_key not in []:
                                                                    data__profiles__jupyterlab_item__profileoptions_value__choices_value = data__profiles__jupyterlab_item__profileoptions_value__choices.get(data__profiles__jupyterlab_item__profileoptions_value__choices_key)
                                                                    if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__choices_value, (dict, NoneType)):
                                                                        raise Invalid
                                                                    data__profiles__jupyterlab_item__profileoptions_value__choices_value_is_dict = isinstance(data__profiles__jupyterlab_item__profileoptions_value__choices_value, dict)
                                                                    if data__profiles__jupyterlab_item__profileoptions_value__choices_value_is_dict:
                                                                        data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys = set(data__profiles__jupyterlab_item__profileoptions_value__choices_value.keys())
                                                                        if 'display_name' in data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys:
                                                                            data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys.remove('display_name')
                                                                            data__profiles__jupyterlab_item__profileoptions_value__choices_value__displayname = data__profiles__jupyterlab_item__profileoptions_value__choices_value['display_name']
                                                                            if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__choices_value__displayname, (str, NoneType)):
                                                                                raise Invalid
                                                                        if 'default' in data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys:
                                                                            data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys.remove('default')
                                                                            data__profiles__jupyterlab_item__profileoptions_value__choices_value__default = data__profiles__jupyterlab_item__profileoptions_value__choices_value['default']
                                                                            if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__choices_value__default, (bool, NoneType)):
                                                                                raise Invalid
                                                                        if 'kubespawner_override' in data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys:
                                                                            data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys.remove('kubespawner_override')
                                                                            data__profiles__jupyterlab_item__profileoptions_value__choices_value__kubespawneroverride = data__profiles__jupyterlab_item__profileoptions_value__choices_value['kubespawner_override']
                                                                            if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__choices_value__kubespawneroverride, (dict, NoneType)):
                                                                                raise Invalid
                                                                        if data__profiles__jupyterlab_item__profileoptions_value__choices_value_keys:
                                                                            raise Invalid
                                                    if 'unlisted_choice' in data__profiles__jupyterlab_item__profileoptions_value_keys:
                                                        data__profiles__jupyterlab_item__profileoptions_value_keys.remove('unlisted_choice')
                                                        data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice = data__profiles__jupyterlab_item__profileoptions_value['unlisted_choice']
                                                        if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice, (dict, NoneType)):
                                                            raise Invalid
                                                        data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_is_dict = isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice, dict)
                                                        if data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_is_dict:
                                                            data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys = set(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice.keys())
                                                            if 'enabled' in data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys:
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys.remove('enabled')
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__enabled = data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice['enabled']
                                                                if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__enabled, (bool, NoneType)):
                                                                    raise Invalid
                                                            if 'display_name' in data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys:
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys.remove('display_name')
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__displayname = data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice['display_name']
                                                                if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__displayname, (str, NoneType)):
                                                                    raise Invalid
                                                            if 'display_name_in_choices' in data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys:
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys.remove('display_name_in_choices')
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__displaynameinchoices = data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice['display_name_in_choices']
                                                                if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__displaynameinchoices, (str, NoneType)):
                                                                    raise Invalid
                                                            if 'validation_regex' in data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys:
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys.remove('validation_regex')
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__validationregex = data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice['validation_regex']
                                                                if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__validationregex, (str, NoneType)):
                                                                    raise Invalid
                                                            if 'validation_message' in data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys:
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys.remove('validation_message')
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__validationmessage = data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice['validation_message']
                                                                if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__validationmessage, (str, NoneType)):
                                                                    raise Invalid
                                                            if 'kubespawner_override' in data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys:
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys.remove('kubespawner_override')
                                                                data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__kubespawneroverride = data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice['kubespawner_override']
                                                                if not isinstance(data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice__kubespawneroverride, (dict, NoneType)):
                                                                    raise Invalid
                                                            if data__profiles__jupyterlab_item__profileoptions_value__unlistedchoice_keys:
                                                                raise Invalid
                                                    if data__profiles__jupyterlab_item__profileoptions_value_keys:
                                                        raise Invalid
                                if data__profiles__jupyterlab_item_keys:
                                    raise Invalid
                if 'dask_worker' in data__profiles_keys:
                    data__profiles_keys.remove('dask_worker')
                    data__profiles__daskworker = data__profiles['dask_worker']
                    if not isinstance(data__profiles__daskworker, (dict, NoneType)):
                        raise Invalid
                    data__profiles__daskworker_is_dict = isinstance(data__profiles__daskworker, dict)
                    if data__profiles__daskworker_is_dict:
                        data__profiles__daskworker_keys = set(data__profiles__daskworker.keys())
                        for data__profiles__daskworker_key in data__profiles__daskworker_keys:
                            if data__profiles__daskworker_key not in []:
                                data__profiles__daskworker_value = data__profiles__daskworker.get(data__profiles__daskworker_key)
                                if not isinstance(data__profiles__daskworker_value, (dict, NoneType)):
                                    raise Invalid
                                data__profiles__daskworker_value_is_dict = isinstance(data__profiles__daskworker_value, dict)
                                if data__profiles__daskworker_value_is_dict:
                                    data__profiles__daskworker_value_keys = set(data__profiles__daskworker_value.keys())
                                    if 'worker_cmd' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('worker_cmd')
                                        data__profiles__daskworker_value__workercmd = data__profiles__daskworker_value['worker_cmd']
                                        if not isinstance(data__profiles__daskworker_value__workercmd, (str, list, tuple, NoneType)):
                                            raise Invalid
                                    if 'worker_extra_container_config' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('worker_extra_container_config')
                                        data__profiles__daskworker_value__workerextracontainerconfig = data__profiles__daskworker_value['worker_extra_container_config']
                                        if not isinstance(data__profiles__daskworker_value__workerextracontainerconfig, (dict, NoneType)):
                                            raise Invalid
                                    if 'worker_extra_pod_config' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('worker_extra_pod_config')
                                        data__profiles__daskworker_value__workerextrapodconfig = data__profiles__daskworker_value['worker_extra_pod_config']
                                        if not isinstance(data__profiles__daskworker_value__workerextrapodconfig, (dict, NoneType)):
                                            raise Invalid
                                    if 'worker_extra_pod_annotations' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('worker_extra_pod_annotations')
                                        data__profiles__daskworker_value__workerextrapodannotations = data__profiles__daskworker_value['worker_extra_pod_annotations']
                                        if not isinstance(data__profiles__daskworker_value__workerextrapodannotations, (dict, NoneType)):
                                            raise Invalid
                                    if 'worker_extra_pod_labels' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('worker_extra_pod_labels')
                                        data__profiles__daskworker_value__workerextrapodlabels = data__profiles__daskworker_value['worker_extra_pod_labels']
                                        if not isinstance(data__profiles__daskworker_value__workerextrapodlabels, (dict, NoneType)):
                                            raise Invalid
                                    if 'scheduler_cmd' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_cmd')
                                        data__profiles__daskworker_value__schedulercmd = data__profiles__daskworker_value['scheduler_cmd']
                                        if not isinstance(data__profiles__daskworker_value__schedulercmd, (str, list, tuple, NoneType)):
                                            raise Invalid
                                    if 'scheduler_extra_container_config' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_extra_container_config')
                                        data__profiles__daskworker_value__schedulerextracontainerconfig = data__profiles__daskworker_value['scheduler_extra_container_config']
                                        if not isinstance(data__profiles__daskworker_value__schedulerextracontainerconfig, (dict, NoneType)):
                                            raise Invalid
                                    if 'scheduler_extra_pod_config' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_extra_pod_config')
                                        data__profiles__daskworker_value__schedulerextrapodconfig = data__profiles__daskworker_value['scheduler_extra_pod_config']
                                        if not isinstance(data__profiles__daskworker_value__schedulerextrapodconfig, (dict, NoneType)):
                                            raise Invalid
                                    if 'scheduler_extra_pod_annotations' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_extra_pod_annotations')
                                        data__profiles__daskworker_value__schedulerextrapodannotations = data__profiles__daskworker_value['scheduler_extra_pod_annotations']
                                        if not isinstance(data__profiles__daskworker_value__schedulerextrapodannotations, (dict, NoneType)):
                                            raise Invalid
                                    if 'scheduler_extra_pod_labels' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_extra_pod_labels')
                                        data__profiles__daskworker_value__schedulerextrapodlabels = data__profiles__daskworker_value['scheduler_extra_pod_labels']
                                        if not isinstance(data__profiles__daskworker_value__schedulerextrapodlabels, (dict, NoneType)):
                                            raise Invalid
                                    if 'scheduler_cores' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_cores')
                                        data__profiles__daskworker_value__schedulercores = data__profiles__daskworker_value['scheduler_cores']
                                        if not isinstance(data__profiles__daskworker_value__schedulercores, (int, float, NoneType)) or isinstance(data__profiles__daskworker_value__schedulercores, bool):
                                            raise Invalid
                                    if 'scheduler_cores_limit' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_cores_limit')
                                        data__profiles__daskworker_value__schedulercoreslimit = data__profiles__daskworker_value['scheduler_cores_limit']
                                        if not isinstance(data__profiles__daskworker_value__schedulercoreslimit, (int, float, NoneType)) or isinstance(data__profiles__daskworker_value__schedulercoreslimit, bool):
                                            raise Invalid
                                    if 'scheduler_memory' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_memory')
                                        data__profiles__daskworker_value__schedulermemory = data__profiles__daskworker_value['scheduler_memory']
                                        if not isinstance(data__profiles__daskworker_value__schedulermemory, (str, int, float, NoneType)) or isinstance(data__profiles__daskworker_value__schedulermemory, bool):
                                            raise Invalid
                                    if 'scheduler_memory_limit' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('scheduler_memory_limit')
                                        data__profiles__daskworker_value__schedulermemorylimit = data__profiles__daskworker_value['scheduler_memory_limit']
                                        if not isinstance(data__profiles__daskworker_value__schedulermemorylimit, (str, int, float, NoneType)) or isinstance(data__profiles__daskworker_value__schedulermemorylimit, bool):
                                            raise Invalid
                                    if 'environment' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('environment')
                                        data__profiles__daskworker_value__environment = data__profiles__daskworker_value['environment']
                                        if not isinstance(data__profiles__daskworker_value__environment, (dict, NoneType)):
                                            raise Invalid
                                    if 'image_pull_policy' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('image_pull_policy')
                                        data__profiles__daskworker_value__imagepullpolicy = data__profiles__daskworker_value['image_pull_policy']
                                        if not isinstance(data__profiles__daskworker_value__imagepullpolicy, (str, NoneType)):
                                            raise Invalid
                                    if 'image_pull_secrets' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('image_pull_secrets')
                                        data__profiles__daskworker_value__imagepullsecrets = data__profiles__daskworker_value['image_pull_secrets']
                                        if not isinstance(data__profiles__daskworker_value__imagepullsecrets, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__profiles__daskworker_value__imagepullsecrets_is_list = isinstance(data__profiles__daskworker_value__imagepullsecrets, (list, tuple))
                                        if data__profiles__daskworker_value__imagepullsecrets_is_list:
                                            data__profiles__daskworker_value__imagepullsecrets_len = len(data__profiles__daskworker_value__imagepullsecrets)
                                    if 'namespace' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('namespace')
                                        data__profiles__daskworker_value__namespace = data__profiles__daskworker_value['namespace']
                                        if not isinstance(data__profiles__daskworker_value__namespace, (str, NoneType)):
                                            raise Invalid
                                    if 'working_dir' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('working_dir')
                                        data__profiles__daskworker_value__workingdir = data__profiles__daskworker_value['working_dir']
                                        if not isinstance(data__profiles__daskworker_value__workingdir, (str, NoneType)):
                                            raise Invalid
                                    if 'idle_timeout' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('idle_timeout')
                                        data__profiles__daskworker_value__idletimeout = data__profiles__daskworker_value['idle_timeout']
                                        if not isinstance(data__profiles__daskworker_value__idletimeout, (int, float, NoneType)) or isinstance(data__profiles__daskworker_value__idletimeout, bool):
                                            raise Invalid
                                    if 'adaptive_period' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('adaptive_period')
                                        data__profiles__daskworker_value__adaptiveperiod = data__profiles__daskworker_value['adaptive_period']
                                        if not isinstance(data__profiles__daskworker_value__adaptiveperiod, (int, float, NoneType)) or isinstance(data__profiles__daskworker_value__adaptiveperiod, bool):
                                            raise Invalid
                                    if 'cluster_max_workers' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('cluster_max_workers')
                                        data__profiles__daskworker_value__clustermaxworkers = data__profiles__daskworker_value['cluster_max_workers']
                                        if not isinstance(data__profiles__daskworker_value__clustermaxworkers, (int, NoneType)) and (not (isinstance(data__profiles__daskworker_value__clustermaxworkers, float) and data__profiles__daskworker_value__clustermaxworkers.is_integer())) or isinstance(data__profiles__daskworker_value__clustermaxworkers, bool):
                                            raise Invalid
                                    if 'cluster_max_cores' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('cluster_max_cores')
                                        data__profiles__daskworker_value__clustermaxcores = data__profiles__daskworker_value['cluster_max_cores']
                                        if not isinstance(data__profiles__daskworker_value__clustermaxcores, (int, float, NoneType)) or isinstance(data__profiles__daskworker_value__clustermaxcores, bool):
                                            raise Invalid
                                    if 'cluster_max_memory' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('cluster_max_memory')
                                        data__profiles__daskworker_value__clustermaxmemory = data__profiles__daskworker_value['cluster_max_memory']
                                        if not isinstance(data__profiles__daskworker_value__clustermaxmemory, (str, int, float, NoneType)) or isinstance(data__profiles__daskworker_value__clustermaxmemory, bool):
                                            raise Invalid
                                    if 'worker_start_failure_limit' in data__profiles__daskworker_value_keys:
                                        data__profiles__daskworker_value_keys.remove('worker_start_failure_limit')
                                        data__profiles__daskworker_value__workerstartfailurelimit = data__profiles__daskworker_value['worker_start_failure_limit']
                                        if not isinstance(data__profiles__daskworker_value__workerstartfailurelimit, (int, NoneType)) and (not (isinstance(data__profiles__daskworker_value__workerstartfailurelimit, float) and data__profiles__daskworker_value__workerstartfailurelimit.is_integer())) or isinstance(data__profiles__daskworker_value__workerstartfailurelimit, bool):
                                            raise Invalid
        if 'environments' in data_keys:
            data_keys.remove('environments')
            data__environments = data['environments']
            if not isinstance(data__environments, (dict, NoneType)):
                raise Invalid
            data__environments_is_dict = isinstance(data__environments, dict)
            if data__environments_is_dict:
                data__environments_keys = set(data__environments.keys())
                for data__environments_key in data__environments_keys:
                    if data__environments_key not in []:
                        data__environments_value = data__environments.get(data__environments_key)
                        if not isinstance(data__environments_value, (dict, NoneType)):
                            raise Invalid
                        data__environments_value_is_dict = isinstance(data__environments_value, dict)
                        if data__environments_value_is_dict:
                            data__environments_value_keys = set(data__environments_value.keys())
                            if 'name' in data__environments_value_keys:
                                data__environments_value_keys.remove('name')
                                data__environments_value__name = data__environments_value['name']
                                if not isinstance(data__environments_value__name, (str, NoneType)):
                                    raise Invalid
                            if 'channels' in data__environments_value_keys:
                                data__environments_value_keys.remove('channels')
                                data__environments_value__channels = data__environments_value['channels']
                                if not isinstance(data__environments_value__channels, (list, tuple, NoneType)):
                                    raise Invalid
                                data__environments_value__channels_is_list = isinstance(data__environments_value__channels, (list, tuple))
                                if data__environments_value__channels_is_list:
                                    data__environments_value__channels_len = len(data__environments_value__channels)
                                    for data__environments_value__channels_x, data__environments_value__channels_item in enumerate(data__environments_value__channels):
                                        if not isinstance(data__environments_value__channels_item, str):
                                            raise Invalid
                            if 'dependencies' in data__environments_value_keys:
                                data__environments_value_keys.remove('dependencies')
                                data__environments_value__dependencies = data__environments_value['dependencies']
                                if not isinstance(data__environments_value__dependencies, (list, tuple, NoneType)):
                                    raise Invalid
                                data__environments_value__dependencies_is_list = isinstance(data__environments_value__dependencies, (list, tuple))
                                if data__environments_value__dependencies_is_list:
                                    data__environments_value__dependencies_len = len(data__environments_value__dependencies)
                                    for data__environments_value__dependencies_x, data__environments_value__dependencies_item in enumerate(data__environments_value__dependencies):
                                        if not isinstance(data__environments_value__dependencies_item, (str, dict)):
                                            raise Invalid
                                        data__environments_value__dependencies_item_is_dict = isinstance(data__environments_value__dependencies_item, dict)
                                        if data__environments_value__dependencies_item_is_dict:
                                            data__environments_value__dependencies_item_keys = set(data__environments_value__dependencies_item.keys())
                                            for data__environments_value__dependencies_item_key in data__environments_value__dependencies_item_keys:
                                                if data__environments_value__dependencies_item_key not in []:
                                                    data__environments_value__dependencies_item_value = data__environments_value__dependencies_item.get(data__environments_value__dependencies_item_key)
                                                    if not isinstance(data__environments_value__dependencies_item_value, (list, tuple)):
                                                        raise Invalid
                                                    data__environments_value__dependencies_item_value_is_list = isinstance(data__environments_value__dependencies_item_value, (list, tuple))
                                                    if data__environments_value__dependencies_item_value_is_list:
                                                        data__environments_value__dependencies_item_value_len = len(data__environments_value__dependencies_item_value)
                                                        for data__environments_value__dependencies_item_value_x, data__environments_value__dependencies_item_value_item in enumerate(data__environments_value__dependencies_item_value):
                                                            if not isinstance(data__environments_value__dependencies_item_value_item, str):
                                                                raise Invalid
                            if data__environments_value_keys:
                                raise Invalid
        if 'monitoring' in data_keys:
            data_keys.remove('monitoring')
            data__monitoring = data['monitoring']
            if not isinstance(data__monitoring, (dict, NoneType)):
                raise Invalid
            data__monitoring_is_dict = isinstance(data__monitoring, dict)
            if data__monitoring_is_dict:
                data__monitoring_keys = set(data__monitoring.keys())
                if 'enabled' in data__monitoring_keys:
                    data__monitoring_keys.remove('enabled')
                    data__monitoring__enabled = data__monitoring['enabled']
                    if not isinstance(data__monitoring__enabled, (bool, NoneType)):
                        raise Invalid
                if 'overrides' in data__monitoring_keys:
                    data__monitoring_keys.remove('overrides')
                    data__monitoring__overrides = data__monitoring['overrides']
                    if not isinstance(data__monitoring__overrides, (dict, NoneType)):
                        raise Invalid
                    data__monitoring__overrides_is_dict = isinstance(data__monitoring__overrides, dict)
                    if data__monitoring__overrides_is_dict:
                        data__monitoring__overrides_keys = set(data__monitoring__overrides.keys())
                        if 'loki' in data__monitoring__overrides_keys:
                            data__monitoring__overrides_keys.remove('loki')
                            data__monitoring__overrides__loki = data__monitoring__overrides['loki']
                            if not isinstance(data__monitoring__overrides__loki, (dict, NoneType)):
                                raise Invalid
                        if 'promtail' in data__monitoring__overrides_keys:
                            data__monitoring__overrides_keys.remove('promtail')
                            data__monitoring__overrides__promtail = data__monitoring__overrides['promtail']
                            if not isinstance(data__monitoring__overrides__promtail, (dict, NoneType)):
                                raise Invalid
                        if 'minio' in data__monitoring__overrides_keys:
                            data__monitoring__overrides_keys.remove('minio')
                            data__monitoring__overrides__minio = data__monitoring__overrides['minio']
                            if not isinstance(data__monitoring__overrides__minio, (dict, NoneType)):
                                raise Invalid
                        if data__monitoring__overrides_keys:
                            raise Invalid
                if 'minio_enabled' in data__monitoring_keys:
                    data__monitoring_keys.remove('minio_enabled')
                    data__monitoring__minioenabled = data__monitoring['minio_enabled']
                    if not isinstance(data__monitoring__minioenabled, (bool, NoneType)):
                        raise Invalid
                if 'healthchecks' in data__monitoring_keys:
                    data__monitoring_keys.remove('healthchecks')
                    data__monitoring__healthchecks = data__monitoring['healthchecks']
                    if not isinstance(data__monitoring__healthchecks, (dict, NoneType)):
                        raise Invalid
                    data__monitoring__healthchecks_is_dict = isinstance(data__monitoring__healthchecks, dict)
                    if data__monitoring__healthchecks_is_dict:
                        data__monitoring__healthchecks_keys = set(data__monitoring__healthchecks.keys())
                        if 'enabled' in data__monitoring__healthchecks_keys:
                            data__monitoring__healthchecks_keys.remove('enabled')
                            data__monitoring__healthchecks__enabled = data__monitoring__healthchecks['enabled']
                            if not isinstance(data__monitoring__healthchecks__enabled, (bool, NoneType)):
                                raise Invalid
                        if 'kuberhealthy_helm_version' in data__monitoring__healthchecks_keys:
                            data__monitoring__healthchecks_keys.remove('kuberhealthy_helm_version')
                            data__monitoring__healthchecks__kuberhealthyhelmversion = data__monitoring__healthchecks['kuberhealthy_helm_version']
                            if not isinstance(data__monitoring__healthchecks__kuberhealthyhelmversion, (str, int, float, NoneType)) or isinstance(data__monitoring__healthchecks__kuberhealthyhelmversion, bool):
                                raise Invalid
                        if data__monitoring__healthchecks_keys:
                            raise Invalid
                if data__monitoring_keys:
                    raise Invalid
        if 'cdsdashboards' in data_keys:
            data_keys.remove('cdsdashboards')
            data__cdsdashboards = data['cdsdashboards']
            if not isinstance(data__cdsdashboards, (dict, NoneType)):
                raise Invalid
            data__cdsdashboards_is_dict = isinstance(data__cdsdashboards, dict)
            if data__cdsdashboards_is_dict:
                data__cdsdashboards_keys = set(data__cdsdashboards.keys())
                if 'enabled' in data__cdsdashboards_keys:
                    data__cdsdashboards_keys.remove('enabled')
                    data__cdsdashboards__enabled = data__cdsdashboards['enabled']
                    if not isinstance(data__cdsdashboards__enabled, (bool, NoneType)):
                        raise Invalid
                if 'cds_hide_user_named_servers' in data__cdsdashboards_keys:
                    data__cdsdashboards_keys.remove('cds_hide_user_named_servers')
                    data__cdsdashboards__cdshideusernamedservers = data__cdsdashboards['cds_hide_user_named_servers']
                    if not isinstance(data__cdsdashboards__cdshideusernamedservers, (bool, NoneType)):
                        raise Invalid
                if 'cds_hide_user_dashboard_servers' in data__cdsdashboards_keys:
                    data__cdsdashboards_keys.remove('cds_hide_user_dashboard_servers')
                    data__cdsdashboards__cdshideuserdashboardservers = data__cdsdashboards['cds_hide_user_dashboard_servers']
                    if not isinstance(data__cdsdashboards__cdshideuserdashboardservers, (bool, NoneType)):
                        raise Invalid
                if data__cdsdashboards_keys:
                    raise Invalid
        if 'clearml' in data_keys:
            data_keys.remove('clearml')
            data__clearml = data['clearml']
            if not isinstance(data__clearml, (dict, NoneType)):
                raise Invalid
            data__clearml_is_dict = isinstance(data__clearml, dict)
            if data__clearml_is_dict:
                data__clearml_keys = set(data__clearml.keys())
                if 'enabled' in data__clearml_keys:
                    data__clearml_keys.remove('enabled')
                    data__clearml__enabled = data__clearml['enabled']
                    if not isinstance(data__clearml__enabled, (bool, NoneType)):
                        raise Invalid
                if 'enable_forward_auth' in data__clearml_keys:
                    data__clearml_keys.remove('enable_forward_auth')
                    data__clearml__enableforwardauth = data__clearml['enable_forward_auth']
                    if not isinstance(data__clearml__enableforwardauth, (bool, NoneType)):
                        raise Invalid
                if 'overrides' in data__clearml_keys:
                    data__clearml_keys.remove('overrides')
                    data__clearml__overrides = data__clearml['overrides']
                    if not isinstance(data__clearml__overrides, (dict, NoneType)):
                        raise Invalid
                if data__clearml_keys:
                    raise Invalid
        if 'terraform_modules' in data_keys:
            data_keys.remove('terraform_modules')
            data__terraformmodules = data['terraform_modules']
            if not isinstance(data__terraformmodules, (dict, NoneType)):
                raise Invalid
            data__terraformmodules_is_dict = isinstance(data__terraformmodules, dict)
            if data__terraformmodules_is_dict:
                data__terraformmodules_keys = set(data__terraformmodules.keys())
                if 'repository' in data__terraformmodules_keys:
                    data__terraformmodules_keys.remove('repository')
                    data__terraformmodules__repository = data__terraformmodules['repository']
                    if not isinstance(data__terraformmodules__repository, (str, NoneType)):
                        raise Invalid
                if 'rev' in data__terraformmodules_keys:
                    data__terraformmodules_keys.remove('rev')
                    data__terraformmodules__rev = data__terraformmodules['rev']
                    if not isinstance(data__terraformmodules__rev, (str, int, float, NoneType)) or isinstance(data__terraformmodules__rev, bool):
                        raise Invalid
                if data__terraformmodules_keys:
                    raise Invalid
        if 'external_container_reg' in data_keys:
            data_keys.remove('external_container_reg')
            data__externalcontainerreg = data['external_container_reg']
            if not isinstance(data__externalcontainerreg, (dict, NoneType)):
                raise Invalid
            data__externalcontainerreg_is_dict = isinstance(data__externalcontainerreg, dict)
            if data__externalcontainerreg_is_dict:
                data__externalcontainerreg_keys = set(data__externalcontainerreg.keys())
                if 'enabled' in data__externalcontainerreg_keys:
                    data__externalcontainerreg_keys.remove('enabled')
                    data__externalcontainerreg__enabled = data__externalcontainerreg['enabled']
                    if not isinstance(data__externalcontainerreg__enabled, (bool, NoneType)):
                        raise Invalid
                if 'access_key_id' in data__externalcontainerreg_keys:
                    data__externalcontainerreg_keys.remove('access_key_id')
                    data__externalcontainerreg__accesskeyid = data__externalcontainerreg['access_key_id']
                    if not isinstance(data__externalcontainerreg__accesskeyid, (str, NoneType)):
                        raise Invalid
                if 'secret_access_key' in data__externalcontainerreg_keys:
                    data__externalcontainerreg_keys.remove('secret_access_key')
                    data__externalcontainerreg__secretaccesskey = data__externalcontainerreg['secret_access_key']
                    if not isinstance(data__externalcontainerreg__secretaccesskey, (str, NoneType)):
                        raise Invalid
                if 'extcr_account' in data__externalcontainerreg_keys:
                    data__externalcontainerreg_keys.remove('extcr_account')
                    data__externalcontainerreg__extcraccount = data__externalcontainerreg['extcr_account']
                    if not isinstance(data__externalcontainerreg__extcraccount, (str, int, float, NoneType)) or isinstance(data__externalcontainerreg__extcraccount, bool):
                        raise Invalid
                if 'extcr_region' in data__externalcontainerreg_keys:
                    data__externalcontainerreg_keys.remove('extcr_region')
                    data__externalcontainerreg__extcrregion = data__externalcontainerreg['extcr_region']
                    if not isinstance(data__externalcontainerreg__extcrregion, (str, NoneType)):
                        raise Invalid
                if data__externalcontainerreg_keys:
                    raise Invalid
        if 'helm_extensions' in data_keys:
            data_keys.remove('helm_extensions')
            data__helmextensions = data['helm_extensions']
            if not isinstance(data__helmextensions, (list, tuple, NoneType)):
                raise Invalid
            data__helmextensions_is_list = isinstance(data__helmextensions, (list, tuple))
            if data__helmextensions_is_list:
                data__helmextensions_len = len(data__helmextensions)
                for data__helmextensions_x, data__helmextensions_item in enumerate(data__helmextensions):
                    if not isinstance(data__helmextensions_item, (dict, NoneType)):
                        raise Invalid
                    data__helmextensions_item_is_dict = isinstance(data__helmextensions_item, dict)
                    if data__helmextensions_item_is_dict:
                        data__helmextensions_item_keys = set(data__helmextensions_item.keys())
                        if 'name' in data__helmextensions_item_keys:
                            data__helmextensions_item_keys.remove('name')
                            data__helmextensions_item__name = data__helmextensions_item['name']
                            if not isinstance(data__helmextensions_item__name, (str, NoneType)):
                                raise Invalid
                        if 'repository' in data__helmextensions_item_keys:
                            data__helmextensions_item_keys.remove('repository')
                            data__helmextensions_item__repository = data__helmextensions_item['repository']
                            if not isinstance(data__helmextensions_item__repository, (str, NoneType)):
                                raise Invalid
                        if 'chart' in data__helmextensions_item_keys:
                            data__helmextensions_item_keys.remove('chart')
                            data__helmextensions_item__chart = data__helmextensions_item['chart']
                            if not isinstance(data__helmextensions_item__chart, (str, NoneType)):
                                raise Invalid
                        if 'version' in data__helmextensions_item_keys:
                            data__helmextensions_item_keys.remove('version')
                            data__helmextensions_item__version = data__helmextensions_item['version']
                            if not isinstance(data__helmextensions_item__version, (str, int, float, NoneType)) or isinstance(data__helmextensions_item__version, bool):
                                raise Invalid
                        if 'overrides' in data__helmextensions_item_keys:
                            data__helmextensions_item_keys.remove('overrides')
                            data__helmextensions_item__overrides = data__helmextensions_item['overrides']
                            if not isinstance(data__helmextensions_item__overrides, (dict, NoneType)):
                                raise Invalid
                        if data__helmextensions_item_keys:
                            raise Invalid
        if 'tf_extensions' in data_keys:
            data_keys.remove('tf_extensions')
            data__tfextensions = data['tf_extensions']
            if not isinstance(data__tfextensions, (list, tuple, NoneType)):
                raise Invalid
            data__tfextensions_is_list = isinstance(data__tfextensions, (list, tuple))
            if data__tfextensions_is_list:
                data__tfextensions_len = len(data__tfextensions)
                for data__tfextensions_x, data__tfextensions_item in enumerate(data__tfextensions):
                    if not isinstance(data__tfextensions_item, (dict, NoneType)):
                        raise Invalid
                    data__tfextensions_item_is_dict = isinstance(data__tfextensions_item, dict)
                    if data__tfextensions_item_is_dict:
                        data__tfextensions_item_keys = set(data__tfextensions_item.keys())
                        if 'name' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('name')
                            data__tfextensions_item__name = data__tfextensions_item['name']
                            if not isinstance(data__tfextensions_item__name, (str, NoneType)):
                                raise Invalid
                        if 'image' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('image')
                            data__tfextensions_item__image = data__tfextensions_item['image']
                            if not isinstance(data__tfextensions_item__image, (str, NoneType)):
                                raise Invalid
                        if 'urlslug' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('urlslug')
                            data__tfextensions_item__urlslug = data__tfextensions_item['urlslug']
                            if not isinstance(data__tfextensions_item__urlslug, (str, NoneType)):
                                raise Invalid
                        if 'private' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('private')
                            data__tfextensions_item__private = data__tfextensions_item['private']
                            if not isinstance(data__tfextensions_item__private, (bool, NoneType)):
                                raise Invalid
                        if 'oauth2client' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('oauth2client')
                            data__tfextensions_item__oauth2client = data__tfextensions_item['oauth2client']
                            if not isinstance(data__tfextensions_item__oauth2client, (bool, NoneType)):
                                raise Invalid
                        if 'keycloakadmin' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('keycloakadmin')
                            data__tfextensions_item__keycloakadmin = data__tfextensions_item['keycloakadmin']
                            if not isinstance(data__tfextensions_item__keycloakadmin, (bool, NoneType)):
                                raise Invalid
                        if 'jwt' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('jwt')
                            data__tfextensions_item__jwt = data__tfextensions_item['jwt']
                            if not isinstance(data__tfextensions_item__jwt, (bool, NoneType)):
                                raise Invalid
                        if 'qhubconfigyaml' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('qhubconfigyaml')
                            data__tfextensions_item__qhubconfigyaml = data__tfextensions_item['qhubconfigyaml']
                            if not isinstance(data__tfextensions_item__qhubconfigyaml, (bool, NoneType)):
                                raise Invalid
                        if 'nebariconfigyaml' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('nebariconfigyaml')
                            data__tfextensions_item__nebariconfigyaml = data__tfextensions_item['nebariconfigyaml']
                            if not isinstance(data__tfextensions_item__nebariconfigyaml, (bool, NoneType)):
                                raise Invalid
                        if 'logout' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('logout')
                            data__tfextensions_item__logout = data__tfextensions_item['logout']
                            if not isinstance(data__tfextensions_item__logout, (str, NoneType)):
                                raise Invalid
                        if 'envs' in data__tfextensions_item_keys:
                            data__tfextensions_item_keys.remove('envs')
                            data__tfextensions_item__envs = data__tfextensions_item['envs']
                            if not isinstance(data__tfextensions_item__envs, (list, tuple, NoneType)):
                                raise Invalid
                            data__tfextensions_item__envs_is_list = isinstance(data__tfextensions_item__envs, (list, tuple))
                            if data__tfextensions_item__envs_is_list:
                                data__tfextensions_item__envs_len = len(data__tfextensions_item__envs)
                                for data__tfextensions_item__envs_x, data__tfextensions_item__envs_item in enumerate(data__tfextensions_item__envs):
                                    if not isinstance(data__tfextensions_item__envs_item, (dict, NoneType)):
                                        raise Invalid
                                    data__tfextensions_item__envs_item_is_dict = isinstance(data__tfextensions_item__envs_item, dict)
                                    if data__tfextensions_item__envs_item_is_dict:
                                        data__tfextensions_item__envs_item_keys = set(data__tfextensions_item__envs_item.keys())
                                        if 'name' in data__tfextensions_item__envs_item_keys:
                                            data__tfextensions_item__envs_item_keys.remove('name')
                                            data__tfextensions_item__envs_item__name = data__tfextensions_item__envs_item['name']
                                            if not isinstance(data__tfextensions_item__envs_item__name, (str, NoneType)):
                                                raise Invalid
                                        if 'value' in data__tfextensions_item__envs_item_keys:
                                            data__tfextensions_item__envs_item_keys.remove('value')
                                            data__tfextensions_item__envs_item__value = data__tfextensions_item__envs_item['value']
                                            if not isinstance(data__tfextensions_item__envs_item__value, (str, int, float, NoneType)) or isinstance(data__tfextensions_item__envs_item__value, bool):
                                                raise Invalid
                                        if data__tfextensions_item__envs_item_keys:
                                            raise Invalid
                        if data__tfextensions_item_keys:
                            raise Invalid
        if 'argo_workflows' in data_keys:
            data_keys.remove('argo_workflows')
            data__argoworkflows = data['argo_workflows']
            if not isinstance(data__argoworkflows, (dict, NoneType)):
                raise Invalid
            data__argoworkflows_is_dict = isinstance(data__argoworkflows, dict)
            if data__argoworkflows_is_dict:
                data__argoworkflows_keys = set(data__argoworkflows.keys())
                if 'enabled' in data__argoworkflows_keys:
                    data__argoworkflows_keys.remove('enabled')
                    data__argoworkflows__enabled = data__argoworkflows['enabled']
                    if not isinstance(data__argoworkflows__enabled, (bool, NoneType)):
                        raise Invalid
                if 'overrides' in data__argoworkflows_keys:
                    data__argoworkflows_keys.remove('overrides')
                    data__argoworkflows__overrides = data__argoworkflows['overrides']
                    if not isinstance(data__argoworkflows__overrides, (dict, NoneType)):
                        raise Invalid
                if 'nebari_workflow_controller' in data__argoworkflows_keys:
                    data__argoworkflows_keys.remove('nebari_workflow_controller')
                    data__argoworkflows__nebariworkflowcontroller = data__argoworkflows['nebari_workflow_controller']
                    if not isinstance(data__argoworkflows__nebariworkflowcontroller, (dict, NoneType)):
                        raise Invalid
                    data__argoworkflows__nebariworkflowcontroller_is_dict = isinstance(data__argoworkflows__nebariworkflowcontroller, dict)
                    if data__argoworkflows__nebariworkflowcontroller_is_dict:
                        data__argoworkflows__nebariworkflowcontroller_keys = set(data__argoworkflows__nebariworkflowcontroller.keys())
                        if 'enabled' in data__argoworkflows__nebariworkflowcontroller_keys:
                            data__argoworkflows__nebariworkflowcontroller_keys.remove('enabled')
                            data__argoworkflows__nebariworkflowcontroller__enabled = data__argoworkflows__nebariworkflowcontroller['enabled']
                            if not isinstance(data__argoworkflows__nebariworkflowcontroller__enabled, (bool, NoneType)):
                                raise Invalid
                        if 'image_tag' in data__argoworkflows__nebariworkflowcontroller_keys:
                            data__argoworkflows__nebariworkflowcontroller_keys.remove('image_tag')
                            data__argoworkflows__nebariworkflowcontroller__imagetag = data__argoworkflows__nebariworkflowcontroller['image_tag']
                            if not isinstance(data__argoworkflows__nebariworkflowcontroller__imagetag, (str, int, float, NoneType)) or isinstance(data__argoworkflows__nebariworkflowcontroller__imagetag, bool):
                                raise Invalid
                        if data__argoworkflows__nebariworkflowcontroller_keys:
                            raise Invalid
                if data__argoworkflows_keys:
                    raise Invalid
        if 'kbatch' in data_keys:
            data_keys.remove('kbatch')
            data__kbatch = data['kbatch']
            if not isinstance(data__kbatch, (dict, NoneType)):
                raise Invalid
            data__kbatch_is_dict = isinstance(data__kbatch, dict)
            if data__kbatch_is_dict:
                data__kbatch_keys = set(data__kbatch.keys())
                if 'enabled' in data__kbatch_keys:
                    data__kbatch_keys.remove('enabled')
                    data__kbatch__enabled = data__kbatch['enabled']
                    if not isinstance(data__kbatch__enabled, (bool, NoneType)):
                        raise Invalid
                if data__kbatch_keys:
                    raise Invalid
        if 'conda_store' in data_keys:
            data_keys.remove('conda_store')
            data__condastore = data['conda_store']
            if not isinstance(data__condastore, (dict, NoneType)):
                raise Invalid
            data__condastore_is_dict = isinstance(data__condastore, dict)
            if data__condastore_is_dict:
                data__condastore_keys = set(data__condastore.keys())
                if 'extra_settings' in data__condastore_keys:
                    data__condastore_keys.remove('extra_settings')
                    data__condastore__extrasettings = data__condastore['extra_settings']
                    if not isinstance(data__condastore__extrasettings, (dict, NoneType)):
                        raise Invalid
                if 'extra_config' in data__condastore_keys:
                    data__condastore_keys.remove('extra_config')
                    data__condastore__extraconfig = data__condastore['extra_config']
                    if not isinstance(data__condastore__extraconfig, (str, NoneType)):
                        raise Invalid
                if 'image' in data__condastore_keys:
                    data__condastore_keys.remove('image')
                    data__condastore__image = data__condastore['image']
                    if not isinstance(data__condastore__image, (str, NoneType)):
                        raise Invalid
                if 'image_tag' in data__condastore_keys:
                    data__condastore_keys.remove('image_tag')
                    data__condastore__imagetag = data__condastore['image_tag']
                    if not isinstance(data__condastore__imagetag, (str, int, float, NoneType)) or isinstance(data__condastore__imagetag, bool):
                        raise Invalid
                if 'default_namespace' in data__condastore_keys:
                    data__condastore_keys.remove('default_namespace')
                    data__condastore__defaultnamespace = data__condastore['default_namespace']
                    if not isinstance(data__condastore__defaultnamespace, (str, NoneType)):
                        raise Invalid
                if 'object_storage' in data__condastore_keys:
                    data__condastore_keys.remove('object_storage')
                    data__condastore__objectstorage = data__condastore['object_storage']
                    if not isinstance(data__condastore__objectstorage, (str, int, float, NoneType)) or isinstance(data__condastore__objectstorage, bool):
                        raise Invalid
                if 'worker' in data__condastore_keys:
                    data__condastore_keys.remove('worker')
                    data__condastore__worker = data__condastore['worker']
                    if not isinstance(data__condastore__worker, (dict, NoneType)):
                        raise Invalid
                    data__condastore__worker_is_dict = isinstance(data__condastore__worker, dict)
                    if data__condastore__worker_is_dict:
                        data__condastore__worker_keys = set(data__condastore__worker.keys())
                        if 'max_workers' in data__condastore__worker_keys:
                            data__condastore__worker_keys.remove('max_workers')
                            data__condastore__worker__maxworkers = data__condastore__worker['max_workers']
                            if not isinstance(data__condastore__worker__maxworkers, (int, NoneType)) and (not (isinstance(data__condastore__worker__maxworkers, float) and data__condastore__worker__maxworkers.is_integer())) or isinstance(data__condastore__worker__maxworkers, bool):
                                raise Invalid
                        if 'resources' in data__condastore__worker_keys:
                            data__condastore__worker_keys.remove('resources')
                            data__condastore__worker__resources = data__condastore__worker['resources']
                            if not isinstance(data__condastore__worker__resources, (dict, NoneType)):
                                raise Invalid
                            data__condastore__worker__resources_is_dict = isinstance(data__condastore__worker__resources, dict)
                            if data__condastore__worker__resources_is_dict:
                                data__condastore__worker__resources_keys = set(data__condastore__worker__resources.keys())
                                if 'cpu_limit' in data__condastore__worker__resources_keys:
                                    data__condastore__worker__resources_keys.remove('cpu_limit')
                                    data__condastore__worker__resources__cpulimit = data__condastore__worker__resources['cpu_limit']
                                    if not isinstance(data__condastore__worker__resources__cpulimit, (str, int, float, NoneType)) or isinstance(data__condastore__worker__resources__cpulimit, bool):
                                        raise Invalid
                                if 'mem_limit' in data__condastore__worker__resources_keys:
                                    data__condastore__worker__resources_keys.remove('mem_limit')
                                    data__condastore__worker__resources__memlimit = data__condastore__worker__resources['mem_limit']
                                    if not isinstance(data__condastore__worker__resources__memlimit, (str, int, float, NoneType)) or isinstance(data__condastore__worker__resources__memlimit, bool):
                                        raise Invalid
                                if 'cpu_guarantee' in data__condastore__worker__resources_keys:
                                    data__condastore__worker__resources_keys.remove('cpu_guarantee')
                                    data__condastore__worker__resources__cpuguarantee = data__condastore__worker__resources['cpu_guarantee']
                                    if not isinstance(data__condastore__worker__resources__cpuguarantee, (str, int, float, NoneType)) or isinstance(data__condastore__worker__resources__cpuguarantee, bool):
                                        raise Invalid
                                if 'mem_guarantee' in data__condastore__worker__resources_keys:
                                    data__condastore__worker__resources_keys.remove('mem_guarantee')
                                    data__condastore__worker__resources__memguarantee = data__condastore__worker__resources['mem_guarantee']
                                    if not isinstance(data__condastore__worker__resources__memguarantee, (str, int, float, NoneType)) or isinstance(data__condastore__worker__resources__memguarantee, bool):
                                        raise Invalid
                                if data__condastore__worker__resources_keys:
                                    raise Invalid
                        if data__condastore__worker_keys:
                            raise Invalid
                if data__condastore_keys:
                    raise Invalid
        if 'jupyterhub' in data_keys:
            data_keys.remove('jupyterhub')
            data__jupyterhub = data['jupyterhub']
            if not isinstance(data__jupyterhub, (dict, NoneType)):
                raise Invalid
            data__jupyterhub_is_dict = isinstance(data__jupyterhub, dict)
            if data__jupyterhub_is_dict:
                data__jupyterhub_keys = set(data__jupyterhub.keys())
                if 'overrides' in data__jupyterhub_keys:
                    data__jupyterhub_keys.remove('overrides')
                    data__jupyterhub__overrides = data__jupyterhub['overrides']
                    if not isinstance(data__jupyterhub__overrides, (dict, NoneType)):
                        raise Invalid
                if data__jupyterhub_keys:
                    raise Invalid
        if 'jupyterlab' in data_keys:
            data_keys.remove('jupyterlab')
            data__jupyterlab = data['jupyterlab']
            if not isinstance(data__jupyterlab, (dict, NoneType)):
                raise Invalid
            data__jupyterlab_is_dict = isinstance(data__jupyterlab, dict)
            if data__jupyterlab_is_dict:
                data__jupyterlab_keys = set(data__jupyterlab.keys())
                if 'default_settings' in data__jupyterlab_keys:
                    data__jupyterlab_keys.remove('default_settings')
                    data__jupyterlab__defaultsettings = data__jupyterlab['default_settings']
                    if not isinstance(data__jupyterlab__defaultsettings, (dict, NoneType)):
                        raise Invalid
                if 'preferred_dir' in data__jupyterlab_keys:
                    data__jupyterlab_keys.remove('preferred_dir')
                    data__jupyterlab__preferreddir = data__jupyterlab['preferred_dir']
                    if not isinstance(data__jupyterlab__preferreddir, (str, NoneType)):
                        raise Invalid
                if 'initial_repositories' in data__jupyterlab_keys:
                    data__jupyterlab_keys.remove('initial_repositories')
                    data__jupyterlab__initialrepositories = data__jupyterlab['initial_repositories']
                    if not isinstance(data__jupyterlab__initialrepositories, (list, tuple, NoneType)):
                        raise Invalid
                    data__jupyterlab__initialrepositories_is_list = isinstance(data__jupyterlab__initialrepositories, (list, tuple))
                    if data__jupyterlab__initialrepositories_is_list:
                        data__jupyterlab__initialrepositories_len = len(data__jupyterlab__initialrepositories)
                        for data__jupyterlab__initialrepositories_x, data__jupyterlab__initialrepositories_item in enumerate(data__jupyterlab__initialrepositories):
                            if not isinstance(data__jupyterlab__initialrepositories_item, dict):
                                raise Invalid
                            data__jupyterlab__initialrepositories_item_is_dict = isinstance(data__jupyterlab__initialrepositories_item, dict)
                            if data__jupyterlab__initialrepositories_item_is_dict:
                                data__jupyterlab__initialrepositories_item_keys = set(data__jupyterlab__initialrepositories_item.keys())
                                for data__jupyterlab__initialrepositories_item_key in data__jupyterlab__initialrepositories_item_keys:
                                    if data__jupyterlab__initialrepositories_item_key not in []:
                                        data__jupyterlab__initialrepositories_item_value = data__jupyterlab__initialrepositories_item.get(data__jupyterlab__initialrepositories_item_key)
                                        if not isinstance(data__jupyterlab__initialrepositories_item_value, str):
                                            raise Invalid
                if 'idle_culler' in data__jupyterlab_keys:
                    data__jupyterlab_keys.remove('idle_culler')
                    data__jupyterlab__idleculler = data__jupyterlab['idle_culler']
                    if not isinstance(data__jupyterlab__idleculler, (dict, NoneType)):
                        raise Invalid
                    data__jupyterlab__idleculler_is_dict = isinstance(data__jupyterlab__idleculler, dict)
                    if data__jupyterlab__idleculler_is_dict:
                        data__jupyterlab__idleculler_keys = set(data__jupyterlab__idleculler.keys())
                        if 'terminal_cull_inactive_timeout' in data__jupyterlab__idleculler_keys:
                            data__jupyterlab__idleculler_keys.remove('terminal_cull_inactive_timeout')
                            data__jupyterlab__idleculler__terminalcullinactivetimeout = data__jupyterlab__idleculler['terminal_cull_inactive_timeout']
                            if not isinstance(data__jupyterlab__idleculler__terminalcullinactivetimeout, (int, NoneType)) and (not (isinstance(data__jupyterlab__idleculler__terminalcullinactivetimeout, float) and data__jupyterlab__idleculler__terminalcullinactivetimeout.is_integer())) or isinstance(data__jupyterlab__idleculler__terminalcullinactivetimeout, bool):
                                raise Invalid
                        if 'terminal_cull_interval' in data__jupyterlab__idleculler_keys:
                            data__jupyterlab__idleculler_keys.remove('terminal_cull_interval')
                            data__jupyterlab__idleculler__terminalcullinterval = data__jupyterlab__idleculler['terminal_cull_interval']
                            if not isinstance(data__jupyterlab__idleculler__terminalcullinterval, (int, NoneType)) and (not (isinstance(data__jupyterlab__idleculler__terminalcullinterval, float) and data__jupyterlab__idleculler__terminalcullinterval.is_integer())) or isinstance(data__jupyterlab__idleculler__terminalcullinterval, bool):
                                raise Invalid
                        if 'kernel_cull_idle_timeout' in data__jupyterlab__idleculler_keys:
                            data__jupyterlab__idleculler_keys.remove('kernel_cull_idle_timeout')
                            data__jupyterlab__idleculler__kernelcullidletimeout = data__jupyterlab__idleculler['kernel_cull_idle_timeout']
                            if not isinstance(data__jupyterlab__idleculler__kernelcullidletimeout, (int, NoneType)) and (not (isinstance(data__jupyterlab__idleculler__kernelcullidletimeout, float) and data__jupyterlab__idleculler__kernelcullidletimeout.is_integer())) or isinstance(data__jupyterlab__idleculler__kernelcullidletimeout, bool):
                                raise Invalid
                        if 'kernel_cull_interval' in data__jupyterlab__idleculler_keys:
                            data__jupyterlab__idleculler_keys.remove('kernel_cull_interval')
                            data__jupyterlab__idleculler__kernelcullinterval = data__jupyterlab__idleculler['kernel_cull_interval']
                            if not isinstance(data__jupyterlab__idleculler__kernelcullinterval, (int, NoneType)) and (not (isinstance(data__jupyterlab__idleculler__kernelcullinterval, float) and data__jupyterlab__idleculler__kernelcullinterval.is_integer())) or isinstance(data__jupyterlab__idleculler__kernelcullinterval, bool):
                                raise Invalid
                        if 'kernel_cull_connected' in data__jupyterlab__idleculler_keys:
                            data__jupyterlab__idleculler_keys.remove('kernel_cull_connected')
                            data__jupyterlab__idleculler__kernelcullconnected = data__jupyterlab__idleculler['kernel_cull_connected']
                            if not isinstance(data__jupyterlab__idleculler__kernelcullconnected, (bool, NoneType)):
                                raise Invalid
                        if 'kernel_cull_busy' in data__jupyterlab__idleculler_keys:
                            data__jupyterlab__idleculler_keys.remove('kernel_cull_busy')
                            data__jupyterlab__idleculler__kernelcullbusy = data__jupyterlab__idleculler['kernel_cull_busy']
                            if not isinstance(data__jupyterlab__idleculler__kernelcullbusy, (bool, NoneType)):
                                raise Invalid
                        if 'server_shutdown_no_activity_timeout' in data__jupyterlab__idleculler_keys:
                            data__jupyterlab__idleculler_keys.remove('server_shutdown_no_activity_timeout')
                            data__jupyterlab__idleculler__servershutdownnoactivitytimeout = data__jupyterlab__idleculler['server_shutdown_no_activity_timeout']
                            if not isinstance(data__jupyterlab__idleculler__servershutdownnoactivitytimeout, (int, NoneType)) and (not (isinstance(data__jupyterlab__idleculler__servershutdownnoactivitytimeout, float) and data__jupyterlab__idleculler__servershutdownnoactivitytimeout.is_integer())) or isinstance(data__jupyterlab__idleculler__servershutdownnoactivitytimeout, bool):
                                raise Invalid
                        if data__jupyterlab__idleculler_keys:
                            raise Invalid
                if 'gallery_settings' in data__jupyterlab_keys:
                    data__jupyterlab_keys.remove('gallery_settings')
                    data__jupyterlab__gallerysettings = data__jupyterlab['gallery_settings']
                    if not isinstance(data__jupyterlab__gallerysettings, (dict, NoneType)):
                        raise Invalid
                    data__jupyterlab__gallerysettings_is_dict = isinstance(data__jupyterlab__gallerysettings, dict)
                    if data__jupyterlab__gallerysettings_is_dict:
                        data__jupyterlab__gallerysettings_keys = set(data__jupyterlab__gallerysettings.keys())
                        if 'title' in data__jupyterlab__gallerysettings_keys:
                            data__jupyterlab__gallerysettings_keys.remove('title')
                            data__jupyterlab__gallerysettings__title = data__jupyterlab__gallerysettings['title']
                            if not isinstance(data__jupyterlab__gallerysettings__title, (str, NoneType)):
                                raise Invalid
                        if 'destination' in data__jupyterlab__gallerysettings_keys:
                            data__jupyterlab__gallerysettings_keys.remove('destination')
                            data__jupyterlab__gallerysettings__destination = data__jupyterlab__gallerysettings['destination']
                            if not isinstance(data__jupyterlab__gallerysettings__destination, (str, NoneType)):
                                raise Invalid
                        if 'hide_gallery_without_exhibits' in data__jupyterlab__gallerysettings_keys:
                            data__jupyterlab__gallerysettings_keys.remove('hide_gallery_without_exhibits')
                            data__jupyterlab__gallerysettings__hidegallerywithoutexhibits = data__jupyterlab__gallerysettings['hide_gallery_without_exhibits']
                            if not isinstance(data__jupyterlab__gallerysettings__hidegallerywithoutexhibits, (bool, NoneType)):
                                raise Invalid
                        if 'exhibits' in data__jupyterlab__gallerysettings_keys:
                            data__jupyterlab__gallerysettings_keys.remove('exhibits')
                            data__jupyterlab__gallerysettings__exhibits = data__jupyterlab__gallerysettings['exhibits']
                            if not isinstance(data__jupyterlab__gallerysettings__exhibits, (list, tuple, NoneType)):
                                raise Invalid
                            data__jupyterlab__gallerysettings__exhibits_is_list = isinstance(data__jupyterlab__gallerysettings__exhibits, (list, tuple))
                            if data__jupyterlab__gallerysettings__exhibits_is_list:
                                data__jupyterlab__gallerysettings__exhibits_len = len(data__jupyterlab__gallerysettings__exhibits)
                                for data__jupyterlab__gallerysettings__exhibits_x, data__jupyterlab__gallerysettings__exhibits_item in enumerate(data__jupyterlab__gallerysettings__exhibits):
                                    if not isinstance(data__jupyterlab__gallerysettings__exhibits_item, (dict, NoneType)):
                                        raise Invalid
                                    data__jupyterlab__gallerysettings__exhibits_item_is_dict = isinstance(data__jupyterlab__gallerysettings__exhibits_item, dict)
                                    if data__jupyterlab__gallerysettings__exhibits_item_is_dict:
                                        data__jupyterlab__gallerysettings__exhibits_item_keys = set(data__jupyterlab__gallerysettings__exhibits_item.keys())
                                        if 'git' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('git')
                                            data__jupyterlab__gallerysettings__exhibits_item__git = data__jupyterlab__gallerysettings__exhibits_item['git']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__git, (str, NoneType)):
                                                raise Invalid
                                        if 'title' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('title')
                                            data__jupyterlab__gallerysettings__exhibits_item__title = data__jupyterlab__gallerysettings__exhibits_item['title']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__title, (str, NoneType)):
                                                raise Invalid
                                        if 'homepage' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('homepage')
                                            data__jupyterlab__gallerysettings__exhibits_item__homepage = data__jupyterlab__gallerysettings__exhibits_item['homepage']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__homepage, (str, NoneType)):
                                                raise Invalid
                                        if 'description' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('description')
                                            data__jupyterlab__gallerysettings__exhibits_item__description = data__jupyterlab__gallerysettings__exhibits_item['description']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__description, (str, NoneType)):
                                                raise Invalid
                                        if 'icon' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('icon')
                                            data__jupyterlab__gallerysettings__exhibits_item__icon = data__jupyterlab__gallerysettings__exhibits_item['icon']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__icon, (str, NoneType)):
                                                raise Invalid
                                        if 'account' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('account')
                                            data__jupyterlab__gallerysettings__exhibits_item__account = data__jupyterlab__gallerysettings__exhibits_item['account']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__account, (str, NoneType)):
                                                raise Invalid
                                        if 'token' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('token')
                                            data__jupyterlab__gallerysettings__exhibits_item__token = data__jupyterlab__gallerysettings__exhibits_item['token']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__token, (str, NoneType)):
                                                raise Invalid
                                        if 'branch' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('branch')
                                            data__jupyterlab__gallerysettings__exhibits_item__branch = data__jupyterlab__gallerysettings__exhibits_item['branch']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__branch, (str, NoneType)):
                                                raise Invalid
                                        if 'depth' in data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            data__jupyterlab__gallerysettings__exhibits_item_keys.remove('depth')
                                            data__jupyterlab__gallerysettings__exhibits_item__depth = data__jupyterlab__gallerysettings__exhibits_item['depth']
                                            if not isinstance(data__jupyterlab__gallerysettings__exhibits_item__depth, (int, NoneType)) and (not (isinstance(data__jupyterlab__gallerysettings__exhibits_item__depth, float) and data__jupyterlab__gallerysettings__exhibits_item__depth.is_integer())) or isinstance(data__jupyterlab__gallerysettings__exhibits_item__depth, bool):
                                                raise Invalid
                                        if data__jupyterlab__gallerysettings__exhibits_item_keys:
                                            raise Invalid
                        if data__jupyterlab__gallerysettings_keys:
                            raise Invalid
                if data__jupyterlab_keys:
                    raise Invalid
        if 'jhub_apps' in data_keys:
            data_keys.remove('jhub_apps')
            data__jhubapps = data['jhub_apps']
            if not isinstance(data__jhubapps, (dict, NoneType)):
                raise Invalid
            data__jhubapps_is_dict = isinstance(data__jhubapps, dict)
            if data__jhubapps_is_dict:
                data__jhubapps_keys = set(data__jhubapps.keys())
                if 'enabled' in data__jhubapps_keys:
                    data__jhubapps_keys.remove('enabled')
                    data__jhubapps__enabled = data__jhubapps['enabled']
                    if not isinstance(data__jhubapps__enabled, (bool, NoneType)):
                        raise Invalid
                if 'overrides' in data__jhubapps_keys:
                    data__jhubapps_keys.remove('overrides')
                    data__jhubapps__overrides = data__jhubapps['overrides']
                    if not isinstance(data__jhubapps__overrides, (dict, NoneType)):
                        raise Invalid
                if data__jhubapps_keys:
                    raise Invalid
        if 'telemetry' in data_keys:
            data_keys.remove('telemetry')
            data__telemetry = data['telemetry']
            if not isinstance(data__telemetry, (dict, NoneType)):
                raise Invalid
            data__telemetry_is_dict = isinstance(data__telemetry, dict)
            if data__telemetry_is_dict:
                data__telemetry_keys = set(data__telemetry.keys())
                if 'jupyterlab_pioneer' in data__telemetry_keys:
                    data__telemetry_keys.remove('jupyterlab_pioneer')
                    data__telemetry__jupyterlabpioneer = data__telemetry['jupyterlab_pioneer']
                    if not isinstance(data__telemetry__jupyterlabpioneer, (dict, NoneType)):
                        raise Invalid
                    data__telemetry__jupyterlabpioneer_is_dict = isinstance(data__telemetry__jupyterlabpioneer, dict)
                    if data__telemetry__jupyterlabpioneer_is_dict:
                        data__telemetry__jupyterlabpioneer_keys = set(data__telemetry__jupyterlabpioneer.keys())
                        if 'enabled' in data__telemetry__jupyterlabpioneer_keys:
                            data__telemetry__jupyterlabpioneer_keys.remove('enabled')
                            data__telemetry__jupyterlabpioneer__enabled = data__telemetry__jupyterlabpioneer['enabled']
                            if not isinstance(data__telemetry__jupyterlabpioneer__enabled, (bool, NoneType)):
                                raise Invalid
                        if 'log_format' in data__telemetry__jupyterlabpioneer_keys:
                            data__telemetry__jupyterlabpioneer_keys.remove('log_format')
                            data__telemetry__jupyterlabpioneer__logformat = data__telemetry__jupyterlabpioneer['log_format']
                            if not isinstance(data__telemetry__jupyterlabpioneer__logformat, (str, NoneType)):
                                raise Invalid
                        if data__telemetry__jupyterlabpioneer_keys:
                            raise Invalid
                if data__telemetry_keys:
                    raise Invalid
        if 'ceph' in data_keys:
            data_keys.remove('ceph')
            data__ceph = data['ceph']
            if not isinstance(data__ceph, (dict, NoneType)):
                raise Invalid
            data__ceph_is_dict = isinstance(data__ceph, dict)
            if data__ceph_is_dict:
                data__ceph_keys = set(data__ceph.keys())
                if 'storage_class_name' in data__ceph_keys:
                    data__ceph_keys.remove('storage_class_name')
                    data__ceph__storageclassname = data__ceph['storage_class_name']
                    if not isinstance(data__ceph__storageclassname, (str, NoneType)):
                        raise Invalid
                if data__ceph_keys:
                    raise Invalid
        if 'dns' in data_keys:
            data_keys.remove('dns')
            data__dns = data['dns']
            if not isinstance(data__dns, (dict, NoneType)):
                raise Invalid
            data__dns_is_dict = isinstance(data__dns, dict)
            if data__dns_is_dict:
                data__dns_keys = set(data__dns.keys())
                if 'provider' in data__dns_keys:
                    data__dns_keys.remove('provider')
                    data__dns__provider = data__dns['provider']
                    if not isinstance(data__dns__provider, (str, NoneType)):
                        raise Invalid
                if 'auto_provision' in data__dns_keys:
                    data__dns_keys.remove('auto_provision')
                    data__dns__autoprovision = data__dns['auto_provision']
                    if not isinstance(data__dns__autoprovision, (bool, NoneType)):
                        raise Invalid
                if data__dns_keys:
                    raise Invalid
        if 'ingress' in data_keys:
            data_keys.remove('ingress')
            data__ingress = data['ingress']
            if not isinstance(data__ingress, (dict, NoneType)):
                raise Invalid
            data__ingress_is_dict = isinstance(data__ingress, dict)
            if data__ingress_is_dict:
                data__ingress_keys = set(data__ingress.keys())
                if 'terraform_overrides' in data__ingress_keys:
                    data__ingress_keys.remove('terraform_overrides')
                    data__ingress__terraformoverrides = data__ingress['terraform_overrides']
                    if not isinstance(data__ingress__terraformoverrides, (dict, NoneType)):
                        raise Invalid
                    data__ingress__terraformoverrides_is_dict = isinstance(data__ingress__terraformoverrides, dict)
                    if data__ingress__terraformoverrides_is_dict:
                        data__ingress__terraformoverrides_keys = set(data__ingress__terraformoverrides.keys())
                        if 'load-balancer-annotations' in data__ingress__terraformoverrides_keys:
                            data__ingress__terraformoverrides_keys.remove('load-balancer-annotations')
                            data__ingress__terraformoverrides__loadbalancerannotations = data__ingress__terraformoverrides['load-balancer-annotations']
                            if not isinstance(data__ingress__terraformoverrides__loadbalancerannotations, (dict, NoneType)):
                                raise Invalid
                        if 'load-balancer-ip' in data__ingress__terraformoverrides_keys:
                            data__ingress__terraformoverrides_keys.remove('load-balancer-ip')
                            data__ingress__terraformoverrides__loadbalancerip = data__ingress__terraformoverrides['load-balancer-ip']
                            if not isinstance(data__ingress__terraformoverrides__loadbalancerip, (str, NoneType)):
                                raise Invalid
                if data__ingress_keys:
                    raise Invalid
        if 'prefect' in data_keys:
            data_keys.remove('prefect')
            data__prefect = data['prefect']
            if not isinstance(data__prefect, (dict, NoneType)):
                raise Invalid
            data__prefect_is_dict = isinstance(data__prefect, dict)
            if data__prefect_is_dict:
                data__prefect_keys = set(data__prefect.keys())
                if 'overrides' in data__prefect_keys:
                    data__prefect_keys.remove('overrides')
                    data__prefect__overrides = data__prefect['overrides']
                    if not isinstance(data__prefect__overrides, (dict, NoneType)):
                        raise Invalid
                    data__prefect__overrides_is_dict = isinstance(data__prefect__overrides, dict)
                    if data__prefect__overrides_is_dict:
                        data__prefect__overrides_keys = set(data__prefect__overrides.keys())
                        if 'prefectImage' in data__prefect__overrides_keys:
                            data__prefect__overrides_keys.remove('prefectImage')
                            data__prefect__overrides__prefectImage = data__prefect__overrides['prefectImage']
                            if not isinstance(data__prefect__overrides__prefectImage, (str, NoneType)):
                                raise Invalid
                        if 'cloudApi' in data__prefect__overrides_keys:
                            data__prefect__overrides_keys.remove('cloudApi')
                            data__prefect__overrides__cloudApi = data__prefect__overrides['cloudApi']
                            if not isinstance(data__prefect__overrides__cloudApi, (str, NoneType)):
                                raise Invalid
                        if 'namespace' in data__prefect__overrides_keys:
                            data__prefect__overrides_keys.remove('namespace')
                            data__prefect__overrides__namespace = data__prefect__overrides['namespace']
                            if not isinstance(data__prefect__overrides__namespace, (str, NoneType)):
                                raise Invalid
                        if 'prefectToken' in data__prefect__overrides_keys:
                            data__prefect__overrides_keys.remove('prefectToken')
                            data__prefect__overrides__prefectToken = data__prefect__overrides['prefectToken']
                            if not isinstance(data__prefect__overrides__prefectToken, (str, NoneType)):
                                raise Invalid
                        if 'jupyterHubToken' in data__prefect__overrides_keys:
                            data__prefect__overrides_keys.remove('jupyterHubToken')
                            data__prefect__overrides__jupyterHubToken = data__prefect__overrides['jupyterHubToken']
                            if not isinstance(data__prefect__overrides__jupyterHubToken, (str, NoneType)):
                                raise Invalid
        if 'certificate' in data_keys:
            data_keys.remove('certificate')
            data__certificate = data['certificate']
            if not isinstance(data__certificate, (dict, NoneType)):
                raise Invalid
            data__certificate_is_dict = isinstance(data__certificate, dict)
            if data__certificate_is_dict:
                data__certificate_keys = set(data__certificate.keys())
                if 'acme_challenge_type' in data__certificate_keys:
                    data__certificate_keys.remove('acme_challenge_type')
                    data__certificate__acmechallengetype = data__certificate['acme_challenge_type']
                    if not isinstance(data__certificate__acmechallengetype, (str, NoneType)):
                        raise Invalid
        if 'digital_ocean' in data_keys:
            data_keys.remove('digital_ocean')
            data__digitalocean = data['digital_ocean']
            if not isinstance(data__digitalocean, (dict, NoneType)):
                raise Invalid
            data__digitalocean_is_dict = isinstance(data__digitalocean, dict)
            if data__digitalocean_is_dict:
                data__digitalocean_keys = set(data__digitalocean.keys())
                if 'terraform_overrides' in data__digitalocean_keys:
                    data__digitalocean_keys.remove('terraform_overrides')
                    data__digitalocean__terraformoverrides = data__digitalocean['terraform_overrides']
                    if not isinstance(data__digitalocean__terraformoverrides, (dict, NoneType)):
                        raise Invalid
                if 'node_groups' in data__digitalocean_keys:
                    data__digitalocean_keys.remove('node_groups')
                    data__digitalocean__nodegroups = data__digitalocean['node_groups']
                    if not isinstance(data__digitalocean__nodegroups, (dict, NoneType)):
                        raise Invalid
                    data__digitalocean__nodegroups_is_dict = isinstance(data__digitalocean__nodegroups, dict)
                    if data__digitalocean__nodegroups_is_dict:
                        data__digitalocean__nodegroups_keys = set(data__digitalocean__nodegroups.keys())
                        for data__digitalocean__nodegroups_key in data__digitalocean__nodegroups_keys:
                            if data__digitalocean__nodegroups_key not in []:
                                data__digitalocean__nodegroups_value = data__digitalocean__nodegroups.get(data__digitalocean__nodegroups_key)
                                if not isinstance(data__digitalocean__nodegroups_value, (dict, NoneType)):
                                    raise Invalid
                                data__digitalocean__nodegroups_value_is_dict = isinstance(data__digitalocean__nodegroups_value, dict)
                                if data__digitalocean__nodegroups_value_is_dict:
                                    data__digitalocean__nodegroups_value_keys = set(data__digitalocean__nodegroups_value.keys())
                                    if 'guest_accelerators' in data__digitalocean__nodegroups_value_keys:
                                        data__digitalocean__nodegroups_value_keys.remove('guest_accelerators')
                                        data__digitalocean__nodegroups_value__guestaccelerators = data__digitalocean__nodegroups_value['guest_accelerators']
                                        if not isinstance(data__digitalocean__nodegroups_value__guestaccelerators, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__digitalocean__nodegroups_value__guestaccelerators_is_list = isinstance(data__digitalocean__nodegroups_value__guestaccelerators, (list, tuple))
                                        if data__digitalocean__nodegroups_value__guestaccelerators_is_list:
                                            data__digitalocean__nodegroups_value__guestaccelerators_len = len(data__digitalocean__nodegroups_value__guestaccelerators)
                                            for data__digitalocean__nodegroups_value__guestaccelerators_x, data__digitalocean__nodegroups_value__guestaccelerators_item in enumerate(data__digitalocean__nodegroups_value__guestaccelerators):
                                                if not isinstance(data__digitalocean__nodegroups_value__guestaccelerators_item, dict):
                                                    raise Invalid
        if 'google_cloud_platform' in data_keys:
            data_keys.remove('google_cloud_platform')
            data__googlecloudplatform = data['google_cloud_platform']
            if not isinstance(data__googlecloudplatform, (dict, NoneType)):
                raise Invalid
            data__googlecloudplatform_is_dict = isinstance(data__googlecloudplatform, dict)
            if data__googlecloudplatform_is_dict:
                data__googlecloudplatform_keys = set(data__googlecloudplatform.keys())
                if 'terraform_overrides' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('terraform_overrides')
                    data__googlecloudplatform__terraformoverrides = data__googlecloudplatform['terraform_overrides']
                    if not isinstance(data__googlecloudplatform__terraformoverrides, (dict, NoneType)):
                        raise Invalid
                if 'release_channel' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('release_channel')
                    data__googlecloudplatform__releasechannel = data__googlecloudplatform['release_channel']
                    if not isinstance(data__googlecloudplatform__releasechannel, (str, NoneType)):
                        raise Invalid
                if 'tags' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('tags')
                    data__googlecloudplatform__tags = data__googlecloudplatform['tags']
                    if not isinstance(data__googlecloudplatform__tags, (list, tuple, NoneType)):
                        raise Invalid
                    data__googlecloudplatform__tags_is_list = isinstance(data__googlecloudplatform__tags, (list, tuple))
                    if data__googlecloudplatform__tags_is_list:
                        data__googlecloudplatform__tags_len = len(data__googlecloudplatform__tags)
                        for data__googlecloudplatform__tags_x, data__googlecloudplatform__tags_item in enumerate(data__googlecloudplatform__tags):
                            if not isinstance(data__googlecloudplatform__tags_item, str):
                                raise Invalid
                if 'networking_mode' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('networking_mode')
                    data__googlecloudplatform__networkingmode = data__googlecloudplatform['networking_mode']
                    if not isinstance(data__googlecloudplatform__networkingmode, (str, NoneType)):
                        raise Invalid
                if 'network' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('network')
                    data__googlecloudplatform__network = data__googlecloudplatform['network']
                    if not isinstance(data__googlecloudplatform__network, (str, NoneType)):
                        raise Invalid
                if 'subnetwork' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('subnetwork')
                    data__googlecloudplatform__subnetwork = data__googlecloudplatform['subnetwork']
                    if not isinstance(data__googlecloudplatform__subnetwork, (str, NoneType)):
                        raise Invalid
                if 'ip_allocation_policy' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('ip_allocation_policy')
                    data__googlecloudplatform__ipallocationpolicy = data__googlecloudplatform['ip_allocation_policy']
                    if not isinstance(data__googlecloudplatform__ipallocationpolicy, (dict, NoneType)):
                        raise Invalid
                    data__googlecloudplatform__ipallocationpolicy_is_dict = isinstance(data__googlecloudplatform__ipallocationpolicy, dict)
                    if data__googlecloudplatform__ipallocationpolicy_is_dict:
                        data__googlecloudplatform__ipallocationpolicy_keys = set(data__googlecloudplatform__ipallocationpolicy.keys())
                        if 'cluster_secondary_range_name' in data__googlecloudplatform__ipallocationpolicy_keys:
                            data__googlecloudplatform__ipallocationpolicy_keys.remove('cluster_secondary_range_name')
                            data__googlecloudplatform__ipallocationpolicy__clustersecondaryrangename = data__googlecloudplatform__ipallocationpolicy['cluster_secondary_range_name']
                            if not isinstance(data__googlecloudplatform__ipallocationpolicy__clustersecondaryrangename, (str, NoneType)):
                                raise Invalid
                        if 'services_secondary_range_name' in data__googlecloudplatform__ipallocationpolicy_keys:
                            data__googlecloudplatform__ipallocationpolicy_keys.remove('services_secondary_range_name')
                            data__googlecloudplatform__ipallocationpolicy__servicessecondaryrangename = data__googlecloudplatform__ipallocationpolicy['services_secondary_range_name']
                            if not isinstance(data__googlecloudplatform__ipallocationpolicy__servicessecondaryrangename, (str, NoneType)):
                                raise Invalid
                        if 'cluster_ipv4_cidr_block' in data__googlecloudplatform__ipallocationpolicy_keys:
                            data__googlecloudplatform__ipallocationpolicy_keys.remove('cluster_ipv4_cidr_block')
                            data__googlecloudplatform__ipallocationpolicy__clusteripv4cidrblock = data__googlecloudplatform__ipallocationpolicy['cluster_ipv4_cidr_block']
                            if not isinstance(data__googlecloudplatform__ipallocationpolicy__clusteripv4cidrblock, (str, NoneType)):
                                raise Invalid
                        if 'services_ipv4_cidr_block' in data__googlecloudplatform__ipallocationpolicy_keys:
                            data__googlecloudplatform__ipallocationpolicy_keys.remove('services_ipv4_cidr_block')
                            data__googlecloudplatform__ipallocationpolicy__servicesipv4cidrblock = data__googlecloudplatform__ipallocationpolicy['services_ipv4_cidr_block']
                            if not isinstance(data__googlecloudplatform__ipallocationpolicy__servicesipv4cidrblock, (str, NoneType)):
                                raise Invalid
                        if data__googlecloudplatform__ipallocationpolicy_keys:
                            raise Invalid
                if 'master_authorized_networks_config' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('master_authorized_networks_config')
                    data__googlecloudplatform__masterauthorizednetworksconfig = data__googlecloudplatform['master_authorized_networks_config']
                    if not isinstance(data__googlecloudplatform__masterauthorizednetworksconfig, (dict, NoneType)):
                        raise Invalid
                    data__googlecloudplatform__masterauthorizednetworksconfig_is_dict = isinstance(data__googlecloudplatform__masterauthorizednetworksconfig, dict)
                    if data__googlecloudplatform__masterauthorizednetworksconfig_is_dict:
                        data__googlecloudplatform__masterauthorizednetworksconfig_keys = set(data__googlecloudplatform__masterauthorizednetworksconfig.keys())
                        if 'cidr_block' in data__googlecloudplatform__masterauthorizednetworksconfig_keys:
                            data__googlecloudplatform__masterauthorizednetworksconfig_keys.remove('cidr_block')
                            data__googlecloudplatform__masterauthorizednetworksconfig__cidrblock = data__googlecloudplatform__masterauthorizednetworksconfig['cidr_block']
                            if not isinstance(data__googlecloudplatform__masterauthorizednetworksconfig__cidrblock, (str, NoneType)):
                                raise Invalid
                        if 'display_name' in data__googlecloudplatform__masterauthorizednetworksconfig_keys:
                            data__googlecloudplatform__masterauthorizednetworksconfig_keys.remove('display_name')
                            data__googlecloudplatform__masterauthorizednetworksconfig__displayname = data__googlecloudplatform__masterauthorizednetworksconfig['display_name']
                            if not isinstance(data__googlecloudplatform__masterauthorizednetworksconfig__displayname, (str, NoneType)):
                                raise Invalid
                        if data__googlecloudplatform__masterauthorizednetworksconfig_keys:
                            raise Invalid
                if 'private_cluster_config' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('private_cluster_config')
                    data__googlecloudplatform__privateclusterconfig = data__googlecloudplatform['private_cluster_config']
                    if not isinstance(data__googlecloudplatform__privateclusterconfig, (dict, NoneType)):
                        raise Invalid
                    data__googlecloudplatform__privateclusterconfig_is_dict = isinstance(data__googlecloudplatform__privateclusterconfig, dict)
                    if data__googlecloudplatform__privateclusterconfig_is_dict:
                        data__googlecloudplatform__privateclusterconfig_keys = set(data__googlecloudplatform__privateclusterconfig.keys())
                        if 'enable_private_nodes' in data__googlecloudplatform__privateclusterconfig_keys:
                            data__googlecloudplatform__privateclusterconfig_keys.remove('enable_private_nodes')
                            data__googlecloudplatform__privateclusterconfig__enableprivatenodes = data__googlecloudplatform__privateclusterconfig['enable_private_nodes']
                            if not isinstance(data__googlecloudplatform__privateclusterconfig__enableprivatenodes, (bool, NoneType)):
                                raise Invalid
                        if 'enable_private_endpoint' in data__googlecloudplatform__privateclusterconfig_keys:
                            data__googlecloudplatform__privateclusterconfig_keys.remove('enable_private_endpoint')
                            data__googlecloudplatform__privateclusterconfig__enableprivateendpoint = data__googlecloudplatform__privateclusterconfig['enable_private_endpoint']
                            if not isinstance(data__googlecloudplatform__privateclusterconfig__enableprivateendpoint, (bool, NoneType)):
                                raise Invalid
                        if 'master_ipv4_cidr_block' in data__googlecloudplatform__privateclusterconfig_keys:
                            data__googlecloudplatform__privateclusterconfig_keys.remove('master_ipv4_cidr_block')
                            data__googlecloudplatform__privateclusterconfig__masteripv4cidrblock = data__googlecloudplatform__privateclusterconfig['master_ipv4_cidr_block']
                            if not isinstance(data__googlecloudplatform__privateclusterconfig__masteripv4cidrblock, (str, NoneType)):
                                raise Invalid
                        if data__googlecloudplatform__privateclusterconfig_keys:
                            raise Invalid
                if 'node_groups' in data__googlecloudplatform_keys:
                    data__googlecloudplatform_keys.remove('node_groups')
                    data__googlecloudplatform__nodegroups = data__googlecloudplatform['node_groups']
                    if not isinstance(data__googlecloudplatform__nodegroups, (dict, NoneType)):
                        raise Invalid
                    data__googlecloudplatform__nodegroups_is_dict = isinstance(data__googlecloudplatform__nodegroups, dict)
                    if data__googlecloudplatform__nodegroups_is_dict:
                        data__googlecloudplatform__nodegroups_keys = set(data__googlecloudplatform__nodegroups.keys())
                        for data__googlecloudplatform__nodegroups_key in data__googlecloudplatform__nodegroups_keys:
                            if data__googlecloudplatform__nodegroups_key not in []:
                                data__googlecloudplatform__nodegroups_value = data__googlecloudplatform__nodegroups.get(data__googlecloudplatform__nodegroups_key)
                                if not isinstance(data__googlecloudplatform__nodegroups_value, (dict, NoneType)):
                                    raise Invalid
                                data__googlecloudplatform__nodegroups_value_is_dict = isinstance(data__googlecloudplatform__nodegroups_value, dict)
                                if data__googlecloudplatform__nodegroups_value_is_dict:
                                    data__googlecloudplatform__nodegroups_value_keys = set(data__googlecloudplatform__nodegroups_value.keys())
                                    if 'taints' in data__googlecloudplatform__nodegroups_value_keys:
                                        data__googlecloudplatform__nodegroups_value_keys.remove('taints')
                                        data__googlecloudplatform__nodegroups_value__taints = data__googlecloudplatform__nodegroups_value['taints']
                                        if not isinstance(data__googlecloudplatform__nodegroups_value__taints, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__googlecloudplatform__nodegroups_value__taints_is_list = isinstance(data__googlecloudplatform__nodegroups_value__taints, (list, tuple))
                                        if data__googlecloudplatform__nodegroups_value__taints_is_list:
                                            data__googlecloudplatform__nodegroups_value__taints_len = len(data__googlecloudplatform__nodegroups_value__taints)
                                            for data__googlecloudplatform__nodegroups_value__taints_x, data__googlecloudplatform__nodegroups_value__taints_item in enumerate(data__googlecloudplatform__nodegroups_value__taints):
                                                if not isinstance(data__googlecloudplatform__nodegroups_value__taints_item, (dict, str)):
                                                    raise Invalid
                                                data__googlecloudplatform__nodegroups_value__taints_item_is_dict = isinstance(data__googlecloudplatform__nodegroups_value__taints_item, dict)
                                                if data__googlecloudplatform__nodegroups_value__taints_item_is_dict:
                                                    data__googlecloudplatform__nodegroups_value__taints_item_keys = set(data__googlecloudplatform__nodegroups_value__taints_item.keys())
                                                    if 'key' in data__googlecloudplatform__nodegroups_value__taints_item_keys:
                                                        data__googlecloudplatform__nodegroups_value__taints_item_keys.remove('key')
                                                        data__googlecloudplatform__nodegroups_value__taints_item__key = data__googlecloudplatform__nodegroups_value__taints_item['key']
                                                        if not isinstance(data__googlecloudplatform__nodegroups_value__taints_item__key, (str, NoneType)):
                                                            raise Invalid
                                                    if 'value' in data__googlecloudplatform__nodegroups_value__taints_item_keys:
                                                        data__googlecloudplatform__nodegroups_value__taints_item_keys.remove('value')
                                                        data__googlecloudplatform__nodegroups_value__taints_item__value = data__googlecloudplatform__nodegroups_value__taints_item['value']
                                                        if not isinstance(data__googlecloudplatform__nodegroups_value__taints_item__value, (str, int, float, NoneType)) or isinstance(data__googlecloudplatform__nodegroups_value__taints_item__value, bool):
                                                            raise Invalid
                                                    if 'effect' in data__googlecloudplatform__nodegroups_value__taints_item_keys:
                                                        data__googlecloudplatform__nodegroups_value__taints_item_keys.remove('effect')
                                                        data__googlecloudplatform__nodegroups_value__taints_item__effect = data__googlecloudplatform__nodegroups_value__taints_item['effect']
                                                        if not (isinstance(data__googlecloudplatform__nodegroups_value__taints_item__effect, str) and data__googlecloudplatform__nodegroups_value__taints_item__effect == 'NoSchedule' or (isinstance(data__googlecloudplatform__nodegroups_value__taints_item__effect, str) and data__googlecloudplatform__nodegroups_value__taints_item__effect == 'PreferNoSchedule') or (isinstance(data__googlecloudplatform__nodegroups_value__taints_item__effect, str) and data__googlecloudplatform__nodegroups_value__taints_item__effect == 'NoExecute') or (data__googlecloudplatform__nodegroups_value__taints_item__effect is None)):
                                                            raise Invalid
                                                    if data__googlecloudplatform__nodegroups_value__taints_item_keys:
                                                        raise Invalid
        if 'amazon_web_services' in data_keys:
            data_keys.remove('amazon_web_services')
            data__amazonwebservices = data['amazon_web_services']
            if not isinstance(data__amazonwebservices, (dict, NoneType)):
                raise Invalid
            data__amazonwebservices_is_dict = isinstance(data__amazonwebservices, dict)
            if data__amazonwebservices_is_dict:
                data__amazonwebservices_keys = set(data__amazonwebservices.keys())
                if 'terraform_overrides' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('terraform_overrides')
                    data__amazonwebservices__terraformoverrides = data__amazonwebservices['terraform_overrides']
                    if not isinstance(data__amazonwebservices__terraformoverrides, (dict, NoneType)):
                        raise Invalid
                if 'eks_endpoint_access' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('eks_endpoint_access')
                    data__amazonwebservices__eksendpointaccess = data__amazonwebservices['eks_endpoint_access']
                    if not (isinstance(data__amazonwebservices__eksendpointaccess, str) and data__amazonwebservices__eksendpointaccess == 'private' or (isinstance(data__amazonwebservices__eksendpointaccess, str) and data__amazonwebservices__eksendpointaccess == 'public') or (isinstance(data__amazonwebservices__eksendpointaccess, str) and data__amazonwebservices__eksendpointaccess == 'public_and_private') or (data__amazonwebservices__eksendpointaccess is None)):
                        raise Invalid
                if 'eks_public_access_cidrs' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('eks_public_access_cidrs')
                    data__amazonwebservices__ekspublicaccesscidrs = data__amazonwebservices['eks_public_access_cidrs']
                    if not isinstance(data__amazonwebservices__ekspublicaccesscidrs, (list, tuple, NoneType)):
                        raise Invalid
                    data__amazonwebservices__ekspublicaccesscidrs_is_list = isinstance(data__amazonwebservices__ekspublicaccesscidrs, (list, tuple))
                    if data__amazonwebservices__ekspublicaccesscidrs_is_list:
                        data__amazonwebservices__ekspublicaccesscidrs_len = len(data__amazonwebservices__ekspublicaccesscidrs)
                        for data__amazonwebservices__ekspublicaccesscidrs_x, data__amazonwebservices__ekspublicaccesscidrs_item in enumerate(data__amazonwebservices__ekspublicaccesscidrs):
                            if not isinstance(data__amazonwebservices__ekspublicaccesscidrs_item, str):
                                raise Invalid
                if 'eks_kms_arn' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('eks_kms_arn')
                    data__amazonwebservices__ekskmsarn = data__amazonwebservices['eks_kms_arn']
                    if not isinstance(data__amazonwebservices__ekskmsarn, (str, NoneType)):
                        raise Invalid
                if 'existing_subnet_ids' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('existing_subnet_ids')
                    data__amazonwebservices__existingsubnetids = data__amazonwebservices['existing_subnet_ids']
                    if not isinstance(data__amazonwebservices__existingsubnetids, (list, tuple, NoneType)):
                        raise Invalid
                    data__amazonwebservices__existingsubnetids_is_list = isinstance(data__amazonwebservices__existingsubnetids, (list, tuple))
                    if data__amazonwebservices__existingsubnetids_is_list:
                        data__amazonwebservices__existingsubnetids_len = len(data__amazonwebservices__existingsubnetids)
                        for data__amazonwebservices__existingsubnetids_x, data__amazonwebservices__existingsubnetids_item in enumerate(data__amazonwebservices__existingsubnetids):
                            if not isinstance(data__amazonwebservices__existingsubnetids_item, str):
                                raise Invalid
                if 'existing_security_group_id' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('existing_security_group_id')
                    data__amazonwebservices__existingsecuritygroupid = data__amazonwebservices['existing_security_group_id']
                    if not isinstance(data__amazonwebservices__existingsecuritygroupid, (str, NoneType)):
                        raise Invalid
                if 'vpc_cidr_block' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('vpc_cidr_block')
                    data__amazonwebservices__vpccidrblock = data__amazonwebservices['vpc_cidr_block']
                    if not isinstance(data__amazonwebservices__vpccidrblock, (str, NoneType)):
                        raise Invalid
                if 'permissions_boundary' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('permissions_boundary')
                    data__amazonwebservices__permissionsboundary = data__amazonwebservices['permissions_boundary']
                    if not isinstance(data__amazonwebservices__permissionsboundary, (str, NoneType)):
                        raise Invalid
                if 'tags' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('tags')
                    data__amazonwebservices__tags = data__amazonwebservices['tags']
                    if not isinstance(data__amazonwebservices__tags, (dict, NoneType)):
                        raise Invalid
                    data__amazonwebservices__tags_is_dict = isinstance(data__amazonwebservices__tags, dict)
                    if data__amazonwebservices__tags_is_dict:
                        data__amazonwebservices__tags_keys = set(data__amazonwebservices__tags.keys())
                        for data__amazonwebservices__tags_key in data__amazonwebservices__tags_keys:
                            if data__amazonwebservices__tags_key not in []:
                                data__amazonwebservices__tags_value = data__amazonwebservices__tags.get(data__amazonwebservices__tags_key)
                                if not isinstance(data__amazonwebservices__tags_value, str):
                                    raise Invalid
                if 'node_groups' in data__amazonwebservices_keys:
                    data__amazonwebservices_keys.remove('node_groups')
                    data__amazonwebservices__nodegroups = data__amazonwebservices['node_groups']
                    if not isinstance(data__amazonwebservices__nodegroups, (dict, NoneType)):
                        raise Invalid
                    data__amazonwebservices__nodegroups_is_dict = isinstance(data__amazonwebservices__nodegroups, dict)
                    if data__amazonwebservices__nodegroups_is_dict:
                        data__amazonwebservices__nodegroups_keys = set(data__amazonwebservices__nodegroups.keys())
                        for data__amazonwebservices__nodegroups_key in data__amazonwebservices__nodegroups_keys:
                            if data__amazonwebservices__nodegroups_key not in []:
                                data__amazonwebservices__nodegroups_value = data__amazonwebservices__nodegroups.get(data__amazonwebservices__nodegroups_key)
                                if not isinstance(data__amazonwebservices__nodegroups_value, (dict, NoneType)):
                                    raise Invalid
                                data__amazonwebservices__nodegroups_value_is_dict = isinstance(data__amazonwebservices__nodegroups_value, dict)
                                if data__amazonwebservices__nodegroups_value_is_dict:
                                    data__amazonwebservices__nodegroups_value_keys = set(data__amazonwebservices__nodegroups_value.keys())
                                    if 'taints' in data__amazonwebservices__nodegroups_value_keys:
                                        data__amazonwebservices__nodegroups_value_keys.remove('taints')
                                        data__amazonwebservices__nodegroups_value__taints = data__amazonwebservices__nodegroups_value['taints']
                                        if not isinstance(data__amazonwebservices__nodegroups_value__taints, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__amazonwebservices__nodegroups_value__taints_is_list = isinstance(data__amazonwebservices__nodegroups_value__taints, (list, tuple))
                                        if data__amazonwebservices__nodegroups_value__taints_is_list:
                                            data__amazonwebservices__nodegroups_value__taints_len = len(data__amazonwebservices__nodegroups_value__taints)
                                            for data__amazonwebservices__nodegroups_value__taints_x, data__amazonwebservices__nodegroups_value__taints_item in enumerate(data__amazonwebservices__nodegroups_value__taints):
                                                if not isinstance(data__amazonwebservices__nodegroups_value__taints_item, (dict, str)):
                                                    raise Invalid
                                                data__amazonwebservices__nodegroups_value__taints_item_is_dict = isinstance(data__amazonwebservices__nodegroups_value__taints_item, dict)
                                                if data__amazonwebservices__nodegroups_value__taints_item_is_dict:
                                                    data__amazonwebservices__nodegroups_value__taints_item_keys = set(data__amazonwebservices__nodegroups_value__taints_item.keys())
                                                    if 'key' in data__amazonwebservices__nodegroups_value__taints_item_keys:
                                                        data__amazonwebservices__nodegroups_value__taints_item_keys.remove('key')
                                                        data__amazonwebservices__nodegroups_value__taints_item__key = data__amazonwebservices__nodegroups_value__taints_item['key']
                                                        if not isinstance(data__amazonwebservices__nodegroups_value__taints_item__key, (str, NoneType)):
                                                            raise Invalid
                                                    if 'value' in data__amazonwebservices__nodegroups_value__taints_item_keys:
                                                        data__amazonwebservices__nodegroups_value__taints_item_keys.remove('value')
                                                        data__amazonwebservices__nodegroups_value__taints_item__value = data__amazonwebservices__nodegroups_value__taints_item['value']
                                                        if not isinstance(data__amazonwebservices__nodegroups_value__taints_item__value, (str, int, float, NoneType)) or isinstance(data__amazonwebservices__nodegroups_value__taints_item__value, bool):
                                                            raise Invalid
                                                    if 'effect' in data__amazonwebservices__nodegroups_value__taints_item_keys:
                                                        data__amazonwebservices__nodegroups_value__taints_item_keys.remove('effect')
                                                        data__amazonwebservices__nodegroups_value__taints_item__effect = data__amazonwebservices__nodegroups_value__taints_item['effect']
                                                        if not (isinstance(data__amazonwebservices__nodegroups_value__taints_item__effect, str) and data__amazonwebservices__nodegroups_value__taints_item__effect == 'NoSchedule' or (isinstance(data__amazonwebservices__nodegroups_value__taints_item__effect, str) and data__amazonwebservices__nodegroups_value__taints_item__effect == 'PreferNoSchedule') or (isinstance(data__amazonwebservices__nodegroups_value__taints_item__effect, str) and data__amazonwebservices__nodegroups_value__taints_item__effect == 'NoExecute') or (data__amazonwebservices__nodegroups_value__taints_item__effect is None)):
                                                            raise Invalid
                                                    if data__amazonwebservices__nodegroups_value__taints_item_keys:
                                                        raise Invalid
                                    if 'guest_accelerators' in data__amazonwebservices__nodegroups_value_keys:
                                        data__amazonwebservices__nodegroups_value_keys.remove('guest_accelerators')
                                        data__amazonwebservices__nodegroups_value__guestaccelerators = data__amazonwebservices__nodegroups_value['guest_accelerators']
                                        if not isinstance(data__amazonwebservices__nodegroups_value__guestaccelerators, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__amazonwebservices__nodegroups_value__guestaccelerators_is_list = isinstance(data__amazonwebservices__nodegroups_value__guestaccelerators, (list, tuple))
                                        if data__amazonwebservices__nodegroups_value__guestaccelerators_is_list:
                                            data__amazonwebservices__nodegroups_value__guestaccelerators_len = len(data__amazonwebservices__nodegroups_value__guestaccelerators)
                                            for data__amazonwebservices__nodegroups_value__guestaccelerators_x, data__amazonwebservices__nodegroups_value__guestaccelerators_item in enumerate(data__amazonwebservices__nodegroups_value__guestaccelerators):
                                                if not isinstance(data__amazonwebservices__nodegroups_value__guestaccelerators_item, dict):
                                                    raise Invalid
                                    if 'single_subnet' in data__amazonwebservices__nodegroups_value_keys:
                                        data__amazonwebservices__nodegroups_value_keys.remove('single_subnet')
                                        data__amazonwebservices__nodegroups_value__singlesubnet = data__amazonwebservices__nodegroups_value['single_subnet']
                                        if not isinstance(data__amazonwebservices__nodegroups_value__singlesubnet, (bool, NoneType)):
                                            raise Invalid
                                    if 'permissions_boundary' in data__amazonwebservices__nodegroups_value_keys:
                                        data__amazonwebservices__nodegroups_value_keys.remove('permissions_boundary')
                                        data__amazonwebservices__nodegroups_value__permissionsboundary = data__amazonwebservices__nodegroups_value['permissions_boundary']
                                        if not isinstance(data__amazonwebservices__nodegroups_value__permissionsboundary, (str, NoneType)):
                                            raise Invalid
        if 'azure' in data_keys:
            data_keys.remove('azure')
            data__azure = data['azure']
            if not isinstance(data__azure, (dict, NoneType)):
                raise Invalid
            data__azure_is_dict = isinstance(data__azure, dict)
            if data__azure_is_dict:
                data__azure_keys = set(data__azure.keys())
                if 'project' in data__azure_keys:
                    data__azure_keys.remove('project')
                    data__azure__project = data__azure['project']
                    if not isinstance(data__azure__project, (str, NoneType)):
                        raise Invalid
                if 'terraform_overrides' in data__azure_keys:
                    data__azure_keys.remove('terraform_overrides')
                    data__azure__terraformoverrides = data__azure['terraform_overrides']
                    if not isinstance(data__azure__terraformoverrides, (dict, NoneType)):
                        raise Invalid
                if 'authorized_ip_ranges' in data__azure_keys:
                    data__azure_keys.remove('authorized_ip_ranges')
                    data__azure__authorizedipranges = data__azure['authorized_ip_ranges']
                    if not isinstance(data__azure__authorizedipranges, (list, tuple, NoneType)):
                        raise Invalid
                    data__azure__authorizedipranges_is_list = isinstance(data__azure__authorizedipranges, (list, tuple))
                    if data__azure__authorizedipranges_is_list:
                        data__azure__authorizedipranges_len = len(data__azure__authorizedipranges)
                        for data__azure__authorizedipranges_x, data__azure__authorizedipranges_item in enumerate(data__azure__authorizedipranges):
                            if not isinstance(data__azure__authorizedipranges_item, str):
                                raise Invalid
                if 'resource_group_name' in data__azure_keys:
                    data__azure_keys.remove('resource_group_name')
                    data__azure__resourcegroupname = data__azure['resource_group_name']
                    if not isinstance(data__azure__resourcegroupname, (str, NoneType)):
                        raise Invalid
                if 'vnet_subnet_id' in data__azure_keys:
                    data__azure_keys.remove('vnet_subnet_id')
                    data__azure__vnetsubnetid = data__azure['vnet_subnet_id']
                    if not isinstance(data__azure__vnetsubnetid, (str, NoneType)):
                        raise Invalid
                if 'private_cluster_enabled' in data__azure_keys:
                    data__azure_keys.remove('private_cluster_enabled')
                    data__azure__privateclusterenabled = data__azure['private_cluster_enabled']
                    if not isinstance(data__azure__privateclusterenabled, (bool, NoneType)):
                        raise Invalid
                if 'tags' in data__azure_keys:
                    data__azure_keys.remove('tags')
                    data__azure__tags = data__azure['tags']
                    if not isinstance(data__azure__tags, (dict, NoneType)):
                        raise Invalid
                    data__azure__tags_is_dict = isinstance(data__azure__tags, dict)
                    if data__azure__tags_is_dict:
                        data__azure__tags_keys = set(data__azure__tags.keys())
                        for data__azure__tags_key in data__azure__tags_keys:
                            if data__azure__tags_key not in []:
                                data__azure__tags_value = data__azure__tags.get(data__azure__tags_key)
                                if not isinstance(data__azure__tags_value, str):
                                    raise Invalid
                if 'network_profile' in data__azure_keys:
                    data__azure_keys.remove('network_profile')
                    data__azure__networkprofile = data__azure['network_profile']
                    if not isinstance(data__azure__networkprofile, (dict, NoneType)):
                        raise Invalid
                    data__azure__networkprofile_is_dict = isinstance(data__azure__networkprofile, dict)
                    if data__azure__networkprofile_is_dict:
                        data__azure__networkprofile_keys = set(data__azure__networkprofile.keys())
                        for data__azure__networkprofile_key in data__azure__networkprofile_keys:
                            if data__azure__networkprofile_key not in []:
                                data__azure__networkprofile_value = data__azure__networkprofile.get(data__azure__networkprofile_key)
                                if not isinstance(data__azure__networkprofile_value, str):
                                    raise Invalid
                if 'max_pods' in data__azure_keys:
                    data__azure_keys.remove('max_pods')
                    data__azure__maxpods = data__azure['max_pods']
                    if not isinstance(data__azure__maxpods, (int, NoneType)) and (not (isinstance(data__azure__maxpods, float) and data__azure__maxpods.is_integer())) or isinstance(data__azure__maxpods, bool):
                        raise Invalid
                if 'workload_identity_enabled' in data__azure_keys:
                    data__azure_keys.remove('workload_identity_enabled')
                    data__azure__workloadidentityenabled = data__azure['workload_identity_enabled']
                    if not isinstance(data__azure__workloadidentityenabled, (bool, NoneType)):
                        raise Invalid
                if 'azure_policy_enabled' in data__azure_keys:
                    data__azure_keys.remove('azure_policy_enabled')
                    data__azure__azurepolicyenabled = data__azure['azure_policy_enabled']
                    if not isinstance(data__azure__azurepolicyenabled, (bool, NoneType)):
                        raise Invalid
                if 'node_groups' in data__azure_keys:
                    data__azure_keys.remove('node_groups')
                    data__azure__nodegroups = data__azure['node_groups']
                    if not isinstance(data__azure__nodegroups, (dict, NoneType)):
                        raise Invalid
                    data__azure__nodegroups_is_dict = isinstance(data__azure__nodegroups, dict)
                    if data__azure__nodegroups_is_dict:
                        data__azure__nodegroups_keys = set(data__azure__nodegroups.keys())
                        for data__azure__nodegroups_key in data__azure__nodegroups_keys:
                            if data__azure__nodegroups_key not in []:
                                data__azure__nodegroups_value = data__azure__nodegroups.get(data__azure__nodegroups_key)
                                if not isinstance(data__azure__nodegroups_value, (dict, NoneType)):
                                    raise Invalid
                                data__azure__nodegroups_value_is_dict = isinstance(data__azure__nodegroups_value, dict)
                                if data__azure__nodegroups_value_is_dict:
                                    data__azure__nodegroups_value_keys = set(data__azure__nodegroups_value.keys())
                                    if 'taints' in data__azure__nodegroups_value_keys:
                                        data__azure__nodegroups_value_keys.remove('taints')
                                        data__azure__nodegroups_value__taints = data__azure__nodegroups_value['taints']
                                        if not isinstance(data__azure__nodegroups_value__taints, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__azure__nodegroups_value__taints_is_list = isinstance(data__azure__nodegroups_value__taints, (list, tuple))
                                        if data__azure__nodegroups_value__taints_is_list:
                                            data__azure__nodegroups_value__taints_len = len(data__azure__nodegroups_value__taints)
                                            for data__azure__nodegroups_value__taints_x, data__azure__nodegroups_value__taints_item in enumerate(data__azure__nodegroups_value__taints):
                                                if not isinstance(data__azure__nodegroups_value__taints_item, (dict, str)):
                                                    raise Invalid
                                                data__azure__nodegroups_value__taints_item_is_dict = isinstance(data__azure__nodegroups_value__taints_item, dict)
                                                if data__azure__nodegroups_value__taints_item_is_dict:
                                                    data__azure__nodegroups_value__taints_item_keys = set(data__azure__nodegroups_value__taints_item.keys())
                                                    if 'key' in data__azure__nodegroups_value__taints_item_keys:
                                                        data__azure__nodegroups_value__taints_item_keys.remove('key')
                                                        data__azure__nodegroups_value__taints_item__key = data__azure__nodegroups_value__taints_item['key']
                                                        if not isinstance(data__azure__nodegroups_value__taints_item__key, (str, NoneType)):
                                                            raise Invalid
                                                    if 'value' in data__azure__nodegroups_value__taints_item_keys:
                                                        data__azure__nodegroups_value__taints_item_keys.remove('value')
                                                        data__azure__nodegroups_value__taints_item__value = data__azure__nodegroups_value__taints_item['value']
                                                        if not isinstance(data__azure__nodegroups_value__taints_item__value, (str, int, float, NoneType)) or isinstance(data__azure__nodegroups_value__taints_item__value, bool):
                                                            raise Invalid
                                                    if 'effect' in data__azure__nodegroups_value__taints_item_keys:
                                                        data__azure__nodegroups_value__taints_item_keys.remove('effect')
                                                        data__azure__nodegroups_value__taints_item__effect = data__azure__nodegroups_value__taints_item['effect']
                                                        if not (isinstance(data__azure__nodegroups_value__taints_item__effect, str) and data__azure__nodegroups_value__taints_item__effect == 'NoSchedule' or (isinstance(data__azure__nodegroups_value__taints_item__effect, str) and data__azure__nodegroups_value__taints_item__effect == 'PreferNoSchedule') or (isinstance(data__azure__nodegroups_value__taints_item__effect, str) and data__azure__nodegroups_value__taints_item__effect == 'NoExecute') or (data__azure__nodegroups_value__taints_item__effect is None)):
                                                            raise Invalid
                                                    if data__azure__nodegroups_value__taints_item_keys:
                                                        raise Invalid
                                    if 'guest_accelerators' in data__azure__nodegroups_value_keys:
                                        data__azure__nodegroups_value_keys.remove('guest_accelerators')
                                        data__azure__nodegroups_value__guestaccelerators = data__azure__nodegroups_value['guest_accelerators']
                                        if not isinstance(data__azure__nodegroups_value__guestaccelerators, (list, tuple, NoneType)):
                                            raise Invalid
                                        data__azure__nodegroups_value__guestaccelerators_is_list = isinstance(data__azure__nodegroups_value__guestaccelerators, (list, tuple))
                                        if data__azure__nodegroups_value__guestaccelerators_is_list:
                                            data__azure__nodegroups_value__guestaccelerators_len = len(data__azure__nodegroups_value__guestaccelerators)
                                            for data__azure__nodegroups_value__guestaccelerators_x, data__azure__nodegroups_value__guestaccelerators_item in enumerate(data__azure__nodegroups_value__guestaccelerators):
                                                if not isinstance(data__azure__nodegroups_value__guestaccelerators_item, dict):
                                                    raise Invalid
    return data
