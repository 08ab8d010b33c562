package main

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// linter looks for keys that no schema knows in the object literals of nested attributes
// (`kubernetes = { … }`, `set = [{ … }]`): Terraform drops them before any provider sees them.
// Arguments and blocks are not its business: Terraform refuses unknown ones itself.
type linter struct {
	out       io.Writer
	schemas   string
	providers map[string]*Provider
}

// lint checks every .tf file under a folder and prints a line for each finding; it fails only
// when it could not look.
func lint(out io.Writer, schemas, folder string) error {
	l := &linter{out: out, schemas: schemas, providers: map[string]*Provider{}}
	files := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".terraform":
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".tf":
			return nil
		}
		files++
		return l.file(folder, path)
	})
	if err == nil && files == 0 {
		return fmt.Errorf("%s: no .tf file to check", folder)
	}
	return err
}

func (l *linter) file(folder, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(folder, path)
	if err != nil {
		return err
	}
	parsed, problems := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	if problems.HasErrors() {
		return problems
	}
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		schema, err := l.schema(block)
		if err != nil {
			return fmt.Errorf("%s: %w", block.DefRange(), err)
		}
		if schema != nil {
			l.attributes(strings.Join(append([]string{block.Type}, block.Labels...), "."), schema.Block, block.Body)
		}
	}
	return nil
}

// schema is nil for what no provider serves: variables, outputs, terraform_data.
func (l *linter) schema(block *hclsyntax.Block) (*Schema, error) {
	if len(block.Labels) == 0 {
		return nil, nil
	}
	label := block.Labels[0]
	name, _, _ := strings.Cut(label, "_")
	if !slices.Contains([]string{"provider", "resource", "data", "ephemeral"}, block.Type) || name == "terraform" {
		return nil, nil
	}
	provider, err := l.provider(name)
	if err != nil {
		return nil, err
	}
	schema := map[string]*Schema{
		"provider":  provider.Config,
		"resource":  provider.Resources[label],
		"data":      provider.Data[label],
		"ephemeral": provider.Ephemerals[label],
	}[block.Type]
	if schema == nil {
		return nil, fmt.Errorf("the schema of %s has no %s", name, label)
	}
	return schema, nil
}

func (l *linter) provider(name string) (*Provider, error) {
	if known, read := l.providers[name]; read {
		return known, nil
	}
	_, provider, err := readProvider(l.schemas, name)
	l.providers[name] = provider
	return provider, err
}

func (l *linter) attributes(where string, block *Block, body *hclsyntax.Body) {
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		if attribute := block.Attributes[name]; attribute != nil && attribute.Nested != nil {
			l.nested(where+"."+name, attribute.Nested, body.Attributes[name].Expr)
		}
	}
}

// nested looks through what can stand around an object literal. Objects that come from elsewhere
// (a variable, a local) are not seen.
func (l *linter) nested(where string, object *Object, expression hclsyntax.Expression) {
	switch expression := expression.(type) {
	case *hclsyntax.ObjectConsExpr:
		l.object(where, object, expression)
	case *hclsyntax.TupleConsExpr:
		l.all(where, object, expression.Exprs)
	case *hclsyntax.FunctionCallExpr:
		l.all(where, object, expression.Args)
	case *hclsyntax.ConditionalExpr:
		l.all(where, object, []hclsyntax.Expression{expression.TrueResult, expression.FalseResult})
	case *hclsyntax.ForExpr:
		l.nested(where, object, expression.ValExpr)
	case *hclsyntax.ParenthesesExpr:
		l.nested(where, object, expression.Expression)
	}
}

func (l *linter) all(where string, object *Object, expressions []hclsyntax.Expression) {
	for _, expression := range expressions {
		l.nested(where, object, expression)
	}
}

func (l *linter) object(where string, object *Object, literal *hclsyntax.ObjectConsExpr) {
	for _, item := range literal.Items {
		key, problems := item.KeyExpr.Value(nil)
		if problems.HasErrors() {
			continue // a computed key: only the plan can tell it
		}
		name, position := key.AsString(), item.KeyExpr.Range()
		attribute, known := object.Attributes[name]
		switch {
		case !known:
			names := strings.Join(slices.Sorted(maps.Keys(object.Attributes)), ", ")
			fmt.Fprintf(l.out, "%s:%d:%d: %s has no key %q; known here: %s\n",
				position.Filename, position.Start.Line, position.Start.Column, where, name, names)
		case attribute.Nested != nil:
			l.nested(where+"."+name, attribute.Nested, item.ValueExpr)
		}
	}
}
