package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"sigs.k8s.io/yaml"
)

// connection is one cluster and one user of it, complete: it names no further file.
type connection struct {
	cluster kubeCluster
	user    kubeUser
}

type kubeconfig struct {
	APIVersion     string        `json:"apiVersion"`
	Kind           string        `json:"kind"`
	CurrentContext string        `json:"current-context"`
	Clusters       []kubeEntry   `json:"clusters"`
	Users          []kubeEntry   `json:"users"`
	Contexts       []kubeContext `json:"contexts"`
}

// kubeEntry is a cluster or a user by its name.
type kubeEntry struct {
	Name    string       `json:"name"`
	Cluster *kubeCluster `json:"cluster,omitempty"`
	User    *kubeUser    `json:"user,omitempty"`
}

type kubeContext struct {
	Name    string `json:"name"`
	Context struct {
		Cluster string `json:"cluster"`
		User    string `json:"user"`
	} `json:"context"`
}

type kubeCluster struct {
	Server        string `json:"server"`
	AuthorityFile string `json:"certificate-authority,omitempty"`
	Authority     []byte `json:"certificate-authority-data,omitempty"`
	Insecure      bool   `json:"insecure-skip-tls-verify,omitempty"`
	ServerName    string `json:"tls-server-name,omitempty"`
	Proxy         string `json:"proxy-url,omitempty"`
}

type kubeUser struct {
	Token           string   `json:"token,omitempty"`
	TokenFile       string   `json:"tokenFile,omitempty"`
	CertificateFile string   `json:"client-certificate,omitempty"`
	Certificate     []byte   `json:"client-certificate-data,omitempty"`
	KeyFile         string   `json:"client-key,omitempty"`
	Key             []byte   `json:"client-key-data,omitempty"`
	Username        string   `json:"username,omitempty"`
	Password        string   `json:"password,omitempty"`
	As              string   `json:"as,omitempty"`
	AsGroups        []string `json:"as-groups,omitempty"`
	Exec            *login   `json:"exec,omitempty"`
	AuthProvider    any      `json:"auth-provider,omitempty"`
}

// login is a program that prints a credential.
type login struct {
	APIVersion         string       `json:"apiVersion"`
	Command            string       `json:"command"`
	Args               []string     `json:"args,omitempty"`
	Env                []loginEntry `json:"env,omitempty"`
	InstallHint        string       `json:"installHint,omitempty"`
	InteractiveMode    string       `json:"interactiveMode,omitempty"`
	ProvideClusterInfo bool         `json:"provideClusterInfo,omitempty"`
}

type loginEntry struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// kubernetesConnection reads the configuration of the Kubernetes provider: a single path goes before several.
func kubernetesConnection(config cty.Value) (*connection, error) {
	if !config.IsWhollyKnown() {
		return nil, errUnknown
	}
	paths := texts(config, "config_paths")
	if one := configured(config, "config_path", "KUBE_CONFIG_PATH"); one != "" {
		paths = []string{one}
	} else if len(paths) == 0 {
		paths = filepath.SplitList(os.Getenv("KUBE_CONFIG_PATHS"))
	}
	var exec cty.Value
	if blocks := config.GetAttr("exec"); blocks.LengthInt() > 0 {
		exec = blocks.Index(cty.NumberIntVal(0))
	}
	return connected(config, exec, paths)
}

// helmConnection reads the configuration of the Helm provider: KUBE_CONFIG_PATHS goes before all.
func helmConnection(config cty.Value) (*connection, error) {
	if !config.IsWhollyKnown() {
		return nil, errUnknown
	}
	config = config.GetAttr("kubernetes")
	if config.IsNull() {
		fields := map[string]cty.Value{}
		for name, ty := range config.Type().AttributeTypes() {
			fields[name] = cty.NullVal(ty)
		}
		config = cty.ObjectVal(fields)
	}
	var paths []string
	if one := configured(config, "config_path", "KUBE_CONFIG_PATH"); one != "" {
		paths = append(paths, one)
	}
	paths = append(paths, texts(config, "config_paths")...)
	if listed := os.Getenv("KUBE_CONFIG_PATHS"); listed != "" {
		paths = filepath.SplitList(listed)
	}
	exec := config.GetAttr("exec")
	if exec.IsNull() {
		exec = cty.Value{}
	}
	return connected(config, exec, paths)
}

var errUnknown = errors.New("the provider's configuration is not known yet")

// configured is an argument of a provider, or else an environment variable.
func configured(config cty.Value, name, variable string) string {
	if given := text(config, name); given != "" {
		return given
	}
	return os.Getenv(variable)
}

// connected merges the files, picks the context and lays what the provider block says over it.
func connected(config, exec cty.Value, paths []string) (*connection, error) {
	made := &connection{}
	if len(paths) > 0 {
		merged, err := readKubeconfigs(paths)
		if err != nil {
			return nil, err
		}
		context := configured(config, "config_context", "KUBE_CTX")
		cluster := configured(config, "config_context_cluster", "KUBE_CTX_CLUSTER")
		user := configured(config, "config_context_auth_info", "KUBE_CTX_AUTH_INFO")
		if err := made.pick(merged, context, cluster, user); err != nil {
			return nil, err
		}
	}
	made.overrule(config, exec)
	if made.cluster.Server == "" {
		return nil, errors.New("invalid configuration: no configuration has been provided")
	}
	if made.user.AuthProvider != nil {
		return nil, errors.New("auth-provider of a kubeconfig is gone from Kubernetes; use exec")
	}
	return made, made.complete()
}

// readKubeconfigs merges files as kubectl does: the first that says something counts. Of several, some may be missing.
func readKubeconfigs(paths []string) (*kubeconfig, error) {
	merged := &kubeconfig{}
	for _, path := range paths {
		path = expanded(path)
		one, err := readKubeconfig(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && len(paths) > 1:
			continue
		case err != nil:
			return nil, err
		}
		if merged.CurrentContext == "" {
			merged.CurrentContext = one.CurrentContext
		}
		merged.Clusters = append(merged.Clusters, one.Clusters...)
		merged.Users = append(merged.Users, one.Users...)
		merged.Contexts = append(merged.Contexts, one.Contexts...)
	}
	return merged, nil
}

// readKubeconfig makes the paths in a file absolute: they are meant from its folder.
func readKubeconfig(path string) (*kubeconfig, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	one := &kubeconfig{}
	if err := yaml.Unmarshal(content, one); err != nil {
		return nil, fmt.Errorf("error loading config file %q: %w", path, err)
	}
	folder := filepath.Dir(path)
	for _, entry := range one.Clusters {
		if entry.Cluster != nil {
			entry.Cluster.AuthorityFile = from(folder, entry.Cluster.AuthorityFile)
		}
	}
	for _, entry := range one.Users {
		if user := entry.User; user != nil {
			user.TokenFile = from(folder, user.TokenFile)
			user.CertificateFile = from(folder, user.CertificateFile)
			user.KeyFile = from(folder, user.KeyFile)
			if user.Exec != nil && strings.ContainsRune(user.Exec.Command, filepath.Separator) {
				user.Exec.Command = from(folder, user.Exec.Command)
			}
		}
	}
	return one, nil
}

func from(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

func expanded(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(os.Getenv("HOME"), rest)
	}
	return path
}

func (c *connection) pick(config *kubeconfig, context, cluster, user string) error {
	if context == "" {
		context = config.CurrentContext
	}
	found := false
	for _, entry := range config.Contexts {
		if entry.Name == context && !found {
			found = true
			cluster, user = first(cluster, entry.Context.Cluster), first(user, entry.Context.User)
		}
	}
	if !found && context != "" {
		return fmt.Errorf("context %q does not exist", context)
	}
	for _, entry := range config.Clusters {
		if entry.Name == cluster && entry.Cluster != nil && c.cluster.Server == "" {
			c.cluster = *entry.Cluster
		}
	}
	if cluster != "" && c.cluster.Server == "" {
		return fmt.Errorf("cluster %q does not exist", cluster)
	}
	for _, entry := range config.Users {
		if entry.Name == user && entry.User != nil {
			c.user = *entry.User
			return nil
		}
	}
	if user != "" {
		return fmt.Errorf("auth info %q does not exist", user)
	}
	return nil
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func (c *connection) overrule(config, exec cty.Value) {
	c.cluster.Server = first(configured(config, "host", "KUBE_HOST"), c.cluster.Server)
	c.cluster.ServerName = first(configured(config, "tls_server_name", "KUBE_TLS_SERVER_NAME"), c.cluster.ServerName)
	c.cluster.Proxy = first(configured(config, "proxy_url", "KUBE_PROXY_URL"), c.cluster.Proxy)
	c.cluster.Insecure = c.cluster.Insecure || flag(config, "insecure") || os.Getenv("KUBE_INSECURE") == "true"
	if given := configured(config, "token", "KUBE_TOKEN"); given != "" {
		c.user.Token, c.user.TokenFile = given, ""
	}
	c.user.Username = first(configured(config, "username", "KUBE_USER"), c.user.Username)
	c.user.Password = first(configured(config, "password", "KUBE_PASSWORD"), c.user.Password)
	if given := configured(config, "cluster_ca_certificate", "KUBE_CLUSTER_CA_CERT_DATA"); given != "" {
		c.cluster.Authority = []byte(given)
	}
	if given := configured(config, "client_certificate", "KUBE_CLIENT_CERT_DATA"); given != "" {
		c.user.Certificate = []byte(given)
	}
	if given := configured(config, "client_key", "KUBE_CLIENT_KEY_DATA"); given != "" {
		c.user.Key = []byte(given)
	}
	if exec != (cty.Value{}) {
		c.user.Exec = &login{
			APIVersion: text(exec, "api_version"),
			Command:    text(exec, "command"),
			Args:       texts(exec, "args"),
		}
		for name, value := range mapping(exec, "env") {
			c.user.Exec.Env = append(c.user.Exec.Env, loginEntry{Name: name, Value: value})
		}
	}
	if !strings.Contains(c.cluster.Server, "://") && c.cluster.Server != "" {
		c.cluster.Server = "https://" + c.cluster.Server
	}
}

// complete reads the files that are named, so that the connection can be handed on.
func (c *connection) complete() error {
	for _, file := range []struct {
		path    *string
		content *[]byte
	}{
		{&c.cluster.AuthorityFile, &c.cluster.Authority},
		{&c.user.CertificateFile, &c.user.Certificate},
		{&c.user.KeyFile, &c.user.Key},
	} {
		if len(*file.content) == 0 && *file.path != "" {
			content, err := os.ReadFile(*file.path)
			if err != nil {
				return err
			}
			*file.content = content
		}
		*file.path = ""
	}
	if c.user.TokenFile != "" {
		content, err := os.ReadFile(c.user.TokenFile)
		if err != nil {
			return err
		}
		c.user.Token, c.user.TokenFile = strings.TrimSpace(string(content)), ""
	}
	if c.user.Exec != nil && c.user.Exec.InteractiveMode == "" {
		c.user.Exec.InteractiveMode = "IfAvailable"
	}
	return nil
}

// kubeconfig is the connection as a file for another program; JSON is YAML.
func (c *connection) kubeconfig() ([]byte, error) {
	whole := kubeconfig{
		APIVersion:     "v1",
		Kind:           "Config",
		CurrentContext: "this",
		Clusters:       []kubeEntry{{Name: "this", Cluster: &c.cluster}},
		Users:          []kubeEntry{{Name: "this", User: &c.user}},
		Contexts:       []kubeContext{{Name: "this"}},
	}
	whole.Contexts[0].Context.Cluster, whole.Contexts[0].Context.User = "this", "this"
	return json.Marshal(whole)
}
