package main

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// visitor returns what an attribute's value is to become. What it returns for a nested attribute
// is walked on, unless it is null or unknown.
type visitor func(path cty.Path, attribute *Attribute, value cty.Value) cty.Value

// walk rebuilds a value of the block with every attribute, at any depth, passed through visit.
func (b *Block) walk(path cty.Path, value cty.Value, visit visitor) cty.Value {
	if value.IsNull() || !value.IsKnown() {
		return value
	}
	fields := value.AsValueMap()
	walkAttributes(b.Attributes, path, fields, visit)
	for _, name := range slices.Sorted(maps.Keys(b.Blocks)) {
		nested := b.Blocks[name]
		fields[name] = nested.Nesting.each(path.GetAttr(name), fields[name], func(path cty.Path, value cty.Value) cty.Value {
			return nested.Block.walk(path, value, visit)
		})
	}
	return cty.ObjectVal(fields)
}

func walkAttributes(attributes map[string]*Attribute, path cty.Path, fields map[string]cty.Value, visit visitor) {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		attribute, here := attributes[name], path.GetAttr(name)
		value := visit(here, attribute, fields[name])
		if attribute.Nested != nil {
			value = attribute.Nested.Nesting.each(here, value, func(path cty.Path, value cty.Value) cty.Value {
				return attribute.Nested.walk(path, value, visit)
			})
		}
		fields[name] = value
	}
}

func (o *Object) walk(path cty.Path, value cty.Value, visit visitor) cty.Value {
	if value.IsNull() || !value.IsKnown() {
		return value
	}
	fields := value.AsValueMap()
	walkAttributes(o.Attributes, path, fields, visit)
	return cty.ObjectVal(fields)
}

// each applies change to every object that the nesting holds.
func (n Nesting) each(path cty.Path, value cty.Value, change func(cty.Path, cty.Value) cty.Value) cty.Value {
	if n == single {
		return change(path, value)
	}
	if value.IsNull() || !value.IsKnown() || value.LengthInt() == 0 {
		return value
	}
	keys, elements := []cty.Value{}, []cty.Value{}
	for key, element := range value.Elements() {
		keys = append(keys, key)
		elements = append(elements, change(path.Index(key), element))
	}
	switch n {
	case list:
		return cty.ListVal(elements)
	case set:
		return cty.SetVal(elements)
	default:
		fields := map[string]cty.Value{}
		for i, key := range keys {
			fields[key.AsString()] = elements[i]
		}
		return cty.MapVal(fields)
	}
}
