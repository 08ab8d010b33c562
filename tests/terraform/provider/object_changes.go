package main

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// remembered is the plan with the prior value of all that was to be known after the update.
func remembered(prior, planned cty.Value) cty.Value {
	state, err := cty.Transform(planned, func(path cty.Path, value cty.Value) (cty.Value, error) {
		if value.IsKnown() {
			return value, nil
		}
		if before, err := path.Apply(prior); err == nil {
			return before, nil
		}
		return cty.NullVal(value.Type()), nil
	})
	if err != nil {
		panic(err) // the callback never fails
	}
	return state
}

// wanted is the object to create. Write-only values are in the configuration alone.
func (o *objects) wanted(config, planned cty.Value) (*object, error) {
	block := planned.GetAttr("metadata").Index(cty.NumberIntVal(0))
	wanted := &object{
		APIVersion: "v1",
		Kind:       o.kind.name,
		Metadata: metadata{
			Name:         text(block, "name"),
			GenerateName: text(block, "generate_name"),
			Labels:       mapping(block, "labels"),
			Annotations:  mapping(block, "annotations"),
		},
	}
	if !o.kind.namespaced {
		return wanted, nil
	}
	wanted.Metadata.Namespace = cmp.Or(text(block, "namespace"), "default")
	immutable := flag(planned, "immutable")
	wanted.Immutable = &immutable
	if o.kind.name == "ConfigMap" {
		wanted.Data, wanted.BinaryData = mapping(planned, "data"), mapping(planned, "binary_data")
		return wanted, nil
	}
	wanted.Type = cmp.Or(text(planned, "type"), "Opaque")
	wanted.Data = map[string]string{}
	plain, encoded := mapping(planned, "data"), mapping(planned, "binary_data")
	if number(planned, "data_wo_revision") >= 1 {
		plain = mapping(config, "data_wo")
	}
	if number(planned, "binary_data_wo_revision") >= 1 {
		encoded = mapping(config, "binary_data_wo")
	}
	return wanted, secretData(wanted.Data, plain, encoded)
}

func secretData(into map[string]string, plain, encoded map[string]string) error {
	for key, value := range plain {
		into[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	for key, value := range encoded {
		if _, err := base64.StdEncoding.DecodeString(value); err != nil {
			return fmt.Errorf("the value of %q is not Base64", key) // never the value itself
		}
		into[key] = value
	}
	return nil
}

// operation is one step of a JSON patch (RFC 6902).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

func (o *objects) changes(prior, config, planned cty.Value) ([]operation, error) {
	first := cty.NumberIntVal(0)
	before, after := prior.GetAttr("metadata").Index(first), planned.GetAttr("metadata").Index(first)
	steps := []operation{}
	for _, name := range []string{"annotations", "labels"} {
		steps = append(steps, entries("/metadata/"+name, mapping(before, name), mapping(after, name))...)
	}
	switch o.kind.name {
	case "ConfigMap":
		steps = append(steps, entries("/binaryData", mapping(prior, "binary_data"), mapping(planned, "binary_data"))...)
		steps = append(steps, entries("/data", mapping(prior, "data"), mapping(planned, "data"))...)
	case "Secret":
		data, err := secretChange(prior, config, planned)
		if err != nil {
			return nil, err
		}
		steps = append(steps, data...)
	}
	if o.kind.namespaced && flag(prior, "immutable") != flag(planned, "immutable") {
		steps = append(steps, operation{"add", "/immutable", flag(planned, "immutable")})
	}
	return steps, nil
}

// secretChange writes the data anew when a revision or a stored value changed. A write-only value
// whose revision is as before stays as it is only while nothing else in the data changes.
func secretChange(prior, config, planned cty.Value) ([]operation, error) {
	differs := func(name string) bool { return !prior.GetAttr(name).RawEquals(planned.GetAttr(name)) }
	plain, encoded := mapping(planned, "data"), mapping(planned, "binary_data")
	if differs("data_wo_revision") {
		plain = mapping(config, "data_wo")
	}
	if differs("binary_data_wo_revision") {
		encoded = mapping(config, "binary_data_wo")
	}
	if !slices.ContainsFunc([]string{"data_wo_revision", "binary_data_wo_revision", "data", "binary_data"}, differs) {
		return nil, nil
	}
	data := map[string]string{}
	if err := secretData(data, plain, encoded); err != nil {
		return nil, err
	}
	return []operation{{"add", "/data", data}}, nil
}

// entries changes a map entry by entry, so that entries of others stay.
func entries(path string, before, after map[string]string) []operation {
	switch {
	case maps.Equal(before, after):
		return nil
	case len(before) == 0:
		return []operation{{"add", path, after}}
	}
	var steps []operation
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, kept := after[key]; !kept {
			steps = append(steps, operation{Op: "remove", Path: path + "/" + escape.Replace(key)})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if was, had := before[key]; !had || was != after[key] {
			steps = append(steps, operation{"add", path + "/" + escape.Replace(key), after[key]})
		}
	}
	return steps
}
