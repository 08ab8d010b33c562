// Command standin serves the schema file of any Terraform provider as that provider, for tests
// without a network. Its name decides which one: terraform-provider-NAME_vVERSION.
//
// Called as `standin lint FOLDER`, it looks for misspelt keys that Terraform drops in silence.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// schemasVariable names the folder with one schema file a provider.
const schemasVariable = "STANDIN_SCHEMAS"

var providerName = regexp.MustCompile(`^terraform-provider-(.+?)(_v.*)?$`)

func main() {
	if err := run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "standin:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	folder := os.Getenv(schemasVariable)
	if folder == "" {
		return fmt.Errorf("%s is not set; set it to the folder of the schema files", schemasVariable)
	}
	if match := providerName.FindStringSubmatch(filepath.Base(arguments[0])); match != nil {
		return serve(folder, match[1])
	}
	if len(arguments) == 3 && arguments[1] == "lint" {
		return lint(os.Stdout, folder, arguments[2])
	}
	return errors.New("call it terraform-provider-NAME, or give it: lint FOLDER")
}

func serve(folder, name string) error {
	address, provider, err := readProvider(folder, name)
	if err != nil {
		return err
	}
	return tf6server.Serve(address, func() tfprotov6.ProviderServer {
		return &server{name: name, provider: provider, habits: providerHabits[name]}
	})
}
