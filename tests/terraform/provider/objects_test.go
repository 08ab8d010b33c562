package main

import (
	"encoding/json"
	"testing"
)

func TestAMapIsChangedEntryByEntry(t *testing.T) {
	for _, change := range []struct {
		name          string
		before, after map[string]string
		expected      string
	}{
		{"nothing", map[string]string{"a": "1"}, map[string]string{"a": "1"}, `null`},
		{"the first entries", nil, map[string]string{"a": "1"}, `[{"op":"add","path":"/p","value":{"a":"1"}}]`},
		{"one of each", map[string]string{"a": "1", "b/c~d": "2", "e": "3"}, map[string]string{"a": "1", "e": "", "f": "4"},
			`[{"op":"remove","path":"/p/b~1c~0d"},{"op":"add","path":"/p/e","value":""},{"op":"add","path":"/p/f","value":"4"}]`},
	} {
		t.Run(change.name, func(t *testing.T) {
			steps, err := json.Marshal(entries("/p", change.before, change.after))
			if err != nil || string(steps) != change.expected {
				t.Errorf("got %s, %v", steps, err)
			}
		})
	}
}

func TestKeysOfOthersAreLeftOutUnlessTheyAreConfigured(t *testing.T) {
	now := map[string]string{
		"kubernetes.io/metadata.name":              "x",
		"pod-security.kubernetes.io/enforce":       "restricted",
		"app.kubernetes.io/part-of":                "x",
		"team":                                     "x",
		"deprecated.daemonset.template.generation": "1",
		"vendor.test/seen":                         "x",
	}
	kept := foreign(now, map[string]string{"pod-security.kubernetes.io/enforce": ""}, []string{"^vendor"})
	for _, name := range []string{"pod-security.kubernetes.io/enforce", "app.kubernetes.io/part-of", "team"} {
		if _, there := kept[name]; !there {
			t.Errorf("%s is left out", name)
		}
		delete(kept, name)
	}
	if len(kept) != 0 {
		t.Errorf("these stayed: %v", kept)
	}
}

func TestAValueThatIsNotBase64IsNotShown(t *testing.T) {
	err := secretData(map[string]string{}, nil, map[string]string{"key": "planted, not Base64"})
	if err == nil || err.Error() != `the value of "key" is not Base64` {
		t.Errorf("got %v", err)
	}
}
