package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// habits are what a schema file does not tell about a provider's resources. A path that a type
// does not have is ignored.
type habits struct {
	replaces []string // a change here makes a new object
	volatile []string // computed, and another value after every update
}

var providerHabits = map[string]habits{
	"helm": {
		replaces: []string{"name", "namespace"},
		volatile: []string{"metadata", "status"},
	},
	"kubernetes": {
		replaces: []string{"metadata.0.generate_name", "metadata.0.name", "metadata.0.namespace", "type"},
		volatile: []string{"metadata.0.generation", "metadata.0.resource_version"},
	},
}

// refuseComputed returns the attributes that a configuration sets although only the provider may:
// Terraform itself lets them pass.
func refuseComputed(block *Block, config cty.Value) []cty.Path {
	var refused []cty.Path
	block.walk(nil, config, func(path cty.Path, attribute *Attribute, value cty.Value) cty.Value {
		if attribute.Computed && !attribute.Optional && !value.IsNull() {
			refused = append(refused, path)
			return cty.NullVal(value.Type())
		}
		return value
	})
	return refused
}

// withoutWriteOnly is the value as it may be stored.
func withoutWriteOnly(block *Block, value cty.Value) cty.Value {
	return block.walk(nil, value, func(_ cty.Path, attribute *Attribute, value cty.Value) cty.Value {
		if attribute.WriteOnly {
			return cty.NullVal(value.Type())
		}
		return value
	})
}

// planned is what a resource will be: unknown where only the apply can tell. An update that
// changes nothing answers the prior state, so that a second plan is empty.
func planned(block *Block, own habits, prior, proposed cty.Value) cty.Value {
	proposed = withoutWriteOnly(block, proposed)
	if proposed.IsNull() || proposed.RawEquals(prior) {
		return proposed
	}
	return block.walk(nil, proposed, func(path cty.Path, attribute *Attribute, value cty.Value) cty.Value {
		if !attribute.Computed {
			return value
		}
		isNew := value.IsNull() && !has(prior, path)
		isVolatile := !attribute.Optional && slices.Contains(own.volatile, dotted(path))
		if isNew || isVolatile {
			return cty.UnknownVal(value.Type())
		}
		return value
	})
}

// replaced returns the paths whose change makes a new object.
func replaced(own habits, prior, planned cty.Value) []cty.Path {
	if prior.IsNull() || planned.IsNull() {
		return nil
	}
	var paths []cty.Path
	for _, text := range own.replaces {
		path := undotted(text)
		before, err := path.Apply(prior)
		if err != nil {
			continue
		}
		after, err := path.Apply(planned)
		if err != nil || !after.RawEquals(before) {
			paths = append(paths, path)
		}
	}
	return paths
}

// filled gives every unknown a value that depends on nothing but the seed and its place.
func filled(value cty.Value, seed []byte) cty.Value {
	value, err := cty.Transform(value, func(path cty.Path, value cty.Value) (cty.Value, error) {
		if value.IsKnown() {
			return value, nil
		}
		return invented(path, value.Type(), seed), nil
	})
	if err != nil {
		panic(err) // the callback never fails
	}
	return value
}

// invented is a value of any type: one element where objects are listed, because configurations
// write `cluster[0].endpoint`, and none in other collections.
func invented(path cty.Path, ty cty.Type, seed []byte) cty.Value {
	switch {
	case ty == cty.String:
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", seed, dotted(path)))
		return cty.StringVal(fmt.Sprintf("standin-%x", sum[:6]))
	case ty == cty.Number:
		return cty.NumberIntVal(1)
	case ty == cty.Bool:
		return cty.False
	case ty.IsObjectType():
		fields := map[string]cty.Value{}
		for name, field := range ty.AttributeTypes() {
			fields[name] = invented(path.GetAttr(name), field, seed)
		}
		return cty.ObjectVal(fields)
	case ty.IsListType() && ty.ElementType().IsObjectType():
		return cty.ListVal([]cty.Value{invented(path.IndexInt(0), ty.ElementType(), seed)})
	case ty.IsListType():
		return cty.ListValEmpty(ty.ElementType())
	case ty.IsSetType():
		return cty.SetValEmpty(ty.ElementType())
	case ty.IsMapType():
		return cty.MapValEmpty(ty.ElementType())
	default:
		return cty.NullVal(ty)
	}
}

func has(value cty.Value, path cty.Path) bool {
	if value.IsNull() {
		return false
	}
	_, err := path.Apply(value)
	return err == nil
}

// dotted writes a path as `metadata.0.name`; an element of a set is `*`.
func dotted(path cty.Path) string {
	var steps []string
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			steps = append(steps, step.Name)
		case cty.IndexStep:
			steps = append(steps, indexText(step.Key))
		}
	}
	return strings.Join(steps, ".")
}

func indexText(key cty.Value) string {
	switch key.Type() {
	case cty.Number:
		return key.AsBigFloat().Text('f', 0)
	case cty.String:
		return key.AsString()
	default:
		return "*"
	}
}

func undotted(text string) cty.Path {
	var path cty.Path
	for _, step := range strings.Split(text, ".") {
		if step == "0" {
			path = path.IndexInt(0)
		} else {
			path = path.GetAttr(step)
		}
	}
	return path
}
