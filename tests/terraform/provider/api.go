package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	jsonType      = "application/json"
	jsonPatchType = "application/json-patch+json"
	attempts      = 10 // while the server asks for patience
)

// api is a Kubernetes API server, with the patience of Kubernetes' own client.
type api struct {
	server  *url.URL
	client  *http.Client
	user    kubeUser
	mutex   sync.Mutex
	logged  *credential
	cluster kubeCluster
}

// refusal is an answer of the API server that is not what was asked for.
type refusal struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return r.Message }

func isGone(err error) bool {
	var answer *refusal
	return errors.As(err, &answer) && answer.Code == http.StatusNotFound
}

func (c *connection) open() (*api, error) {
	server, err := url.Parse(c.cluster.Server)
	if err != nil {
		return nil, err
	}
	opened := &api{server: server, user: c.user, cluster: c.cluster}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
		TLSClientConfig: &tls.Config{
			ServerName:           c.cluster.ServerName,
			InsecureSkipVerify:   c.cluster.Insecure, // asked for by the configuration
			GetClientCertificate: opened.certificate,
		},
	}
	if len(c.cluster.Authority) > 0 {
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !transport.TLSClientConfig.RootCAs.AppendCertsFromPEM(c.cluster.Authority) {
			return nil, errors.New("unable to load root certificates: no certificate in the cluster's CA data")
		}
	}
	if c.cluster.Proxy != "" {
		proxy, err := url.Parse(c.cluster.Proxy)
		if err != nil {
			return nil, err
		}
		transport.Proxy = http.ProxyURL(proxy)
	}
	opened.client = &http.Client{Transport: transport}
	return opened, nil
}

func (a *api) certificate(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	certificate, key := a.user.Certificate, a.user.Key
	if a.user.Exec != nil {
		logged, err := a.login(request.Context())
		if err != nil {
			return nil, err
		}
		certificate, key = []byte(logged.ClientCertificateData), []byte(logged.ClientKeyData)
	}
	if len(certificate) == 0 {
		return &tls.Certificate{}, nil
	}
	pair, err := tls.X509KeyPair(certificate, key)
	return &pair, err
}

func (a *api) get(ctx context.Context, path string, into any) error {
	return a.call(ctx, http.MethodGet, path, "", nil, into)
}

func (a *api) post(ctx context.Context, path string, body, into any) error {
	return a.call(ctx, http.MethodPost, path, jsonType, body, into)
}

func (a *api) patch(ctx context.Context, path string, operations, into any) error {
	return a.call(ctx, http.MethodPatch, path, jsonPatchType, operations, into)
}

func (a *api) delete(ctx context.Context, path string) error {
	return a.call(ctx, http.MethodDelete, path, "", nil, nil)
}

func (a *api) call(ctx context.Context, method, path, contentType string, body, into any) error {
	var content []byte
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = encoded
	}
	for attempt := 1; ; attempt++ {
		answer, err := a.send(ctx, method, path, contentType, content)
		if err != nil {
			return err
		}
		pause, asked := patience(answer)
		if asked && attempt < attempts {
			answer.Body.Close()
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
			continue
		}
		return taken(answer, into)
	}
}

// patience is what the server asks for when it has too much to do.
func patience(answer *http.Response) (time.Duration, bool) {
	if answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode < 500 {
		return 0, false
	}
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	return time.Duration(seconds) * time.Second, err == nil
}

func (a *api) send(ctx context.Context, method, path, contentType string, content []byte) (*http.Response, error) {
	where, err := url.Parse(strings.TrimRight(a.server.String(), "/") + path)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, where.String(), bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", jsonType)
	request.Header.Set("User-Agent", "qhub-standin")
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if err := a.authorise(request); err != nil {
		return nil, err
	}
	return a.client.Do(request)
}

func (a *api) authorise(request *http.Request) error {
	token := a.user.Token
	if a.user.Exec != nil {
		logged, err := a.login(request.Context())
		if err != nil {
			return err
		}
		token = logged.Token
	}
	switch {
	case token != "":
		request.Header.Set("Authorization", "Bearer "+token)
	case a.user.Username != "":
		request.SetBasicAuth(a.user.Username, a.user.Password)
	}
	if a.user.As != "" {
		request.Header.Set("Impersonate-User", a.user.As)
	}
	for _, group := range a.user.AsGroups {
		request.Header.Add("Impersonate-Group", group)
	}
	return nil
}

func taken(answer *http.Response, into any) error {
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode < 300 {
		if into == nil {
			return nil
		}
		return json.Unmarshal(content, into)
	}
	refused := &refusal{}
	if json.Unmarshal(content, refused) != nil || refused.Message == "" {
		refused.Message = fmt.Sprintf("the server answered %s", answer.Status)
	}
	if answer.StatusCode == http.StatusUnauthorized {
		refused.Message = "Unauthorized"
	}
	refused.Code = answer.StatusCode
	return refused
}
