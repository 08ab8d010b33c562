package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/zclconf/go-cty/cty"
)

// objects are the resources of the Kubernetes provider that are one simple object of the API each.
type objects struct {
	kind    kind
	block   *Block
	cluster func() (*api, error)
	ignored ignored
}

// kind is what tells apart the three types that act.
type kind struct {
	name, plural string
	namespaced   bool
}

var kinds = map[string]kind{
	"kubernetes_config_map_v1": {"ConfigMap", "configmaps", true},
	"kubernetes_namespace_v1":  {"Namespace", "namespaces", false},
	"kubernetes_secret_v1":     {"Secret", "secrets", true},
}

// ignored are the keys of labels and annotations that the provider block leaves to others.
type ignored struct{ labels, annotations []string }

// object is all that is read of a Namespace, a Secret or a ConfigMap; a Secret's data is Base64.
type object struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   metadata          `json:"metadata"`
	Type       string            `json:"type,omitempty"`
	Immutable  *bool             `json:"immutable,omitempty"`
	Data       map[string]string `json:"data,omitempty"`
	BinaryData map[string]string `json:"binaryData,omitempty"`
	Status     *struct {
		Phase string `json:"phase"`
	} `json:"status,omitempty"`
}

type metadata struct {
	Name            string            `json:"name,omitempty"`
	GenerateName    string            `json:"generateName,omitempty"`
	Namespace       string            `json:"namespace,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	Annotations     map[string]string `json:"annotations,omitempty"`
	Generation      int64             `json:"generation,omitempty"`
	ResourceVersion string            `json:"resourceVersion,omitempty"`
	UID             string            `json:"uid,omitempty"`
}

func kubernetesActors(provider *Provider, config cty.Value) map[string]actor {
	cluster := sync.OnceValues(func() (*api, error) {
		found, err := kubernetesConnection(config)
		if err != nil {
			return nil, err
		}
		return found.open()
	})
	own := ignored{labels: texts(config, "ignore_labels"), annotations: texts(config, "ignore_annotations")}
	made := map[string]actor{}
	for name, kind := range kinds {
		made[name] = &objects{kind: kind, block: provider.Resources[name].Block, cluster: cluster, ignored: own}
	}
	return made
}

// plan makes a new object of an immutable one whose content changes.
func (o *objects) plan(_ context.Context, prior, _, planned cty.Value) (cty.Value, []cty.Path, error) {
	if prior.IsNull() || !prior.Type().HasAttribute("immutable") || !flag(prior, "immutable") {
		return planned, nil, nil
	}
	var paths []cty.Path
	for _, name := range []string{"data", "binary_data", "immutable"} {
		if !planned.GetAttr(name).RawEquals(prior.GetAttr(name)) {
			paths = append(paths, cty.GetAttrPath(name))
		}
	}
	return planned, paths, nil
}

func (o *objects) create(ctx context.Context, config, planned cty.Value) (cty.Value, error) {
	gone := cty.NullVal(planned.Type())
	cluster, err := o.cluster()
	if err != nil {
		return gone, told(err)
	}
	limit := cmp.Or(timeout(planned, "create"), o.patience())
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	wanted, err := o.wanted(config, planned)
	if err != nil {
		return gone, told(err)
	}
	made := &object{}
	if err := cluster.post(ctx, o.path(wanted.Metadata.Namespace, ""), wanted, made); err != nil {
		return gone, told(err)
	}
	state, err := o.state(planned, made)
	if err != nil {
		return gone, told(err)
	}
	return state, told(o.awaited(ctx, cluster, planned, made, limit))
}

// patience is how long the real provider tries to create such an object.
func (o *objects) patience() time.Duration {
	if o.kind.name == "Secret" {
		return time.Minute
	}
	return 20 * time.Minute
}

// awaited waits for what a controller adds, where that is asked for.
func (o *objects) awaited(ctx context.Context, cluster *api, planned cty.Value, made *object, limit time.Duration) error {
	var ready func() (bool, error)
	switch {
	case o.kind.name == "Namespace" && flag(planned, "wait_for_default_service_account"):
		ready = func() (bool, error) {
			err := cluster.get(ctx, o.account(made.Metadata.Name), nil)
			if isGone(err) {
				return false, nil
			}
			return err == nil, err
		}
	case made.Type == "kubernetes.io/service-account-token" && !isFalse(planned, "wait_for_service_account_token"):
		ready = func() (bool, error) {
			now := &object{}
			err := cluster.get(ctx, o.path(made.Metadata.Namespace, made.Metadata.Name), now)
			return now.Data["token"] != "", err
		}
	default:
		return nil
	}
	return poll(ctx, ready, fmt.Errorf("timed out after %s waiting for what belongs to %s", limit, made.Metadata.Name))
}

func (o *objects) account(namespace string) string {
	return "/api/v1/namespaces/" + url.PathEscape(namespace) + "/serviceaccounts/default"
}

func isFalse(object cty.Value, name string) bool {
	value := object.GetAttr(name)
	return !value.IsNull() && value.IsKnown() && value.False()
}

// poll asks until something is so; late is what to say when the time for it is over.
func poll(ctx context.Context, ready func() (bool, error), late error) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		done, err := ready()
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return late
		case err != nil || done:
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (o *objects) read(ctx context.Context, state cty.Value) (cty.Value, error) {
	cluster, err := o.cluster()
	if err != nil {
		return state, told(err)
	}
	namespace, name, err := o.identity(state)
	if err != nil {
		return state, told(err)
	}
	now := &object{}
	if err := cluster.get(ctx, o.path(namespace, name), now); isGone(err) {
		return cty.NullVal(state.Type()), nil
	} else if err != nil {
		return state, told(err)
	}
	found, err := o.state(state, now)
	return found, told(err)
}

// update sends what changes and nothing else, so that others may keep labels and keys of their own.
// As with the real provider, a failed one is in Terraform's state nevertheless: only what is read
// back of the object tells, and of a write-only value nothing is.
func (o *objects) update(ctx context.Context, prior, config, planned cty.Value) (cty.Value, error) {
	cluster, err := o.cluster()
	if err != nil {
		return prior, told(err)
	}
	namespace, name, err := o.identity(prior)
	if err != nil {
		return prior, told(err)
	}
	operations, err := o.changes(prior, config, planned)
	if err != nil {
		return prior, told(err)
	}
	now := &object{}
	if err := cluster.patch(ctx, o.path(namespace, name), operations, now); err != nil {
		if o.kind.name != "Namespace" {
			err = fmt.Errorf("Failed to update %s: %w", o.noun(), err)
		}
		return remembered(prior, planned), told(err)
	}
	state, err := o.state(planned, now)
	return state, told(err)
}

func (o *objects) noun() string {
	return map[string]string{"ConfigMap": "Config Map", "Secret": "secret"}[o.kind.name]
}

// remove waits for the end of a namespace: what is in it has to go first.
func (o *objects) remove(ctx context.Context, state cty.Value) error {
	cluster, err := o.cluster()
	if err != nil {
		return told(err)
	}
	namespace, name, err := o.identity(state)
	if err != nil {
		return told(err)
	}
	path := o.path(namespace, name)
	if err := cluster.delete(ctx, path); isGone(err) {
		return nil
	} else if err != nil || o.kind.namespaced {
		return told(err)
	}
	limit := cmp.Or(timeout(state, "delete"), 5*time.Minute)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	late := fmt.Errorf("timeout while waiting for resource to be gone (last state: 'Terminating', timeout: %s)", limit)
	return told(poll(ctx, func() (bool, error) {
		err := cluster.get(ctx, path, nil)
		if isGone(err) {
			return true, nil
		}
		return false, err
	}, late))
}

func (o *objects) find(_ context.Context, id string) (cty.Value, error) {
	state := changed(o.block.empty(), map[string]cty.Value{"id": cty.StringVal(id)})
	if _, _, err := o.identity(state); err != nil {
		return cty.NullVal(state.Type()), told(err)
	}
	return state, nil
}

func (o *objects) path(namespace, name string) string {
	parts := "/api/v1/"
	if o.kind.namespaced {
		parts += "namespaces/" + url.PathEscape(cmp.Or(namespace, "default")) + "/"
	}
	parts += o.kind.plural
	if name != "" {
		parts += "/" + url.PathEscape(name)
	}
	return parts
}

// identity is the namespace and the name in an id.
func (o *objects) identity(state cty.Value) (string, string, error) {
	id := text(state, "id")
	if !o.kind.namespaced {
		return "", id, nil
	}
	namespace, name, ok := strings.Cut(id, "/")
	if !ok || name == "" || strings.Contains(name, "/") {
		return "", "", fmt.Errorf("Unexpected ID format (%q), expected %q.", id, "namespace/name")
	}
	return namespace, name, nil
}

// timeout is what the timeouts block or attribute says; zero without.
func timeout(object cty.Value, name string) time.Duration {
	if !object.Type().HasAttribute("timeouts") {
		return 0
	}
	limits := object.GetAttr("timeouts")
	if limits.IsNull() || !limits.IsKnown() {
		return 0
	}
	if !limits.Type().HasAttribute(name) {
		return 0
	}
	limit, err := time.ParseDuration(text(limits, name))
	if err != nil {
		return 0
	}
	return limit
}
