package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"sigs.k8s.io/yaml"
)

// block is a provider block of the Kubernetes provider, null where the test says nothing.
func block(arguments map[string]cty.Value) cty.Value {
	login := cty.Object(map[string]cty.Type{
		"api_version": cty.String, "command": cty.String, "args": cty.List(cty.String), "env": cty.Map(cty.String),
	})
	fields := map[string]cty.Value{
		"config_paths": cty.NullVal(cty.List(cty.String)),
		"insecure":     cty.NullVal(cty.Bool),
		"exec":         cty.ListValEmpty(login),
	}
	for _, name := range []string{
		"client_certificate", "client_key", "cluster_ca_certificate", "config_context", "config_context_auth_info",
		"config_context_cluster", "config_path", "host", "password", "proxy_url", "tls_server_name", "token", "username",
	} {
		fields[name] = cty.NullVal(cty.String)
	}
	for name, value := range arguments {
		fields[name] = value
	}
	return cty.ObjectVal(fields)
}

const (
	ours = `
current-context: a
clusters:
- {name: one, cluster: {server: "https://one", certificate-authority: ca.crt}}
users:
- {name: me, user: {tokenFile: token}}
contexts:
- {name: a, context: {cluster: one, user: me}}
`
	theirs = `
current-context: b
clusters:
- {name: one, cluster: {server: "https://never"}}
- {name: two, cluster: {server: "https://two"}}
users:
- {name: you, user: {token: theirs, exec: {apiVersion: v, command: ./login}}}
contexts:
- {name: b, context: {cluster: two, user: you}}
`
)

func kubeconfigs(t *testing.T) (string, []cty.Value) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"ours": ours, "theirs": theirs, "ca.crt": "a certificate", "token": "mine\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	paths := []cty.Value{}
	for _, name := range []string{"missing", "ours", "theirs"} {
		paths = append(paths, cty.StringVal(filepath.Join(folder, name)))
	}
	return folder, paths
}

func TestOfSeveralFilesTheFirstThatSaysSomethingCounts(t *testing.T) {
	folder, paths := kubeconfigs(t)
	for _, way := range []struct{ context, server, token, login string }{
		{"", "https://one", "mine", ""},
		{"a", "https://one", "mine", ""},
		{"b", "https://two", "theirs", filepath.Join(folder, "login")},
	} {
		t.Run("context "+way.context, func(t *testing.T) {
			config := block(map[string]cty.Value{"config_paths": cty.ListVal(paths), "config_context": cty.StringVal(way.context)})
			made, err := kubernetesConnection(config)
			if err != nil {
				t.Fatal(err)
			}
			if made.cluster.Server != way.server || made.user.Token != way.token {
				t.Errorf("got %s with %s", made.cluster.Server, made.user.Token)
			}
			if way.login != "" && made.user.Exec.Command != way.login {
				t.Errorf("logs in with %s", made.user.Exec.Command)
			}
		})
	}
}

func TestAConnectionIsHandedOnWithoutFiles(t *testing.T) {
	_, paths := kubeconfigs(t)
	made, err := kubernetesConnection(block(map[string]cty.Value{"config_path": paths[1]}))
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.kubeconfig()
	if err != nil {
		t.Fatal(err)
	}
	again := &kubeconfig{}
	if err := yaml.Unmarshal(text, again); err != nil {
		t.Fatal(err)
	}
	cluster, user := again.Clusters[0].Cluster, again.Users[0].User
	if string(cluster.Authority) != "a certificate" || cluster.AuthorityFile != "" || user.Token != "mine" || user.TokenFile != "" {
		t.Errorf("got %s", text)
	}
}

func TestTheProviderBlockGoesBeforeTheEnvironmentAndThatBeforeTheFile(t *testing.T) {
	_, paths := kubeconfigs(t)
	t.Setenv("KUBE_HOST", "https://environment")
	t.Setenv("KUBE_TOKEN", "environment")
	made, err := kubernetesConnection(block(map[string]cty.Value{
		"config_path": paths[1], "token": cty.StringVal("block"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if made.cluster.Server != "https://environment" || made.user.Token != "block" {
		t.Errorf("got %s with %s", made.cluster.Server, made.user.Token)
	}
}

func TestAConnectionThatCannotBeIsToldWithItsCause(t *testing.T) {
	folder, paths := kubeconfigs(t)
	for _, wrong := range []struct {
		name      string
		arguments map[string]cty.Value
		expected  string
	}{
		{"a context that is not there", map[string]cty.Value{"config_path": paths[1], "config_context": cty.StringVal("none")},
			`context "none" does not exist`},
		{"a single file that is not there", map[string]cty.Value{"config_path": paths[0]},
			"open " + filepath.Join(folder, "missing") + ": no such file or directory"},
		{"nothing", nil, "invalid configuration: no configuration has been provided"},
		{"a host that is not known yet", map[string]cty.Value{"host": cty.UnknownVal(cty.String)},
			"the provider's configuration is not known yet"},
	} {
		t.Run(wrong.name, func(t *testing.T) {
			_, err := kubernetesConnection(block(wrong.arguments))
			if err == nil || err.Error() != wrong.expected {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestChildrenGetNothingOfTerraforms(t *testing.T) {
	for _, name := range []string{"TF_VAR_secret", "TF_LOG", "PLUGIN_PROTOCOL_VERSIONS", "HELM_DRIVER", "STANDIN_SCHEMAS"} {
		t.Setenv(name, "planted")
	}
	t.Setenv("AWS_PROFILE", "kept")
	environment := childEnvironment()
	if found := strings.Join(environment, "\n"); strings.Contains(found, "planted") {
		t.Errorf("got %s", found)
	}
	if !slices.Contains(environment, "AWS_PROFILE=kept") {
		t.Error("what a login program needs is gone")
	}
}
