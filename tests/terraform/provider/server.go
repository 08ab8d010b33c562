package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"github.com/zclconf/go-cty/cty/msgpack"
)

// server answers Terraform from a schema alone: what a real provider would ask its service for
// is invented, and what was applied lives in Terraform's state and nowhere else. Where it has
// actors, these do to a cluster what was planned.
type server struct {
	// The calls that are missing below are never made: Terraform makes them only for
	// capabilities and schemas that this server does not announce.
	tfprotov6.ProviderServer

	name     string
	provider *Provider
	habits   habits
	actors   map[string]actor
}

type diagnostics = []*tfprotov6.Diagnostic

// answer runs one call; an error or a panic in it becomes a diagnostic. A panic that got out would
// end the process, and Terraform would tell "plugin crashed" without a cause.
func answer(found *diagnostics, call func() error) {
	defer func() {
		if cause := recover(); cause != nil {
			*found = append(*found, failure("The stand-in provider panicked", fmt.Sprintf("%v\n%s", cause, debug.Stack()), nil))
		}
	}()
	err := call()
	var known *problem
	switch {
	case errors.As(err, &known):
		*found = append(*found, failure(known.summary, known.detail, nil))
	case err != nil:
		*found = append(*found, failure("The stand-in provider failed", err.Error(), nil))
	}
}

func failure(summary, detail string, path cty.Path) *tfprotov6.Diagnostic {
	return &tfprotov6.Diagnostic{
		Severity:  tfprotov6.DiagnosticSeverityError,
		Summary:   summary,
		Detail:    detail,
		Attribute: wirePath(path),
	}
}

func (s *server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	response := &tfprotov6.GetProviderSchemaResponse{
		ServerCapabilities: &tfprotov6.ServerCapabilities{GetProviderSchemaOptional: true},
	}
	answer(&response.Diagnostics, func() error {
		response.Provider = s.provider.Config.wire()
		response.ResourceSchemas = wireAll(s.provider.Resources)
		response.DataSourceSchemas = wireAll(s.provider.Data)
		response.EphemeralResourceSchemas = wireAll(s.provider.Ephemerals)
		return nil
	})
	return response, nil
}

// GetResourceIdentitySchemas is asked by Terraform 1.12 and later.
func (s *server) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (s *server) ValidateProviderConfig(_ context.Context, request *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	response := &tfprotov6.ValidateProviderConfigResponse{PreparedConfig: request.Config}
	answer(&response.Diagnostics, func() error {
		return check(s.provider.Config.Block, request.Config, &response.Diagnostics)
	})
	return response, nil
}

func (s *server) ValidateResourceConfig(_ context.Context, request *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	response := &tfprotov6.ValidateResourceConfigResponse{}
	answer(&response.Diagnostics, func() error {
		return check(s.provider.Resources[request.TypeName].Block, request.Config, &response.Diagnostics)
	})
	return response, nil
}

func (s *server) ValidateDataResourceConfig(_ context.Context, request *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	response := &tfprotov6.ValidateDataResourceConfigResponse{}
	answer(&response.Diagnostics, func() error {
		return check(s.provider.Data[request.TypeName].Block, request.Config, &response.Diagnostics)
	})
	return response, nil
}

func (s *server) ValidateEphemeralResourceConfig(_ context.Context, request *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	response := &tfprotov6.ValidateEphemeralResourceConfigResponse{}
	answer(&response.Diagnostics, func() error {
		return check(s.provider.Ephemerals[request.TypeName].Block, request.Config, &response.Diagnostics)
	})
	return response, nil
}

func check(block *Block, wired *tfprotov6.DynamicValue, found *diagnostics) error {
	config, err := decode(wired, block)
	if err != nil {
		return err
	}
	for _, path := range refuseComputed(block, config) {
		detail := fmt.Sprintf("Only the provider may set %q; take it out of the configuration.", dotted(path))
		*found = append(*found, failure("Value for a computed attribute", detail, path))
	}
	return nil
}

// ConfigureProvider takes any configuration, unknown values too: nobody connects before there is work.
func (s *server) ConfigureProvider(_ context.Context, request *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	response := &tfprotov6.ConfigureProviderResponse{}
	answer(&response.Diagnostics, func() error {
		config, err := decode(request.Config, s.provider.Config.Block)
		if err == nil {
			s.actors = actors(s.name, s.provider, config)
		}
		return err
	})
	return response, nil
}

// StopProvider is answered below: what serves the protocol has ended the contexts of all calls then.
func (s *server) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (s *server) UpgradeResourceState(_ context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	response := &tfprotov6.UpgradeResourceStateResponse{}
	answer(&response.Diagnostics, func() error {
		block := s.provider.Resources[request.TypeName].Block
		state, err := ctyjson.Unmarshal(request.RawState.JSON, block.ctyType())
		if err != nil {
			return err
		}
		response.UpgradedState, err = encode(state, block)
		return err
	})
	return response, nil
}

func (s *server) ReadResource(ctx context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	response := &tfprotov6.ReadResourceResponse{NewState: request.CurrentState, Private: request.Private}
	answer(&response.Diagnostics, func() error {
		does, err := s.actorOf(request.TypeName)
		if does == nil || err != nil {
			return err
		}
		block := s.provider.Resources[request.TypeName].Block
		state, err := decode(request.CurrentState, block)
		if err != nil {
			return err
		}
		if state, err = does.read(ctx, state); err != nil {
			return err
		}
		response.NewState, err = encode(state, block)
		return err
	})
	return response, nil
}

func (s *server) PlanResourceChange(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	response := &tfprotov6.PlanResourceChangeResponse{PlannedPrivate: request.PriorPrivate}
	answer(&response.Diagnostics, func() error {
		block := s.provider.Resources[request.TypeName].Block
		prior, err := decode(request.PriorState, block)
		if err != nil {
			return err
		}
		proposed, err := decode(request.ProposedNewState, block)
		if err != nil {
			return err
		}
		plan := planned(block, s.habits, prior, proposed)
		plan, paths, err := s.corrected(ctx, request, prior, plan)
		if err != nil {
			return err
		}
		for _, path := range append(paths, replaced(s.habits, prior, plan)...) {
			response.RequiresReplace = append(response.RequiresReplace, wirePath(path))
		}
		response.PlannedState, err = encode(plan, block)
		return err
	})
	return response, nil
}

// corrected asks the actor about a plan, if there is one and something is to be made or changed.
func (s *server) corrected(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest, prior, plan cty.Value) (cty.Value, []cty.Path, error) {
	does, err := s.actorOf(request.TypeName)
	if does == nil || err != nil || plan.IsNull() {
		return plan, nil, err
	}
	config, err := decode(request.Config, s.provider.Resources[request.TypeName].Block)
	if err != nil {
		return plan, nil, err
	}
	return does.plan(ctx, prior, config, plan)
}

func (s *server) ApplyResourceChange(ctx context.Context, request *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	response := &tfprotov6.ApplyResourceChangeResponse{Private: request.PlannedPrivate}
	answer(&response.Diagnostics, func() error {
		block := s.provider.Resources[request.TypeName].Block
		plan, err := decode(request.PlannedState, block)
		if err != nil {
			return err
		}
		does, err := s.actorOf(request.TypeName)
		if err != nil {
			return err
		}
		if does == nil {
			seed := append([]byte(request.TypeName), request.PlannedState.MsgPack...)
			response.NewState, err = encode(filled(plan, seed), block)
			return err
		}
		state, failed := apply(ctx, does, block, request, plan)
		if response.NewState, err = encode(state, block); err != nil {
			return err
		}
		return failed
	})
	return response, nil
}

// apply returns, with an error, what Terraform is to remember nevertheless.
func apply(ctx context.Context, does actor, block *Block, request *tfprotov6.ApplyResourceChangeRequest, plan cty.Value) (cty.Value, error) {
	prior, err := decode(request.PriorState, block)
	if err != nil {
		return prior, err
	}
	config, err := decode(request.Config, block)
	if err != nil {
		return prior, err
	}
	var state cty.Value
	switch {
	case plan.IsNull():
		if err := does.remove(ctx, prior); err != nil {
			return prior, err
		}
		return plan, nil
	case prior.IsNull():
		state, err = does.create(ctx, config, plan)
	default:
		state, err = does.update(ctx, prior, config, plan)
	}
	return state, err
}

// ImportResourceState can be reached by an `import` block, even with nothing here to import.
func (s *server) ImportResourceState(ctx context.Context, request *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	response := &tfprotov6.ImportResourceStateResponse{}
	answer(&response.Diagnostics, func() error {
		does, err := s.actorOf(request.TypeName)
		if err != nil {
			return err
		}
		if does == nil {
			return errors.New("it keeps no objects, so it cannot import " + request.TypeName)
		}
		found, err := does.find(ctx, request.ID)
		if err != nil {
			return err
		}
		state, err := encode(found, s.provider.Resources[request.TypeName].Block)
		response.ImportedResources = []*tfprotov6.ImportedResource{{TypeName: request.TypeName, State: state}}
		return err
	})
	return response, nil
}

func (s *server) ReadDataSource(_ context.Context, request *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	response := &tfprotov6.ReadDataSourceResponse{}
	answer(&response.Diagnostics, func() (err error) {
		response.State, err = looked(s.provider.Data[request.TypeName].Block, request.TypeName, request.Config)
		return err
	})
	return response, nil
}

func (s *server) OpenEphemeralResource(_ context.Context, request *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	response := &tfprotov6.OpenEphemeralResourceResponse{}
	answer(&response.Diagnostics, func() (err error) {
		response.Result, err = looked(s.provider.Ephemerals[request.TypeName].Block, request.TypeName, request.Config)
		return err
	})
	return response, nil
}

func (s *server) CloseEphemeralResource(context.Context, *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return &tfprotov6.CloseEphemeralResourceResponse{}, nil
}

// looked is what a query answers: its configuration, and an invented value for all that is computed.
func looked(block *Block, typeName string, wired *tfprotov6.DynamicValue) (*tfprotov6.DynamicValue, error) {
	config, err := decode(wired, block)
	if err != nil {
		return nil, err
	}
	created := planned(block, habits{}, cty.NullVal(block.ctyType()), config)
	return encode(filled(created, append([]byte(typeName), wired.MsgPack...)), block)
}

func decode(wired *tfprotov6.DynamicValue, block *Block) (cty.Value, error) {
	return msgpack.Unmarshal(wired.MsgPack, block.ctyType())
}

func encode(value cty.Value, block *Block) (*tfprotov6.DynamicValue, error) {
	bytes, err := msgpack.Marshal(value, block.ctyType())
	if err != nil {
		return nil, err
	}
	return &tfprotov6.DynamicValue{MsgPack: bytes}, nil
}

// wirePath leads as far as the protocol can name it: up to an element of a set.
func wirePath(path cty.Path) *tftypes.AttributePath {
	wired := tftypes.NewAttributePath()
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			wired = wired.WithAttributeName(step.Name)
		case cty.IndexStep:
			switch step.Key.Type() {
			case cty.Number:
				index, _ := step.Key.AsBigFloat().Int64()
				wired = wired.WithElementKeyInt(int(index))
			case cty.String:
				wired = wired.WithElementKeyString(step.Key.AsString())
			default:
				return wired
			}
		}
	}
	return wired
}
