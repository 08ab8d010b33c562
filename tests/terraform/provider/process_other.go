//go:build !linux

package main

import (
	"errors"
	"os"
	"os/exec"
)

var errLinux = errors.New("the stand-in acts on Helm releases on Linux only")

func memoryFile([]byte) (*os.File, error) { return nil, errLinux }

func runBound(*exec.Cmd) error { return errLinux }
