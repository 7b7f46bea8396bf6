// Tour.java - the official Java SDK's tour.
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

final class Tour implements Steps.Visitor {
	private final Steps.Told told = new Steps.Told();
	private final McpAsyncClient client;
	private final McpSchema.InitializeResult known;

	private Tour(String url, String key) {
		URI endpoint = URI.create(url);
		var transport = HttpClientStreamableHttpTransport
			.builder(endpoint.getScheme() + "://" + endpoint.getAuthority()).endpoint(endpoint.getPath());
		if (key != null)
			transport.httpRequestCustomizer((request, method, uri, body, context) ->
				request.header("Authorization", "Bearer " + key));
		client = McpClient.async(transport.build())
			.requestTimeout(Duration.ofSeconds(9))
			.capabilities(McpSchema.ClientCapabilities.builder().elicitation().build())
			.elicitation(question -> {
				told.asked.add(question.message());
				return Mono.just(new McpSchema.ElicitResult(McpSchema.ElicitResult.Action.ACCEPT,
					Map.of("sure", true)));
			})
			.resourcesUpdateConsumer(contents -> {
				contents.forEach(each -> told.changed.add(each.uri()));
				return Mono.empty();
			})
			.progressConsumer(more -> {
				told.progress.add(more.progress());
				return Mono.empty();
			})
			.build();
		known = client.initialize().block();
	}

	public Steps.Told told() {
		return told;
	}

	public Map<String, ?> known() {
		return Map.of("server", known.serverInfo().name(), "revision", known.protocolVersion());
	}

	public Map<String, ?> lists() {
		return Map.of(
			"tools", client.listTools().block().tools().stream().map(McpSchema.Tool::name).toList(),
			"resources", client.listResources().block().resources().stream().map(McpSchema.Resource::uri).toList(),
			"templates", client.listResourceTemplates().block().resourceTemplates().stream()
				.map(McpSchema.ResourceTemplate::uriTemplate).toList(),
			"prompts", client.listPrompts().block().prompts().stream().map(McpSchema.Prompt::name).toList());
	}

	private static String text(McpSchema.Content content) {
		return content instanceof McpSchema.TextContent text ? text.text() : "";
	}

	public CompletableFuture<Map<String, ?>> call(String tool, Map<String, Object> arguments, String token) {
		var request = McpSchema.CallToolRequest.builder().name(tool).arguments(arguments);
		if (token != null)
			request.progressToken(token);
		return client.callTool(request.build()).<Map<String, ?>>map(result -> {
			if (Boolean.TRUE.equals(result.isError()))
				throw new IllegalStateException(text(result.content().get(0)));
			@SuppressWarnings("unchecked")
			var content = (Map<String, ?>) result.structuredContent();
			return content;
		}).toFuture();
	}

	public Map<String, ?> fail() {
		var result = client.callTool(McpSchema.CallToolRequest.builder().name("get_product")
			.arguments(Map.of("sku", "NO-SUCH")).build()).block();
		return Map.of("error", result.isError(), "words", text(result.content().get(0)));
	}

	public Map<String, ?> read() {
		var result = client.readResource(new McpSchema.ReadResourceRequest("product://KIT-0003")).block();
		return Map.of("text", ((McpSchema.TextResourceContents) result.contents().get(0)).text());
	}

	public Map<String, ?> prompt() {
		var result = client.getPrompt(
			new McpSchema.GetPromptRequest("compare_products", Map.of("skus", "KIT-0001,KIT-0002"))).block();
		return Map.of("text", text(result.messages().get(0).content()));
	}

	public Map<String, ?> complete() {
		var result = client.completeCompletion(new McpSchema.CompleteRequest(
			new McpSchema.ResourceReference("product://{sku}"),
			new McpSchema.CompleteRequest.CompleteArgument("sku", "KIT-000"))).block();
		return Map.of("values", result.completion().values());
	}

	public void subscribe(String uri) {
		client.subscribeResource(new McpSchema.SubscribeRequest(uri)).block();
	}

	public void close() {
		client.closeGracefully().block();
	}

	public static void main(String[] arguments) throws Exception {
		Steps.take(Tour::new);
	}
}
