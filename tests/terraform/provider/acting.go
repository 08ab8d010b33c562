package main

import (
	"context"
	"fmt"
	"os"

	"github.com/zclconf/go-cty/cty"
)

// actVariable, set to 1, makes the stand-ins of Kubernetes and Helm act on a cluster.
const actVariable = "QHUB_STANDIN_ACT"

// actor does to a cluster what Terraform plans for one type of resource. It does so as the real
// provider does, with its mistakes: what heals them is tested with it.
type actor interface {
	// plan corrects what was planned from the schema alone; it also returns what else makes a new object.
	plan(ctx context.Context, prior, config, planned cty.Value) (cty.Value, []cty.Path, error)
	// create returns the object as it is then. With an error, a state is what is there in spite of it.
	create(ctx context.Context, config, planned cty.Value) (cty.Value, error)
	// read returns the object as it is now, null when it is gone.
	read(ctx context.Context, state cty.Value) (cty.Value, error)
	// update returns the object as it is then; with an error, what Terraform is to remember of it.
	update(ctx context.Context, prior, config, planned cty.Value) (cty.Value, error)
	remove(ctx context.Context, state cty.Value) error
	// find returns so much of a state that read can complete it.
	find(ctx context.Context, id string) (cty.Value, error)
}

// acting makes a provider's actors by resource type from its configuration. Other providers never act.
var acting = map[string]func(*Provider, cty.Value) map[string]actor{
	"helm":       helmActors,
	"kubernetes": kubernetesActors,
}

// actors is nil where the stand-in shall not act.
func actors(name string, provider *Provider, config cty.Value) map[string]actor {
	if build, known := acting[name]; known && os.Getenv(actVariable) == "1" {
		return build(provider, config)
	}
	return nil
}

// problem is an error that Terraform shows in two parts.
type problem struct{ summary, detail string }

func (p *problem) Error() string { return p.summary + ": " + p.detail }

// told is an error that is a summary only, as most of the Kubernetes provider's are.
func told(err error) error {
	if err == nil {
		return nil
	}
	return &problem{summary: err.Error()}
}

// actorOf returns the actor of a type; nil where the stand-in plays. It does not play in the middle
// of acting: that a resource was made would be a lie then.
func (s *server) actorOf(typeName string) (actor, error) {
	if s.actors == nil {
		return nil, nil
	}
	if found, known := s.actors[typeName]; known {
		return found, nil
	}
	return nil, fmt.Errorf("it can plan %s, but not act on it; give it an actor, or unset %s", typeName, actVariable)
}

// text is an attribute of an object; empty when it is null or not known.
func text(object cty.Value, name string) string {
	value := object.GetAttr(name)
	if value.IsNull() || !value.IsKnown() {
		return ""
	}
	return value.AsString()
}

func flag(object cty.Value, name string) bool {
	value := object.GetAttr(name)
	return !value.IsNull() && value.IsKnown() && value.True()
}

func number(object cty.Value, name string) int64 {
	value := object.GetAttr(name)
	if value.IsNull() || !value.IsKnown() {
		return 0
	}
	whole, _ := value.AsBigFloat().Int64()
	return whole
}

func texts(object cty.Value, name string) []string {
	var found []string
	value := object.GetAttr(name)
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	for _, element := range value.AsValueSlice() {
		if element.IsNull() {
			found = append(found, "")
		} else {
			found = append(found, element.AsString())
		}
	}
	return found
}

// mapping is a map of texts; entries without a value are left out.
func mapping(object cty.Value, name string) map[string]string {
	found := map[string]string{}
	value := object.GetAttr(name)
	if value.IsNull() || !value.IsKnown() {
		return found
	}
	for key, element := range value.AsValueMap() {
		if !element.IsNull() && element.IsKnown() {
			found[key] = element.AsString()
		}
	}
	return found
}

// mapped is a map of texts as a value; an empty one is what it was before: null, or without entries.
func mapped(entries map[string]string, before cty.Value) cty.Value {
	if len(entries) == 0 {
		if before.IsNull() || !before.IsKnown() {
			return cty.NullVal(cty.Map(cty.String))
		}
		return cty.MapValEmpty(cty.String)
	}
	values := map[string]cty.Value{}
	for key, entry := range entries {
		values[key] = cty.StringVal(entry)
	}
	return cty.MapVal(values)
}

// empty is a state with nothing in it but the blocks that there must be.
func (b *Block) empty() cty.Value {
	fields := map[string]cty.Value{}
	for name, ty := range attributeTypes(b.Attributes) {
		fields[name] = cty.NullVal(ty)
	}
	for name, nested := range b.Blocks {
		ty := nested.Nesting.around(nested.Block.ctyType())
		switch {
		case nested.Nesting == list && nested.MinItems > 0:
			fields[name] = cty.ListVal([]cty.Value{nested.Block.empty()})
		case nested.Nesting == list:
			fields[name] = cty.ListValEmpty(ty.ElementType())
		default:
			fields[name] = cty.NullVal(ty)
		}
	}
	return cty.ObjectVal(fields)
}

// changed is the object with some of its fields changed.
func changed(object cty.Value, changes map[string]cty.Value) cty.Value {
	fields := object.AsValueMap()
	for name, value := range changes {
		fields[name] = value
	}
	return cty.ObjectVal(fields)
}
