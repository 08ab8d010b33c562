package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Provider is one provider's part of what `terraform providers schema -json` prints.
type Provider struct {
	Config     *Schema            `json:"provider"`
	Resources  map[string]*Schema `json:"resource_schemas"`
	Data       map[string]*Schema `json:"data_source_schemas"`
	Ephemerals map[string]*Schema `json:"ephemeral_resource_schemas"`
}

// Schema is what one provider block, resource, data source or ephemeral resource may hold.
type Schema struct {
	Version int64  `json:"version"`
	Block   *Block `json:"block"`
}

// Block holds attributes and further blocks.
type Block struct {
	Attributes map[string]*Attribute   `json:"attributes"`
	Blocks     map[string]*NestedBlock `json:"block_types"`
	Deprecated bool                    `json:"deprecated"`
}

// NestedBlock is a block within a block, and how often it may occur.
type NestedBlock struct {
	Block    *Block  `json:"block"`
	Nesting  Nesting `json:"nesting_mode"`
	MinItems int64   `json:"min_items"`
	MaxItems int64   `json:"max_items"`
}

// Attribute has either a type or, in providers of protocol 6 only, a nested object.
type Attribute struct {
	Type       cty.Type `json:"type"`
	Nested     *Object  `json:"nested_type"`
	Required   bool     `json:"required"`
	Optional   bool     `json:"optional"`
	Computed   bool     `json:"computed"`
	Sensitive  bool     `json:"sensitive"`
	WriteOnly  bool     `json:"write_only"`
	Deprecated bool     `json:"deprecated"`
}

// Object is an attribute whose keys have flags of their own.
type Object struct {
	Attributes map[string]*Attribute `json:"attributes"`
	Nesting    Nesting               `json:"nesting_mode"`
}

// Nesting tells what holds the objects of a nested block or attribute.
type Nesting string

const (
	single Nesting = "single"
	list   Nesting = "list"
	set    Nesting = "set"
	keyed  Nesting = "map"
)

var blockNestings = map[Nesting]tfprotov6.SchemaNestedBlockNestingMode{
	single: tfprotov6.SchemaNestedBlockNestingModeSingle,
	list:   tfprotov6.SchemaNestedBlockNestingModeList,
	set:    tfprotov6.SchemaNestedBlockNestingModeSet,
	keyed:  tfprotov6.SchemaNestedBlockNestingModeMap,
}

var objectNestings = map[Nesting]tfprotov6.SchemaObjectNestingMode{
	single: tfprotov6.SchemaObjectNestingModeSingle,
	list:   tfprotov6.SchemaObjectNestingModeList,
	set:    tfprotov6.SchemaObjectNestingModeSet,
	keyed:  tfprotov6.SchemaObjectNestingModeMap,
}

// UnmarshalJSON refuses a nesting that nothing here knows how to walk.
func (n *Nesting) UnmarshalJSON(text []byte) error {
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return err
	}
	if _, known := blockNestings[Nesting(name)]; !known {
		return fmt.Errorf("unknown nesting mode %q", name)
	}
	*n = Nesting(name)
	return nil
}

// readProvider reads FOLDER/NAME.json and returns its provider's source address, too.
func readProvider(folder, name string) (string, *Provider, error) {
	path := filepath.Join(folder, name+".json")
	text, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	var file struct {
		Providers map[string]*Provider `json:"provider_schemas"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return "", nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(file.Providers) != 1 {
		return "", nil, fmt.Errorf("%s: %d providers where one was expected", path, len(file.Providers))
	}
	address := slices.Collect(maps.Keys(file.Providers))[0]
	return address, file.Providers[address], nil
}

// ctyType is the type of the values that the block takes.
func (b *Block) ctyType() cty.Type {
	types := attributeTypes(b.Attributes)
	for name, nested := range b.Blocks {
		types[name] = nested.Nesting.around(nested.Block.ctyType())
	}
	return cty.Object(types)
}

func attributeTypes(attributes map[string]*Attribute) map[string]cty.Type {
	types := map[string]cty.Type{}
	for name, attribute := range attributes {
		if attribute.Nested == nil {
			types[name] = attribute.Type
		} else {
			types[name] = attribute.Nested.Nesting.around(cty.Object(attributeTypes(attribute.Nested.Attributes)))
		}
	}
	return types
}

func (n Nesting) around(object cty.Type) cty.Type {
	switch n {
	case list:
		return cty.List(object)
	case set:
		return cty.Set(object)
	case keyed:
		return cty.Map(object)
	default:
		return object
	}
}

// wire is the schema as the plugin protocol carries it.
func (s *Schema) wire() *tfprotov6.Schema {
	return &tfprotov6.Schema{Version: s.Version, Block: s.Block.wire()}
}

func (b *Block) wire() *tfprotov6.SchemaBlock {
	wired := &tfprotov6.SchemaBlock{Attributes: wireAttributes(b.Attributes), Deprecated: b.Deprecated}
	for _, name := range slices.Sorted(maps.Keys(b.Blocks)) {
		nested := b.Blocks[name]
		wired.BlockTypes = append(wired.BlockTypes, &tfprotov6.SchemaNestedBlock{
			TypeName: name,
			Block:    nested.Block.wire(),
			Nesting:  blockNestings[nested.Nesting],
			MinItems: nested.MinItems,
			MaxItems: nested.MaxItems,
		})
	}
	return wired
}

func wireAttributes(attributes map[string]*Attribute) []*tfprotov6.SchemaAttribute {
	var wired []*tfprotov6.SchemaAttribute
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		wired = append(wired, attributes[name].wire(name))
	}
	return wired
}

func (a *Attribute) wire(name string) *tfprotov6.SchemaAttribute {
	wired := &tfprotov6.SchemaAttribute{
		Name:       name,
		Required:   a.Required,
		Optional:   a.Optional,
		Computed:   a.Computed,
		Sensitive:  a.Sensitive,
		WriteOnly:  a.WriteOnly,
		Deprecated: a.Deprecated,
	}
	if a.Nested == nil {
		wired.Type = wireType(a.Type)
	} else {
		wired.NestedType = &tfprotov6.SchemaObject{
			Attributes: wireAttributes(a.Nested.Attributes),
			Nesting:    objectNestings[a.Nested.Nesting],
		}
	}
	return wired
}

func wireType(ty cty.Type) tftypes.Type {
	text, err := ctyjson.MarshalType(ty)
	if err != nil {
		panic(err) // it was read from JSON
	}
	wired, err := tftypes.ParseJSONType(text)
	if err != nil {
		panic(err)
	}
	return wired
}

func wireAll(schemas map[string]*Schema) map[string]*tfprotov6.Schema {
	wired := map[string]*tfprotov6.Schema{}
	for name, schema := range schemas {
		wired[name] = schema.wire()
	}
	return wired
}
