package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// helmVariable names the helm program; without it the one on PATH is taken.
const helmVariable = "QHUB_STANDIN_HELM"

// helmCall is one run of helm. Files go to it by memory alone: a secret lies in no folder, and is
// gone with the process, however that ends.
type helmCall struct {
	arguments []string
	files     []*os.File
}

func newHelmCall(arguments ...string) *helmCall { return &helmCall{arguments: arguments} }

func (h *helmCall) add(arguments ...string) { h.arguments = append(h.arguments, arguments...) }

// file returns a path that is good in helm's process alone.
func (h *helmCall) file(content []byte) (string, error) {
	file, err := memoryFile(content)
	if err != nil {
		return "", err
	}
	h.files = append(h.files, file)
	return fmt.Sprintf("/proc/self/fd/%d", 2+len(h.files)), nil
}

func (h *helmCall) close() {
	for _, file := range h.files {
		file.Close()
	}
}

// run waits for helm to end. Nothing interrupts it, as nothing interrupts Helm in the real provider:
// ^C goes to Terraform's process group, and helm has one of its own.
func (h *helmCall) run() error {
	program := os.Getenv(helmVariable)
	if program == "" {
		program = "helm"
	}
	command := exec.Command(program, h.arguments...)
	// Helm's client would keep what it learned of the API server in HOME; the real provider does not.
	// A process that is short and small need not collect its garbage often.
	command.Env = append(childEnvironment(), "KUBECACHEDIR=/dev/null", "GOGC=400")
	command.ExtraFiles = h.files
	var complaint bytes.Buffer
	command.Stderr = &complaint
	if err := runBound(command); err != nil {
		return fmt.Errorf("%s", complained(complaint.String(), err))
	}
	return nil
}

// complained is the error that helm printed, without its own prefixes.
func complained(printed string, err error) string {
	_, message, found := strings.Cut("\n"+printed, "\nError: ")
	if !found {
		return strings.TrimSpace(err.Error() + "\n" + printed)
	}
	for _, prefix := range []string{"INSTALLATION FAILED: ", "UPGRADE FAILED: "} {
		message = strings.TrimPrefix(message, prefix)
	}
	return strings.TrimSpace(message)
}
