package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestASchemaFileThatIsNotOneIsRefusedWithItsName(t *testing.T) {
	for _, file := range []struct{ name, text, expected string }{
		{"two providers", `{"provider_schemas": {"a": {}, "b": {}}}`, "toy.json: 2 providers where one was expected"},
		{"unknown nesting", `{"provider_schemas": {"a": {"provider": {"block": {"block_types": {"x": {"nesting_mode": "heap"}}}}}}}`,
			`toy.json: unknown nesting mode "heap"`},
	} {
		t.Run(file.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "toy.json"), []byte(file.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := readProvider(folder, "toy")
			if err == nil || err.Error() != filepath.Join(folder, file.expected) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTheWireTypeIsTheValueTypeForEveryNesting(t *testing.T) {
	if wired, own := toy.wire().ValueType(), wireType(toy.ctyType()); !wired.Equal(own) {
		t.Errorf("wired %s\nown   %s", wired, own)
	}
}
