// Tour.java - Spring AI's tour: an application of Spring Boot for each connection, configured by properties.
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.customizer.McpSyncHttpClientRequestCustomizer;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.ai.mcp.customizer.McpClientCustomizer;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

final class Tour implements Steps.Visitor {
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {
		@Bean
		Steps.Told told() {
			return new Steps.Told();
		}

		@Bean
		McpSyncHttpClientRequestCustomizer key(Environment environment) {
			return (request, method, uri, body, context) -> {
				if (environment.containsProperty("tour.key"))
					request.header("Authorization", "Bearer " + environment.getProperty("tour.key"));
			};
		}

		@Bean
		McpClientCustomizer<McpClient.SyncSpec> hearing(Steps.Told told) {
			return (name, client) -> client
				.capabilities(McpSchema.ClientCapabilities.builder().elicitation().build())
				.elicitation(question -> {
					told.asked.add(question.message());
					return new McpSchema.ElicitResult(McpSchema.ElicitResult.Action.ACCEPT, Map.of("sure", true));
				})
				.resourcesUpdateConsumer(contents -> contents.forEach(each -> told.changed.add(each.uri())))
				.progressConsumer(more -> told.progress.add(more.progress()));
		}
	}

	private final ConfigurableApplicationContext application;
	private final McpSyncClient client;

	private Tour(String url, String key) {
		URI endpoint = URI.create(url);
		var properties = new java.util.HashMap<String, Object>(Map.of(
			"logging.level.root", "off",
			"spring.main.banner-mode", "off",
			"spring.ai.mcp.client.request-timeout", "9s",
			"spring.ai.mcp.client.streamable-http.connections.it.url",
				endpoint.getScheme() + "://" + endpoint.getAuthority(),
			"spring.ai.mcp.client.streamable-http.connections.it.endpoint", endpoint.getPath()));
		if (key != null)
			properties.put("tour.key", key);
		application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties).run();
		@SuppressWarnings("unchecked")
		var clients = (List<McpSyncClient>) application.getBean("mcpSyncClients");
		client = clients.get(0);
	}

	public Steps.Told told() {
		return application.getBean(Steps.Told.class);
	}

	public Map<String, ?> known() {
		var known = client.getCurrentInitializationResult();
		return Map.of("server", known.serverInfo().name(), "revision", known.protocolVersion());
	}

	public Map<String, ?> lists() {
		return Map.of(
			"tools", Arrays.stream(application.getBean(ToolCallbackProvider.class).getToolCallbacks())
				.map(each -> each.getToolDefinition().name()).toList(),
			"resources", client.listResources().resources().stream().map(McpSchema.Resource::uri).toList(),
			"templates", client.listResourceTemplates().resourceTemplates().stream()
				.map(McpSchema.ResourceTemplate::uriTemplate).toList(),
			"prompts", client.listPrompts().prompts().stream().map(McpSchema.Prompt::name).toList());
	}

	private static String text(McpSchema.Content content) {
		return content instanceof McpSchema.TextContent text ? text.text() : "";
	}

	public CompletableFuture<Map<String, ?>> call(String tool, Map<String, Object> arguments, String token) {
		var request = McpSchema.CallToolRequest.builder().name(tool).arguments(arguments);
		if (token != null)
			request.progressToken(token);
		return CompletableFuture.supplyAsync(() -> {
			var result = client.callTool(request.build());
			if (Boolean.TRUE.equals(result.isError()))
				throw new IllegalStateException(text(result.content().get(0)));
			@SuppressWarnings("unchecked")
			var content = (Map<String, ?>) result.structuredContent();
			return content;
		});
	}

	public Map<String, ?> fail() {
		var result = client.callTool(McpSchema.CallToolRequest.builder().name("get_product")
			.arguments(Map.of("sku", "NO-SUCH")).build());
		return Map.of("error", result.isError(), "words", text(result.content().get(0)));
	}

	public Map<String, ?> read() {
		var result = client.readResource(new McpSchema.ReadResourceRequest("product://KIT-0003"));
		return Map.of("text", ((McpSchema.TextResourceContents) result.contents().get(0)).text());
	}

	public Map<String, ?> prompt() {
		var result = client.getPrompt(
			new McpSchema.GetPromptRequest("compare_products", Map.of("skus", "KIT-0001,KIT-0002")));
		return Map.of("text", text(result.messages().get(0).content()));
	}

	public Map<String, ?> complete() {
		var result = client.completeCompletion(new McpSchema.CompleteRequest(
			new McpSchema.ResourceReference("product://{sku}"),
			new McpSchema.CompleteRequest.CompleteArgument("sku", "KIT-000")));
		return Map.of("values", result.completion().values());
	}

	public void subscribe(String uri) {
		client.subscribeResource(new McpSchema.SubscribeRequest(uri));
	}

	public void close() {
		application.close();
	}

	public static void main(String[] arguments) throws Exception {
		Steps.take(Tour::new);
	}
}
