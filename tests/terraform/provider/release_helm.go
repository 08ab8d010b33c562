package main

import (
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// helm installs or upgrades, while Terraform creates or updates. Write-only values are in the
// configuration alone.
func (r *releases) helm(verb, during string, config, planned cty.Value, written bool) error {
	call := newHelmCall(verb, text(planned, "name"), text(planned, "chart"))
	defer call.close()
	call.add("--server-side=false") // the real provider's Helm 3 knows no other way
	// Half of a run asks whether the server validates what it is sent; ours does.
	call.add("--disable-openapi-validation")
	if description := text(planned, "description"); description != "" {
		call.add("--description", description)
	}
	if version := text(config, "version"); version != "" {
		call.add("--version", version)
	}
	call.flags(planned, map[string]string{
		"atomic":                "--rollback-on-failure",
		"disable_webhooks":      "--no-hooks",
		"render_subchart_notes": "--render-subchart-notes",
		"skip_crds":             "--skip-crds",
		"wait":                  "--wait=legacy",
	})
	history := "0" // and no limit, and nothing of what follows, where a creation upgrades
	if verb == "install" || during == "update" {
		call.flags(planned, map[string]string{"take_ownership": "--take-ownership", "wait_for_jobs": "--wait-for-jobs"})
	}
	if verb == "install" {
		call.flags(planned, map[string]string{"create_namespace": "--create-namespace", "replace": "--replace"})
	}
	if during == "update" {
		history = strconv.FormatInt(number(planned, "max_history"), 10)
		call.flags(planned, map[string]string{
			"cleanup_on_fail": "--cleanup-on-fail",
			"force_update":    "--force-replace",
			"reset_values":    "--reset-values",
			"reuse_values":    "--reuse-values",
		})
	}
	if verb == "upgrade" {
		call.add("--history-max", history)
	}
	if err := call.values(config, planned, written); err != nil {
		return err
	}
	return r.start(call, planned)
}

func (h *helmCall) flags(release cty.Value, names map[string]string) {
	for name, argument := range names {
		if flag(release, name) {
			h.add(argument)
		}
	}
}

// values hands over files for what may be large or secret, arguments for the rest.
func (h *helmCall) values(config, planned cty.Value, written bool) error {
	for _, document := range texts(planned, "values") {
		path, err := h.file([]byte(document))
		if err != nil {
			return err
		}
		h.add("--values", path)
	}
	for _, set := range settings(planned, "set") {
		argument := map[string]string{"string": "--set-string", "literal": "--set-literal"}[text(set, "type")]
		h.add(first(argument, "--set"), text(set, "name")+"="+text(set, "value"))
	}
	for _, set := range settings(planned, "set_list") {
		h.add("--set", text(set, "name")+"={"+strings.Join(texts(set, "value"), ",")+"}")
	}
	secret := settings(planned, "set_sensitive")
	if written {
		secret = append(secret, settings(config, "set_wo")...)
	}
	for _, set := range secret {
		path, err := h.file([]byte(text(set, "value")))
		if err != nil {
			return err
		}
		h.add("--set-file", text(set, "name")+"="+path)
	}
	return nil
}

func (r *releases) start(call *helmCall, release cty.Value) error {
	config, err := r.config()
	if err != nil {
		return err
	}
	path, err := call.file(config)
	if err != nil {
		return err
	}
	call.add("--kubeconfig", path, "--namespace", text(release, "namespace"))
	call.add("--timeout", strconv.FormatInt(number(release, "timeout"), 10)+"s")
	return call.run()
}

// settings are the objects of `set` and its siblings.
func settings(release cty.Value, name string) []cty.Value {
	value := release.GetAttr(name)
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	return value.AsValueSlice()
}
