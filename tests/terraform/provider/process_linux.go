package main

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// memoryFile is a file that no folder has; only its owner may read it.
func memoryFile(content []byte) (*os.File, error) {
	descriptor, err := unix.MemfdCreate("standin", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	file := os.NewFile(uintptr(descriptor), "standin")
	if err := file.Chmod(0o600); err != nil {
		file.Close()
		return nil, err
	}
	if _, err := file.Write(content); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// runBound runs a program in a process group of its own that the kernel kills when this process ends.
func runBound(command *exec.Cmd) error {
	// The kernel watches the thread that starts it, not the process: that one must wait.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return command.Run()
}
