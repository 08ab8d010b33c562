package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"
)

// storedRelease is what is read of a release as Helm keeps it: one Secret a revision.
type storedRelease struct {
	Name      string         `json:"name"`
	Namespace string         `json:"namespace"`
	Revision  int64          `json:"version"`
	Config    map[string]any `json:"config"`
	Info      struct {
		FirstDeployed time.Time `json:"first_deployed"`
		LastDeployed  time.Time `json:"last_deployed"`
		Description   string    `json:"description"`
		Notes         string    `json:"notes"`
		Status        string    `json:"status"`
	} `json:"info"`
	Chart struct {
		Metadata chartMetadata `json:"metadata"`
	} `json:"chart"`
}

type chartMetadata struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	AppVersion string `json:"appVersion"`
}

// lastRelease is the newest revision of a release, whatever became of it; nil without one.
func lastRelease(ctx context.Context, cluster *api, namespace, name string) (*storedRelease, error) {
	var found struct {
		Items []struct {
			Metadata metadata          `json:"metadata"`
			Data     map[string][]byte `json:"data"`
		} `json:"items"`
	}
	selector := url.Values{"labelSelector": {"name=" + name + ",owner=helm"}}
	path := "/api/v1/namespaces/" + url.PathEscape(namespace) + "/secrets?" + selector.Encode()
	if err := cluster.get(ctx, path, &found); err != nil {
		return nil, err
	}
	var newest []byte
	last := -1
	for _, item := range found.Items {
		revision, err := strconv.Atoi(item.Metadata.Labels["version"])
		if err == nil && revision > last {
			newest, last = item.Data["release"], revision
		}
	}
	if last < 0 {
		return nil, nil
	}
	release, err := decodeRelease(newest)
	if err != nil {
		return nil, fmt.Errorf("release %s, revision %d: %w", name, last, err)
	}
	return release, nil
}

// decodeRelease undoes Helm's encoding: JSON, gzip, Base64.
func decodeRelease(encoded []byte) (*storedRelease, error) {
	packed, err := base64.StdEncoding.DecodeString(string(encoded))
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	release := &storedRelease{}
	return release, json.Unmarshal(content, release)
}
