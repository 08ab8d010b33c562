package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"sigs.k8s.io/yaml"
)

// releaseDefaults are the real provider's; a schema does not tell them.
var releaseDefaults = map[string]cty.Value{
	"atomic":                     cty.False,
	"cleanup_on_fail":            cty.False,
	"create_namespace":           cty.False,
	"dependency_update":          cty.False,
	"disable_crd_hooks":          cty.False,
	"disable_openapi_validation": cty.False,
	"disable_webhooks":           cty.False,
	"force_update":               cty.False,
	"lint":                       cty.False,
	"max_history":                cty.NumberIntVal(0),
	"pass_credentials":           cty.False,
	"recreate_pods":              cty.False,
	"render_subchart_notes":      cty.True,
	"replace":                    cty.False,
	"reset_values":               cty.False,
	"reuse_values":               cty.False,
	"skip_crds":                  cty.False,
	"take_ownership":             cty.False,
	"timeout":                    cty.NumberIntVal(300),
	"upgrade_install":            cty.False,
	"verify":                     cty.False,
	"wait":                       cty.True,
	"wait_for_jobs":              cty.False,
}

// Arguments that would need a network, or what helm 4 has no longer.
var notDone = []string{
	"dependency_update", "devel", "keyring", "lint", "pass_credentials", "postrender", "recreate_pods",
	"repository", "repository_ca_file", "repository_cert_file", "repository_key_file", "repository_password",
	"repository_username", "verify",
}

func (r *releases) plan(ctx context.Context, prior, config, planned cty.Value) (cty.Value, []cty.Path, error) {
	for _, name := range notDone {
		if value := config.GetAttr(name); !value.IsNull() && !value.RawEquals(cty.False) {
			return planned, nil, &problem{"The stand-in does not do this", name + " of a helm_release"}
		}
	}
	differs := !planned.RawEquals(prior)
	changes := map[string]cty.Value{"status": cty.StringVal("deployed")}
	for name, value := range releaseDefaults {
		if config.GetAttr(name).IsNull() {
			changes[name] = value
		}
	}
	if config.GetAttr("namespace").IsNull() {
		changes["namespace"] = cty.StringVal(first(os.Getenv("HELM_NAMESPACE"), "default"))
	}
	for _, name := range []string{"manifest", "resources"} {
		changes[name] = cty.NullVal(planned.GetAttr(name).Type())
	}
	if description := planned.GetAttr("description"); !description.IsKnown() || text(planned, "description") == "" {
		changes["description"] = cty.NullVal(cty.String)
		if !prior.IsNull() {
			changes["description"] = prior.GetAttr("description")
		}
	}
	var sets []cty.Value
	for _, set := range settings(planned, "set") {
		sets = append(sets, changed(set, map[string]cty.Value{"type": cty.StringVal(text(set, "type"))}))
	}
	if len(sets) > 0 {
		changes["set"] = cty.ListVal(sets)
	}
	planned = changed(planned, changes)
	// What depends on a resource that is not there yet can only be planned later.
	if !planned.GetAttr("chart").IsKnown() || !planned.GetAttr("name").IsKnown() || !planned.GetAttr("namespace").IsKnown() {
		return changed(planned, map[string]cty.Value{"version": config.GetAttr("version"), "metadata": r.unknownMetadata()}), nil, nil
	}
	version, err := r.version(ctx, config, planned)
	if err != nil {
		return planned, nil, err
	}
	planned = changed(planned, map[string]cty.Value{"version": version})
	// An update of the status alone keeps the metadata, and then Terraform finds another revision.
	if prior.IsNull() || differs || !version.RawEquals(prior.GetAttr("version")) {
		planned = changed(planned, map[string]cty.Value{"metadata": r.unknownMetadata()})
	}
	return planned, nil, nil
}

func (r *releases) unknownMetadata() cty.Value {
	return cty.UnknownVal(r.block.ctyType().AttributeType("metadata"))
}

// version is the chart's. With upgrade_install and none configured it is the installed one, so that
// a new version of the chart ends in "inconsistent result after apply".
func (r *releases) version(ctx context.Context, config, planned cty.Value) (cty.Value, error) {
	chart, err := readChart(text(planned, "chart"))
	if err != nil {
		return cty.NilVal, err
	}
	wanted := config.GetAttr("version")
	if flag(planned, "upgrade_install") && wanted.IsNull() {
		installed, err := r.installed(ctx, planned)
		if err != nil {
			return cty.NilVal, &problem{"Failed to check installed release version", err.Error()}
		}
		if installed != nil {
			return cty.StringVal(installed.Chart.Metadata.Version), nil
		}
		return cty.StringVal(chart.Version), nil
	}
	if wanted.IsNull() || !wanted.IsKnown() || strings.TrimPrefix(wanted.AsString(), "v") == strings.TrimPrefix(chart.Version, "v") {
		if wanted.IsNull() || !wanted.IsKnown() {
			return cty.StringVal(chart.Version), nil
		}
		return wanted, nil
	}
	return cty.NilVal, &problem{
		"Planned version is different from configured version",
		fmt.Sprintf("The version in the configuration is %q but the planned version is %q.", wanted.AsString(), chart.Version),
	}
}

func readChart(folder string) (*chartMetadata, error) {
	content, err := os.ReadFile(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return nil, &problem{"Error locating chart", fmt.Sprintf("Unable to locate chart %s: %s", folder, err)}
	}
	chart := &chartMetadata{}
	if err := yaml.Unmarshal(content, chart); err != nil {
		return nil, &problem{"Error loading chart", fmt.Sprintf("Unable to load chart %s: %s", folder, err)}
	}
	return chart, nil
}
