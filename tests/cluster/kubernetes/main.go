// Command kube is every program of a Kubernetes node and its control plane, by its first argument:
// five of them linked into one take a fifth of the disk and half of the time to build.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var programs = map[string]func() *cobra.Command{
	"apiserver":          apiserver.NewAPIServerCommand,
	"controller-manager": controllermanager.NewControllerManagerCommand,
	"scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":            func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"proxy":              proxy.NewProxyCommand,
	"kubectl":            kubectl.NewDefaultKubectlCommand,
}

func main() {
	name := filepath.Base(os.Args[0]) // a link to the program names one of them, too
	if programs[name] == nil && len(os.Args) > 1 {
		name = os.Args[1]
		os.Args = os.Args[1:]
	}
	if programs[name] == nil {
		fmt.Fprintf(os.Stderr, "usage: kube PROGRAM ARGUMENT...; a program is one of %s\n", names())
		os.Exit(2)
	}
	if name == "kubectl" { // prints its own errors, and knows their statuses
		util.CheckErr(cli.RunNoErrOutput(programs[name]()))
		return
	}
	os.Exit(cli.Run(programs[name]()))
}

func names() string {
	known := make([]string, 0, len(programs))
	for name := range programs {
		known = append(known, name)
	}
	sort.Strings(known)
	return strings.Join(known, ", ")
}
