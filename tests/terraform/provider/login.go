package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// credential is what a login program prints.
type credential struct {
	Token                 string    `json:"token"`
	ClientCertificateData string    `json:"clientCertificateData"`
	ClientKeyData         string    `json:"clientKeyData"`
	ExpirationTimestamp   time.Time `json:"expirationTimestamp"`
}

type execCredential struct {
	APIVersion string      `json:"apiVersion"`
	Kind       string      `json:"kind"`
	Spec       any         `json:"spec,omitempty"`
	Status     *credential `json:"status,omitempty"`
}

// login runs the program that prints a credential, once for as long as that is valid.
func (a *api) login(ctx context.Context) (*credential, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	valid := a.logged != nil && (a.logged.ExpirationTimestamp.IsZero() || time.Now().Before(a.logged.ExpirationTimestamp))
	if valid {
		return a.logged, nil
	}
	asked := a.user.Exec
	spec := map[string]any{"interactive": false}
	if asked.ProvideClusterInfo {
		spec["cluster"] = map[string]any{"server": a.cluster.Server, "certificate-authority-data": a.cluster.Authority}
	}
	information, err := json.Marshal(execCredential{APIVersion: asked.APIVersion, Kind: "ExecCredential", Spec: spec})
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, asked.Command, asked.Args...)
	command.Env = append(childEnvironment(), "KUBERNETES_EXEC_INFO="+string(information))
	for _, entry := range asked.Env {
		command.Env = append(command.Env, entry.Name+"="+entry.Value)
	}
	var complaint strings.Builder
	command.Stderr = &complaint
	printed, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("getting credentials: exec: executable %s failed: %w\n%s", asked.Command, err, complaint.String())
	}
	answer := &execCredential{}
	if err := json.Unmarshal(printed, answer); err != nil || answer.Status == nil {
		return nil, fmt.Errorf("getting credentials: exec: %s printed no ExecCredential", asked.Command)
	}
	if answer.APIVersion != asked.APIVersion {
		return nil, fmt.Errorf("getting credentials: exec plugin is configured to use API version %s, plugin returned version %s",
			asked.APIVersion, answer.APIVersion)
	}
	a.logged = answer.Status
	return a.logged, nil
}

// childEnvironment is ours without what is Terraform's business: TF_VAR_ holds secrets, TF_LOG would log them.
func childEnvironment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		ours := false
		for _, prefix := range []string{"TF_", "PLUGIN_", "HELM_", "KUBECONFIG=", "STANDIN_", "QHUB_"} {
			ours = ours || strings.HasPrefix(entry, prefix)
		}
		if !ours {
			kept = append(kept, entry)
		}
	}
	return kept
}
