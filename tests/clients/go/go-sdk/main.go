// The official Go SDK's tour.
package main

import (
	"context"
	"iter"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"tours/tour"
)

type visitor struct {
	*mcp.ClientSession
	tour.Told
}

// bearer sends a key with each request.
type bearer string

func (key bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(key))
	return http.DefaultTransport.RoundTrip(request)
}

func connect(ctx context.Context, url, key string) (tour.Visitor, error) {
	told := tour.NewTold()
	client := mcp.NewClient(&mcp.Implementation{Name: "tour", Version: "1.0.0"}, &mcp.ClientOptions{
		ElicitationHandler: func(_ context.Context, asked *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			told.Asked <- asked.Params.Message
			return &mcp.ElicitResult{Action: "accept", Content: tour.Seen{"sure": true}}, nil
		},
		ResourceUpdatedHandler: func(_ context.Context, changed *mcp.ResourceUpdatedNotificationRequest) {
			told.Changed <- changed.Params.URI
		},
		ProgressNotificationHandler: func(_ context.Context, more *mcp.ProgressNotificationClientRequest) {
			told.Progress <- more.Params.Progress
		},
	})
	transport := &mcp.StreamableClientTransport{Endpoint: url}
	if key != "" {
		transport.HTTPClient = &http.Client{Transport: bearer(key)}
	}
	session, err := client.Connect(ctx, transport,
		&mcp.ClientSessionOptions{ProtocolVersion: os.Getenv("MODE")})
	return &visitor{session, told}, err
}

func (v *visitor) Heard() tour.Told { return v.Told }

func (v *visitor) Known() tour.Seen {
	known := v.InitializeResult()
	return tour.Seen{"server": known.ServerInfo.Name, "revision": known.ProtocolVersion}
}

func text(contents ...mcp.Content) string {
	for _, content := range contents {
		if text, ok := content.(*mcp.TextContent); ok {
			return text.Text
		}
	}
	return ""
}

// names is what each of a list is called, over all of its pages.
func names[T any](list iter.Seq2[T, error], name func(T) string, failed *error) []string {
	all := []T{}
	for each, err := range list {
		if err != nil {
			*failed = err
			break
		}
		all = append(all, each)
	}
	return tour.Names(all, name)
}

func (v *visitor) Lists(ctx context.Context) (tour.Seen, error) {
	var err error
	seen := tour.Seen{
		"tools":     names(v.Tools(ctx, nil), func(each *mcp.Tool) string { return each.Name }, &err),
		"resources": names(v.Resources(ctx, nil), func(each *mcp.Resource) string { return each.URI }, &err),
		"templates": names(v.ResourceTemplates(ctx, nil),
			func(each *mcp.ResourceTemplate) string { return each.URITemplate }, &err),
		"prompts": names(v.Prompts(ctx, nil), func(each *mcp.Prompt) string { return each.Name }, &err),
	}
	return seen, err
}

func (v *visitor) Call(ctx context.Context, tool string, arguments tour.Seen, token string) (tour.Seen, error) {
	params := &mcp.CallToolParams{Name: tool, Arguments: arguments}
	if token != "" {
		params.SetProgressToken(token)
	}
	result, err := v.CallTool(ctx, params)
	if err != nil {
		return nil, err
	}
	return tour.Content(result.IsError, text(result.Content...), result.StructuredContent)
}

func (v *visitor) Fail(ctx context.Context) (tour.Seen, error) {
	result, err := v.CallTool(ctx, &mcp.CallToolParams{Name: "get_product", Arguments: tour.Seen{"sku": "NO-SUCH"}})
	if err != nil {
		return nil, err
	}
	return tour.Seen{"error": result.IsError, "words": text(result.Content...)}, nil
}

func (v *visitor) Read(ctx context.Context) (tour.Seen, error) {
	result, err := v.ReadResource(ctx, &mcp.ReadResourceParams{URI: "product://KIT-0003"})
	if err != nil {
		return nil, err
	}
	return tour.Seen{"text": result.Contents[0].Text}, nil
}

func (v *visitor) Prompt(ctx context.Context) (tour.Seen, error) {
	result, err := v.GetPrompt(ctx, &mcp.GetPromptParams{Name: "compare_products",
		Arguments: map[string]string{"skus": "KIT-0001,KIT-0002"}})
	if err != nil {
		return nil, err
	}
	return tour.Seen{"text": text(result.Messages[0].Content)}, nil
}

func (v *visitor) Complete(ctx context.Context) (tour.Seen, error) {
	result, err := v.ClientSession.Complete(ctx, &mcp.CompleteParams{
		Ref:      &mcp.CompleteReference{Type: "ref/resource", URI: "product://{sku}"},
		Argument: mcp.CompleteParamsArgument{Name: "sku", Value: "KIT-000"}})
	if err != nil {
		return nil, err
	}
	return tour.Seen{"values": result.Completion.Values}, nil
}

func (v *visitor) Subscribe(ctx context.Context, uri string) error {
	context.AfterFunc(ctx, func() { v.Unsubscribe(context.Background(), &mcp.UnsubscribeParams{URI: uri}) })
	return v.ClientSession.Subscribe(ctx, &mcp.SubscribeParams{URI: uri})
}

func main() { tour.Take(connect) }
