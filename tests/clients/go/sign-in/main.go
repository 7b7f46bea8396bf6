// The official Go SDK signs in by its own code. Each line on stdout is a step; a line on stdin is where the person's
// browser was led back to, or the word to go on.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"net/url"
	"os"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

const callback = "http://127.0.0.1:9/callback"

var in = bufio.NewReader(os.Stdin)

func say(step map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(step); err != nil {
		log.Fatal(err)
	}
}

func hear() string {
	line, err := in.ReadString('\n')
	if err != nil {
		log.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func signIn(_ context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
	say(map[string]any{"sign_in": args.URL})
	back, err := url.Parse(hear())
	if err != nil {
		return nil, err
	}
	query := back.Query()
	return &auth.AuthorizationResult{Code: query.Get("code"), State: query.Get("state"), Iss: query.Get("iss")}, nil
}

func main() {
	ctx := context.Background()
	handler, err := auth.NewAuthorizationCodeHandler(&auth.AuthorizationCodeHandlerConfig{
		DynamicClientRegistrationConfig: &auth.DynamicClientRegistrationConfig{
			Metadata: &oauthex.ClientRegistrationMetadata{
				ClientName: "Go SDK", RedirectURIs: []string{callback},
				GrantTypes: []string{"authorization_code", "refresh_token"}, TokenEndpointAuthMethod: "none",
			},
		},
		RedirectURL: callback, AuthorizationCodeFetcher: signIn,
	})
	if err != nil {
		log.Fatal(err)
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "sign-in", Version: "1.0.0"}, nil)
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{Endpoint: os.Args[1], OAuthHandler: handler},
		&mcp.ClientSessionOptions{ProtocolVersion: os.Getenv("MODE")})
	if err != nil {
		log.Fatal(err)
	}
	call := func(tool string, arguments map[string]any) {
		result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: arguments})
		if err != nil {
			log.Fatalf("%s: %v", tool, err)
		}
		say(map[string]any{"called": tool, "error": result.IsError})
	}
	call("search_products", map[string]any{"words": "a"})
	call("update_product", map[string]any{"sku": "KIT-0001", "stock_change": 1})
	say(map[string]any{"wait": true})
	hear()
	call("search_products", map[string]any{"words": "b"})
	if err := session.Close(); err != nil {
		log.Fatal(err)
	}
}
