package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// state is what Terraform knows already, with the object as it is now.
func (o *objects) state(known cty.Value, now *object) (cty.Value, error) {
	first := cty.NumberIntVal(0)
	block := known.GetAttr("metadata").Index(first)
	id := now.Metadata.Name
	fields := map[string]cty.Value{
		"annotations":      mapped(foreign(now.Metadata.Annotations, mapping(block, "annotations"), o.ignored.annotations), block.GetAttr("annotations")),
		"generation":       cty.NumberIntVal(now.Metadata.Generation),
		"labels":           mapped(foreign(now.Metadata.Labels, mapping(block, "labels"), o.ignored.labels), block.GetAttr("labels")),
		"name":             cty.StringVal(now.Metadata.Name),
		"resource_version": cty.StringVal(now.Metadata.ResourceVersion),
		"uid":              cty.StringVal(now.Metadata.UID),
	}
	changes := map[string]cty.Value{}
	if o.kind.namespaced {
		id = now.Metadata.Namespace + "/" + now.Metadata.Name
		fields["namespace"] = unless(block, "namespace", "default", now.Metadata.Namespace)
		changes["immutable"] = flagged(known, "immutable", now.Immutable)
	}
	changes["id"] = cty.StringVal(id)
	changes["metadata"] = cty.ListVal([]cty.Value{changed(block, fields)})
	switch o.kind.name {
	case "ConfigMap":
		changes["data"] = mapped(now.Data, known.GetAttr("data"))
		changes["binary_data"] = mapped(now.BinaryData, known.GetAttr("binary_data"))
	case "Secret":
		changes["type"] = unless(known, "type", "Opaque", now.Type)
		if err := secretContent(changes, known, now); err != nil {
			return known, err
		}
	}
	state := changed(known, changes)
	if !state.IsWhollyKnown() {
		return known, errors.New("something of it is still not known: the stand-in lacks it")
	}
	return state, nil
}

// secretContent reads nothing back of a Secret whose values are write-only. One that was imported
// does not say that they are: then all of it gets into the state, as with the real provider.
func secretContent(changes map[string]cty.Value, known cty.Value, now *object) error {
	if number(known, "data_wo_revision") > 0 || number(known, "binary_data_wo_revision") > 0 {
		if !known.GetAttr("data").IsKnown() {
			changes["data"] = cty.NullVal(cty.Map(cty.String))
		}
		return nil
	}
	plain, encoded := map[string]string{}, map[string]string{}
	for key, value := range now.Data {
		if _, binary := mapping(known, "binary_data")[key]; binary {
			encoded[key] = value
			continue
		}
		content, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return fmt.Errorf("the API server's value of %q is not Base64", key)
		}
		plain[key] = string(content)
	}
	changes["data"] = mapped(plain, known.GetAttr("data"))
	if changes["data"].IsNull() {
		changes["data"] = cty.MapValEmpty(cty.String)
	}
	changes["binary_data"] = mapped(encoded, known.GetAttr("binary_data"))
	return nil
}

// unless keeps an argument that was left out while the object has its default.
func unless(known cty.Value, name, byDefault, now string) cty.Value {
	if known.GetAttr(name).IsNull() && now == byDefault {
		return known.GetAttr(name)
	}
	return cty.StringVal(now)
}

func flagged(known cty.Value, name string, now *bool) cty.Value {
	if now == nil || !*now {
		if known.GetAttr(name).IsNull() {
			return known.GetAttr(name)
		}
		return cty.False
	}
	return cty.True
}

// foreign leaves out the keys that Kubernetes itself or others look after, unless they are configured.
func foreign(now, configured map[string]string, patterns []string) map[string]string {
	kept := map[string]string{}
	for key, value := range now {
		_, ours := configured[key]
		others := isInternal(key) || slices.ContainsFunc(patterns, func(pattern string) bool {
			found, err := regexp.MatchString(pattern, key)
			return err == nil && found
		})
		if ours || !others {
			kept[key] = value
		}
	}
	return kept
}

func isInternal(key string) bool {
	domain, _, _ := strings.Cut(key, "/")
	switch domain {
	case "app.kubernetes.io", "service.beta.kubernetes.io":
		return false
	}
	return strings.HasSuffix(domain, "kubernetes.io") || strings.Contains(key, "deprecated.daemonset.template.generation")
}
