package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"testing"
)

func TestOfWhatHelmPrintsTheErrorIsKept(t *testing.T) {
	ended := errors.New("exit status 1")
	for _, printed := range []struct{ text, expected string }{
		{"level=WARN msg=old\nError: INSTALLATION FAILED: two\nlines\n", "two\nlines"},
		{"Error: UPGRADE FAILED: one", "one"},
		{"Error: uninstall: Release not loaded: a: release: not found", "uninstall: Release not loaded: a: release: not found"},
		{"panic: x", "exit status 1\npanic: x"},
	} {
		if got := complained(printed.text, ended); got != printed.expected {
			t.Errorf("got %q of %q", got, printed.text)
		}
	}
}

func TestAStoredReleaseIsDecoded(t *testing.T) {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	stored := `{"name":"a","version":3,"info":{"status":"deployed","last_deployed":"2026-11-21T10:00:00.5Z"},` +
		`"chart":{"metadata":{"version":"0.1.0"}},"config":{"team":"x"}}`
	if _, err := writer.Write([]byte(stored)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	release, err := decodeRelease([]byte(base64.StdEncoding.EncodeToString(packed.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	if release.Revision != 3 || release.Info.Status != "deployed" || release.Chart.Metadata.Version != "0.1.0" ||
		release.Info.LastDeployed.Unix() != 1795255200 {
		t.Errorf("got %+v", release)
	}
	if _, err := decodeRelease([]byte("!")); err == nil {
		t.Error("what is no release was taken for one")
	}
}
