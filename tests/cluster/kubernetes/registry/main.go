// Command registry serves OCI images: `registry ADDRESS LAYERS MANIFESTS`, with a folder for each.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: registry ADDRESS LAYERS MANIFESTS")
		os.Exit(2)
	}
	images := registry.New(
		registry.WithBlobHandler(registry.NewDiskBlobHandler(os.Args[2])),
		registry.Logger(log.New(io.Discard, "", 0)),
	)
	handler, err := remembering(images, os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: os.Args[1], Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
