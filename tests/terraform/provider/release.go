package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"
)

// releases is helm_release of provider 3.1.2, whose source says what is written here, oddities
// included: a release that fails at its creation is not remembered, one that cannot be read counts as gone.
type releases struct {
	block   *Block
	cluster func() (*api, error)
	config  func() ([]byte, error)
}

func helmActors(provider *Provider, config cty.Value) map[string]actor {
	connection := sync.OnceValues(func() (*connection, error) {
		if driver := configured(config, "helm_driver", "HELM_DRIVER"); driver != "" && driver != "secret" && driver != "secrets" {
			return nil, fmt.Errorf("the stand-in reads releases from Secrets only, not from driver %q", driver)
		}
		return helmConnection(config)
	})
	return map[string]actor{"helm_release": &releases{
		block: provider.Resources["helm_release"].Block,
		cluster: sync.OnceValues(func() (*api, error) {
			found, err := connection()
			if err != nil {
				return nil, err
			}
			return found.open()
		}),
		config: func() ([]byte, error) {
			found, err := connection()
			if err != nil {
				return nil, err
			}
			return found.kubeconfig()
		},
	}}
}

// installed is the newest revision of the release; nil without one.
func (r *releases) installed(ctx context.Context, release cty.Value) (*storedRelease, error) {
	cluster, err := r.cluster()
	if err != nil {
		return nil, err
	}
	found, err := lastRelease(ctx, cluster, text(release, "namespace"), text(release, "name"))
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		return nil, fmt.Errorf("query: failed to query with labels: %w", err)
	case err != nil:
		return nil, fmt.Errorf("Kubernetes cluster unreachable: %w", err)
	}
	return found, nil
}

func (r *releases) create(ctx context.Context, config, planned cty.Value) (cty.Value, error) {
	gone := cty.NullVal(planned.Type())
	before, err := r.installed(ctx, planned)
	if err != nil {
		return gone, &problem{"Error checking installed release", fmt.Sprintf("Failed to determine if release exists: %s", err)}
	}
	verb, written := "install", number(planned, "set_wo_revision") > 0
	if before != nil && flag(planned, "upgrade_install") {
		verb = "upgrade"
	}
	if err := r.helm(verb, "create", config, planned, written); err != nil {
		summary := "installation failed"
		if after, _ := r.installed(ctx, planned); after != nil && (before == nil || after.Revision > before.Revision) {
			summary = "Helm release error"
		}
		return gone, &problem{summary, err.Error()}
	}
	return r.after(ctx, planned)
}

// after reads back what helm has just made.
func (r *releases) after(ctx context.Context, planned cty.Value) (cty.Value, error) {
	found, err := r.installed(ctx, planned)
	if err == nil && found == nil {
		err = errors.New("release: not found")
	}
	if err != nil {
		return planned, &problem{"Error getting release", err.Error()}
	}
	return r.state(planned, found)
}

// read takes a release that it may not, or cannot, read for one that is gone: the real provider does.
func (r *releases) read(ctx context.Context, state cty.Value) (cty.Value, error) {
	found, err := r.installed(ctx, state)
	if err != nil || found == nil {
		return cty.NullVal(state.Type()), nil
	}
	return r.state(state, found)
}

func (r *releases) update(ctx context.Context, prior, config, planned cty.Value) (cty.Value, error) {
	written := number(planned, "set_wo_revision") > number(prior, "set_wo_revision")
	if err := r.helm("upgrade", "update", config, planned, written); err != nil {
		return prior, &problem{"Error upgrading chart", fmt.Sprintf("Upgrade failed: %s", err)}
	}
	return r.after(ctx, planned)
}

func (r *releases) remove(ctx context.Context, state cty.Value) error {
	found, err := r.installed(ctx, state)
	if err != nil || found == nil {
		return nil
	}
	call := newHelmCall("uninstall", text(state, "name"))
	defer call.close()
	if flag(state, "disable_webhooks") {
		call.add("--no-hooks")
	}
	if flag(state, "wait") {
		call.add("--wait=legacy")
	}
	if err := r.start(call, state); err != nil {
		detail := fmt.Sprintf("Unable to uninstall Helm release %s: %s", text(state, "name"), err)
		return &problem{"Error uninstalling release", detail}
	}
	return nil
}

func (r *releases) find(ctx context.Context, id string) (cty.Value, error) {
	namespace, name, ok := strings.Cut(id, "/")
	if !ok || name == "" || strings.Contains(name, "/") {
		detail := fmt.Sprintf("Unable to parse identifier %s: Unexpected ID format (%q), expected namespace/name", id, id)
		return r.block.empty(), &problem{"Unable to parse import identifier", detail}
	}
	changes := map[string]cty.Value{"namespace": cty.StringVal(namespace), "name": cty.StringVal(name)}
	for attribute, value := range releaseDefaults {
		changes[attribute] = value
	}
	state := changed(r.block.empty(), changes)
	found, err := r.installed(ctx, state)
	if err == nil && found == nil {
		err = errors.New("release: not found")
	}
	if err != nil {
		return state, &problem{"Error getting release", fmt.Sprintf("Unable to get Helm release %s: %s", name, err)}
	}
	state = changed(state, map[string]cty.Value{
		"description": cty.StringVal(found.Info.Description),
		"chart":       cty.StringVal(found.Chart.Metadata.Name),
	})
	return r.state(state, found)
}

// state is what Terraform knows already, with the release as it is now.
func (r *releases) state(known cty.Value, now *storedRelease) (cty.Value, error) {
	values := "{}"
	if now.Config != nil && number(known, "set_wo_revision") <= 0 {
		cloak(now.Config, known)
		encoded, err := json.Marshal(now.Config)
		if err != nil {
			return known, err
		}
		values = string(encoded)
	}
	version := known.GetAttr("version")
	if strings.TrimPrefix(text(known, "version"), "v") != strings.TrimPrefix(now.Chart.Metadata.Version, "v") {
		version = cty.StringVal(now.Chart.Metadata.Version)
	}
	state := changed(known, map[string]cty.Value{
		"id":        cty.StringVal(now.Name),
		"name":      cty.StringVal(now.Name),
		"namespace": cty.StringVal(now.Namespace),
		"status":    cty.StringVal(now.Info.Status),
		"version":   version,
		"manifest":  cty.NullVal(cty.String),
		"resources": cty.NullVal(cty.Map(cty.String)),
		"metadata": cty.ObjectVal(map[string]cty.Value{
			"app_version":    cty.StringVal(now.Chart.Metadata.AppVersion),
			"chart":          cty.StringVal(now.Chart.Metadata.Name),
			"first_deployed": cty.NumberIntVal(now.Info.FirstDeployed.Unix()),
			"last_deployed":  cty.NumberIntVal(now.Info.LastDeployed.Unix()),
			"name":           cty.StringVal(now.Name),
			"namespace":      cty.StringVal(now.Namespace),
			"notes":          cty.StringVal(now.Info.Notes),
			"revision":       cty.NumberIntVal(now.Revision),
			"values":         cty.StringVal(values),
			"version":        cty.StringVal(now.Chart.Metadata.Version),
		}),
	})
	if !state.IsWhollyKnown() {
		return known, errors.New("something of the release is still not known: the stand-in lacks it")
	}
	return state, nil
}

// cloak hides the values of set_sensitive.
func cloak(values map[string]any, known cty.Value) {
	for _, set := range settings(known, "set_sensitive") {
		parents := strings.Split(text(set, "name"), ".")
		inner, last := values, len(parents)-1
		for _, parent := range parents[:last] {
			next, ok := inner[parent].(map[string]any)
			if !ok {
				inner = nil
				break
			}
			inner = next
		}
		if inner != nil {
			inner[parents[last]] = "(sensitive value)"
		}
	}
}
