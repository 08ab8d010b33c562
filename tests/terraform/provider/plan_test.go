package main

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// toy has each kind of place that a value can be in.
var toy = &Block{
	Attributes: map[string]*Attribute{
		"name":   {Type: cty.String, Required: true},
		"id":     {Type: cty.String, Computed: true},
		"mode":   {Type: cty.String, Optional: true, Computed: true},
		"secret": {Type: cty.String, Optional: true, WriteOnly: true},
		"status": {Computed: true, Nested: &Object{Nesting: single, Attributes: map[string]*Attribute{
			"phase": {Type: cty.String, Computed: true},
		}}},
		"set": {Optional: true, Nested: &Object{Nesting: list, Attributes: map[string]*Attribute{
			"key":   {Type: cty.String, Required: true},
			"kind":  {Type: cty.String, Optional: true, Computed: true},
			"token": {Type: cty.String, Optional: true, WriteOnly: true},
		}}},
	},
	Blocks: map[string]*NestedBlock{
		"port": {Nesting: set, Block: &Block{Attributes: map[string]*Attribute{
			"number": {Type: cty.Number, Required: true},
			"node":   {Type: cty.Number, Computed: true},
		}}},
	},
}

var toyHabits = habits{replaces: []string{"name", "absent.0.name"}, volatile: []string{"status", "mode"}}

// value is an object of the toy type: null where the test says nothing.
func value(fields map[string]cty.Value) cty.Value {
	all := map[string]cty.Value{}
	for name, ty := range toy.ctyType().AttributeTypes() {
		all[name] = cty.NullVal(ty)
	}
	all["port"] = cty.SetValEmpty(toy.ctyType().AttributeType("port").ElementType())
	for name, field := range fields {
		all[name] = field
	}
	return cty.ObjectVal(all)
}

func setting(key string, kind, token cty.Value) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(key), "kind": kind, "token": token})
}

func port(number int64, node cty.Value) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"number": cty.NumberIntVal(number), "node": node})
}

var (
	noText   = cty.NullVal(cty.String)
	noNumber = cty.NullVal(cty.Number)
	absent   = cty.NullVal(toy.ctyType())
)

func same(t *testing.T, got, expected cty.Value) {
	t.Helper()
	if !got.RawEquals(expected) {
		t.Errorf("got      %#v\nexpected %#v", got, expected)
	}
}

func TestACreateKnowsWhatIsConfiguredAndNothingOfTheRest(t *testing.T) {
	proposed := value(map[string]cty.Value{
		"name":   cty.StringVal("a"),
		"secret": cty.StringVal("planted"),
		"set":    cty.ListVal([]cty.Value{setting("k", noText, cty.StringVal("planted"))}),
		"port":   cty.SetVal([]cty.Value{port(80, noNumber)}),
	})
	same(t, planned(toy, toyHabits, absent, proposed), value(map[string]cty.Value{
		"name":   cty.StringVal("a"),
		"id":     cty.UnknownVal(cty.String),
		"mode":   cty.UnknownVal(cty.String),
		"status": cty.UnknownVal(toy.ctyType().AttributeType("status")),
		"set":    cty.ListVal([]cty.Value{setting("k", cty.UnknownVal(cty.String), noText)}),
		"port":   cty.SetVal([]cty.Value{port(80, cty.UnknownVal(cty.Number))}),
	}))
}

func created() cty.Value {
	return filled(planned(toy, toyHabits, absent, value(map[string]cty.Value{"name": cty.StringVal("a")})), []byte("seed"))
}

func with(object cty.Value, name string, field cty.Value) cty.Value {
	fields := object.AsValueMap()
	fields[name] = field
	return cty.ObjectVal(fields)
}

func TestAnUpdateOfNothingButASecretIsThePriorState(t *testing.T) {
	prior := created()
	same(t, planned(toy, toyHabits, prior, with(prior, "secret", cty.StringVal("rotated"))), prior)
}

func TestAnUpdateForgetsOnlyTheVolatileComputedValues(t *testing.T) {
	prior := created()
	renamed := with(prior, "name", cty.StringVal("b"))
	expected := with(renamed, "status", cty.UnknownVal(prior.GetAttr("status").Type()))
	same(t, planned(toy, toyHabits, prior, renamed), expected)
}

func TestAnUpdateDoesNotKnowTheComputedPartOfANewElement(t *testing.T) {
	prior := created()
	added := func(kind cty.Value) cty.Value {
		return with(prior, "set", cty.ListVal([]cty.Value{setting("k", kind, noText)}))
	}
	plan := planned(toy, habits{}, prior, added(noText))
	same(t, plan, added(cty.UnknownVal(cty.String)))
}

func TestADestroyStaysADestroy(t *testing.T) {
	same(t, planned(toy, toyHabits, created(), absent), absent)
}

func TestANewNameReplacesAndAnythingElseDoesNot(t *testing.T) {
	prior := created()
	for _, change := range []struct {
		name     string
		after    cty.Value
		expected int
	}{
		{"another name", with(prior, "name", cty.StringVal("b")), 1},
		{"a name not known yet", with(prior, "name", cty.UnknownVal(cty.String)), 1},
		{"another mode", with(prior, "mode", cty.StringVal("b")), 0},
		{"nothing", prior, 0},
		{"a destroy", absent, 0},
	} {
		t.Run(change.name, func(t *testing.T) {
			if paths := replaced(toyHabits, prior, change.after); len(paths) != change.expected {
				t.Errorf("replaced by %#v", paths)
			}
		})
	}
}

func TestFilledLeavesNothingUnknownAndRepeatsItself(t *testing.T) {
	first, second := created(), created()
	if !first.IsWhollyKnown() {
		t.Errorf("still unknown: %#v", first)
	}
	same(t, first, second)
	id := first.GetAttr("id").AsString()
	if !strings.HasPrefix(id, "standin-") || id == first.GetAttr("mode").AsString() {
		t.Errorf("id is %q", id)
	}
}

func TestInventedListsOfObjectsHaveAnElementAndOtherCollectionsNone(t *testing.T) {
	object := cty.Object(map[string]cty.Type{"cidrs": cty.List(cty.String), "on": cty.Bool, "any": cty.DynamicPseudoType})
	for _, kind := range []struct {
		name     string
		ty       cty.Type
		expected cty.Value
	}{
		{"list of objects", cty.List(cty.Object(map[string]cty.Type{"on": cty.Bool})),
			cty.ListVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"on": cty.False})})},
		{"object", object, cty.ObjectVal(map[string]cty.Value{
			"cidrs": cty.ListValEmpty(cty.String), "on": cty.False, "any": cty.NullVal(cty.DynamicPseudoType)})},
		{"set", cty.Set(object), cty.SetValEmpty(object)},
		{"map", cty.Map(cty.String), cty.MapValEmpty(cty.String)},
		{"number", cty.Number, cty.NumberIntVal(1)},
	} {
		t.Run(kind.name, func(t *testing.T) { same(t, invented(nil, kind.ty, nil), kind.expected) })
	}
}

func TestComputedAttributesAreRefusedAtEveryDepthEvenUnknown(t *testing.T) {
	config := value(map[string]cty.Value{
		"id":     cty.UnknownVal(cty.String),
		"mode":   cty.StringVal("fine: optional, too"),
		"status": cty.ObjectVal(map[string]cty.Value{"phase": cty.StringVal("x")}),
		"port":   cty.SetVal([]cty.Value{port(80, cty.NumberIntVal(1))}),
	})
	var paths []string
	for _, path := range refuseComputed(toy, config) {
		paths = append(paths, dotted(path))
	}
	if got := strings.Join(paths, " "); got != "id status port.*.node" {
		t.Errorf("refused: %s", got)
	}
}
