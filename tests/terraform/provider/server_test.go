package main

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

func TestAPanicBecomesADiagnostic(t *testing.T) {
	server := &server{provider: &Provider{}}
	response, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "toy_absent"})
	if err != nil || len(response.Diagnostics) != 1 {
		t.Fatalf("got %v, %v", response.Diagnostics, err)
	}
	if summary := response.Diagnostics[0].Summary; summary != "The stand-in provider panicked" {
		t.Errorf("got %q", summary)
	}
}

func TestAnImportIsRefusedWithAReason(t *testing.T) {
	response, err := (&server{}).ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "toy"})
	if err != nil || len(response.Diagnostics) != 1 {
		t.Fatalf("got %v, %v", response.Diagnostics, err)
	}
	if detail := response.Diagnostics[0].Detail; detail != "it keeps no objects, so it cannot import toy" {
		t.Errorf("got %q", detail)
	}
}
