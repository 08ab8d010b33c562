package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

const largest = 4 << 20 // bytes of a manifest, as other registries have it

// pushed is a manifest as it was pushed.
type pushed struct {
	Path string
	Type string
	Body []byte
}

// remembering keeps every manifest that the registry accepts, and pushes all that is kept to it
// again, in the same order: the registry itself has them in memory only.
func remembering(registry http.Handler, folder string) (http.Handler, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	kept, err := read(folder)
	if err != nil {
		return nil, err
	}
	for _, manifest := range kept {
		if answer := push(registry, manifest); answer.Code != http.StatusCreated {
			return nil, fmt.Errorf("%s is refused now: %s", manifest.Path, answer.Body)
		}
	}
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodPut || !strings.Contains(request.URL.Path, "/manifests/") {
			registry.ServeHTTP(answer, request)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(answer, request.Body, largest))
		if err != nil {
			http.Error(answer, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		manifest := pushed{Path: request.URL.Path, Type: request.Header.Get("Content-Type"), Body: body}
		found := push(registry, manifest)
		if found.Code == http.StatusCreated {
			if err := write(folder, manifest); err != nil {
				http.Error(answer, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		for key, values := range found.Header() {
			answer.Header()[key] = values
		}
		answer.WriteHeader(found.Code)
		_, _ = io.Copy(answer, found.Body)
	}), nil
}

func push(registry http.Handler, manifest pushed) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPut, manifest.Path, bytes.NewReader(manifest.Body))
	request.Header.Set("Content-Type", manifest.Type)
	answer := httptest.NewRecorder()
	registry.ServeHTTP(answer, request)
	return answer
}

// read returns what is kept in the order in which it was pushed: an index comes after its images.
func read(folder string) ([]pushed, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	kept := make([]pushed, 0, len(names))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var manifest pushed
		if err := json.Unmarshal(text, &manifest); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		kept = append(kept, manifest)
	}
	return kept, nil
}

// write keeps a manifest beside an earlier one of the same path, which the next start pushes first.
func write(folder string, manifest pushed) error {
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	name := filepath.Join(folder, fmt.Sprintf("%020d.json", time.Now().UnixNano()))
	if err := os.WriteFile(name+".partial", text, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".partial", name)
}
