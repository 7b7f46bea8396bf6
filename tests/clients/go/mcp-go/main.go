// mcp-go's tour.
package main

import (
	"context"
	"os"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
	"tours/tour"
)

// With a stream of its own to listen on it only begins sessions.
var modern = os.Getenv("MODE") == "2026-07-28"

type visitor struct {
	*client.Client
	tour.Told
	known *mcp.InitializeResult
}

func (v *visitor) Elicit(_ context.Context, asked mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	v.Asked <- asked.Params.Message
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{
		Action: mcp.ElicitationResponseActionAccept, Content: tour.Seen{"sure": true}}}, nil
}

func (v *visitor) hear(told mcp.JSONRPCNotification) {
	fields := told.Params.AdditionalFields
	switch told.Method {
	case "notifications/progress":
		progress, _ := fields["progress"].(float64)
		v.Progress <- progress
	case "notifications/resources/updated":
		uri, _ := fields["uri"].(string)
		v.Changed <- uri
	}
}

func connect(ctx context.Context, url, key string) (tour.Visitor, error) {
	options := []transport.StreamableHTTPCOption{}
	if !modern {
		options = append(options, transport.WithContinuousListening())
	}
	if key != "" {
		options = append(options, transport.WithHTTPHeaders(map[string]string{"Authorization": "Bearer " + key}))
	}
	over, err := transport.NewStreamableHTTP(url, options...)
	if err != nil {
		return nil, err
	}
	v := &visitor{Told: tour.NewTold()}
	v.Client = client.NewClient(over, client.WithElicitationHandler(v))
	v.OnNotification(v.hear)
	// Its own stream lives as long as the context that it is started with.
	if err := v.Start(context.Background()); err != nil {
		return nil, err
	}
	request := mcp.InitializeRequest{}
	request.Params.ProtocolVersion = os.Getenv("MODE")
	request.Params.ClientInfo = mcp.Implementation{Name: "tour", Version: "1.0.0"}
	v.known, err = v.Initialize(ctx, request)
	return v, err
}

func (v *visitor) Heard() tour.Told { return v.Told }

func (v *visitor) Known() tour.Seen {
	return tour.Seen{"server": v.known.ServerInfo.Name, "revision": v.known.ProtocolVersion}
}

func text(contents ...mcp.Content) string {
	for _, content := range contents {
		if text, ok := content.(mcp.TextContent); ok {
			return text.Text
		}
	}
	return ""
}

func toCall(tool string, arguments tour.Seen) mcp.CallToolRequest {
	return mcp.CallToolRequest{Params: mcp.CallToolParams{Name: tool, Arguments: arguments}}
}

func (v *visitor) Call(ctx context.Context, tool string, arguments tour.Seen, token string) (tour.Seen, error) {
	request := toCall(tool, arguments)
	if token != "" {
		request.Params.Meta = &mcp.Meta{ProgressToken: token}
	}
	result, err := v.CallTool(ctx, request)
	if err != nil {
		return nil, err
	}
	return tour.Content(result.IsError, text(result.Content...), result.StructuredContent)
}

func (v *visitor) Fail(ctx context.Context) (tour.Seen, error) {
	result, err := v.CallTool(ctx, toCall("get_product", tour.Seen{"sku": "NO-SUCH"}))
	if err != nil {
		return nil, err
	}
	return tour.Seen{"error": result.IsError, "words": text(result.Content...)}, nil
}

func (v *visitor) Lists(ctx context.Context) (tour.Seen, error) {
	tools, err := v.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		return nil, err
	}
	resources, err := v.ListResources(ctx, mcp.ListResourcesRequest{})
	if err != nil {
		return nil, err
	}
	templates, err := v.ListResourceTemplates(ctx, mcp.ListResourceTemplatesRequest{})
	if err != nil {
		return nil, err
	}
	prompts, err := v.ListPrompts(ctx, mcp.ListPromptsRequest{})
	if err != nil {
		return nil, err
	}
	return tour.Seen{
		"tools":     tour.Names(tools.Tools, func(each mcp.Tool) string { return each.Name }),
		"resources": tour.Names(resources.Resources, func(each mcp.Resource) string { return each.URI }),
		"templates": tour.Names(templates.ResourceTemplates,
			func(each mcp.ResourceTemplate) string { return each.URITemplate.Raw() }),
		"prompts": tour.Names(prompts.Prompts, func(each mcp.Prompt) string { return each.Name }),
	}, nil
}

func (v *visitor) Read(ctx context.Context) (tour.Seen, error) {
	request := mcp.ReadResourceRequest{}
	request.Params.URI = "product://KIT-0003"
	result, err := v.ReadResource(ctx, request)
	if err != nil {
		return nil, err
	}
	first, _ := result.Contents[0].(mcp.TextResourceContents)
	return tour.Seen{"text": first.Text}, nil
}

func (v *visitor) Prompt(ctx context.Context) (tour.Seen, error) {
	request := mcp.GetPromptRequest{}
	request.Params.Name = "compare_products"
	request.Params.Arguments = map[string]string{"skus": "KIT-0001,KIT-0002"}
	result, err := v.GetPrompt(ctx, request)
	if err != nil {
		return nil, err
	}
	return tour.Seen{"text": text(result.Messages[0].Content)}, nil
}

func (v *visitor) Complete(ctx context.Context) (tour.Seen, error) {
	request := mcp.CompleteRequest{}
	request.Params.Ref = mcp.ResourceReference{Type: "ref/resource", URI: "product://{sku}"}
	request.Params.Argument.Name = "sku"
	request.Params.Argument.Value = "KIT-000"
	result, err := v.Client.Complete(ctx, request)
	if err != nil {
		return nil, err
	}
	return tour.Seen{"values": result.Completion.Values}, nil
}

func (v *visitor) Subscribe(ctx context.Context, uri string) error {
	if modern {
		_, err := v.ListenAsync(ctx, mcp.SubscriptionFilter{ResourceSubscriptions: []string{uri}}, nil)
		return err
	}
	request := mcp.SubscribeRequest{}
	request.Params.URI = uri
	return v.Client.Subscribe(ctx, request)
}

func main() { tour.Take(connect) }
