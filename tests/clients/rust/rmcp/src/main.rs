// main.rs - the tour of rmcp, the official Rust SDK. What its steps mean: tests/clients/tours.mjs.
use std::{env, error::Error, future::Future, time::Duration};

use rmcp::{
    ClientHandler, ErrorData, RoleClient,
    model::{
        CallToolRequestParams, ClientConfig, ClientRequest, ElicitRequestParams, ElicitResult,
        GetPromptRequestParams, ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams,
        Request, ResourceUpdatedNotificationParam, SubscribeRequestParams, SubscriptionFilter,
    },
    service::{
        ClientLifecycleMode, ClientServiceExt, NotificationContext, PeerRequestOptions, RequestContext,
        RunningService,
    },
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::{Value, json};
use tokio::{
    io::AsyncBufReadExt,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::timeout,
};

const CHANGING: &str = "product://KIT-0006";

type Seen = Result<Value, Box<dyn Error + Send + Sync>>;

// What it hears while it is connected goes into channels.
struct Hearing {
    asked: UnboundedSender<String>,
    changed: UnboundedSender<String>,
    progress: UnboundedSender<f64>,
}

impl ClientHandler for Hearing {
    async fn create_elicitation(
        &self,
        question: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let question = serde_json::to_value(question).unwrap_or_default();
        let _ = self.asked.send(question["message"].as_str().unwrap_or_default().into());
        Ok(serde_json::from_value(json!({"action": "accept", "content": {"sure": true}})).unwrap())
    }

    async fn on_resource_updated(
        &self,
        told: ResourceUpdatedNotificationParam,
        _context: NotificationContext<RoleClient>,
    ) {
        let _ = self.changed.send(told.uri);
    }

    async fn on_progress(
        &self,
        told: ProgressNotificationParam,
        _context: NotificationContext<RoleClient>,
    ) {
        let _ = self.progress.send(told.progress);
    }

    fn get_info(&self) -> ClientConfig {
        serde_json::from_value(json!({
            "protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}},
            "clientInfo": {"name": "tour", "version": "1.0.0"},
        }))
        .unwrap()
    }
}

// A connected client, and what it heard.
struct Visitor {
    client: RunningService<RoleClient, Hearing>,
    asked: UnboundedReceiver<String>,
    changed: UnboundedReceiver<String>,
    progress: UnboundedReceiver<f64>,
}

fn var(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn modern() -> bool {
    var("MODE") == "2026-07-28"
}

async fn connect(url: String, key: Option<String>) -> Result<Visitor, Box<dyn Error + Send + Sync>> {
    let (asked_in, asked) = unbounded_channel();
    let (changed_in, changed) = unbounded_channel();
    let (progress_in, progress) = unbounded_channel();
    let mut config = StreamableHttpClientTransportConfig::with_uri(url);
    if let Some(key) = key {
        config = config.auth_header(key);
    }
    let lifecycle = if modern() {
        ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
    } else {
        ClientLifecycleMode::Initialize
    };
    let hearing = Hearing { asked: asked_in, changed: changed_in, progress: progress_in };
    let client = hearing
        .serve_with_lifecycle(StreamableHttpClientTransport::from_config(config), lifecycle)
        .await?;
    Ok(Visitor { client, asked, changed, progress })
}

fn calling(tool: &str, arguments: Value) -> CallToolRequestParams {
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    CallToolRequestParams::new(tool.to_string()).with_arguments(arguments)
}

fn names(items: Value, member: &str) -> Vec<Value> {
    items.as_array().into_iter().flatten().map(|each| each[member].clone()).collect()
}

impl Visitor {
    async fn known(&self) -> Seen {
        let known = serde_json::to_value(&*self.client.peer_info().ok_or("nothing is known")?)?;
        Ok(json!({"server": known["serverInfo"]["name"], "revision": known["protocolVersion"]}))
    }

    async fn lists(&self) -> Seen {
        Ok(json!({
            "tools": names(json!(self.client.list_all_tools().await?), "name"),
            "resources": names(json!(self.client.list_all_resources().await?), "uri"),
            "templates": names(json!(self.client.list_all_resource_templates().await?), "uriTemplate"),
            "prompts": names(json!(self.client.list_all_prompts().await?), "name"),
        }))
    }

    // The structured content of a call that must succeed.
    async fn call(&self, tool: &str, arguments: Value) -> Seen {
        let result = serde_json::to_value(self.client.call_tool(calling(tool, arguments)).await?)?;
        if result["isError"] == true {
            return Err(result["content"][0]["text"].to_string().into());
        }
        Ok(result["structuredContent"].clone())
    }

    async fn product(&self) -> Seen {
        self.call("get_product", json!({"sku": "KIT-0003"})).await
    }

    async fn fail(&self) -> Seen {
        let call = calling("get_product", json!({"sku": "NO-SUCH"}));
        let result = serde_json::to_value(self.client.call_tool(call).await?)?;
        Ok(json!({"error": result["isError"], "words": result["content"][0]["text"]}))
    }

    async fn read(&self) -> Seen {
        let wanted = ReadResourceRequestParams::new("product://KIT-0003");
        let result = serde_json::to_value(self.client.read_resource(wanted).await?)?;
        Ok(json!({"text": result["contents"][0]["text"]}))
    }

    async fn prompt(&self) -> Seen {
        let arguments = json!({"skus": "KIT-0001,KIT-0002"}).as_object().cloned().unwrap();
        let wanted = GetPromptRequestParams::new("compare_products").with_arguments(arguments);
        let result = serde_json::to_value(self.client.get_prompt(wanted).await?)?;
        Ok(json!({"text": result["messages"][0]["content"]["text"]}))
    }

    async fn complete(&self) -> Seen {
        let values = self.client.complete_resource_simple("product://{sku}", "sku", "KIT-000").await?;
        Ok(json!({"values": values}))
    }

    // Each progress is printed; the last may come a moment after the result.
    async fn follow(&mut self, order: String) -> Seen {
        let mut steps = vec![];
        let arguments = json!({"id": order, "follow": true, "wait_seconds": 30});
        let client = self.client.peer().clone();
        let mut call = tokio::spawn(async move { client.call_tool(calling("track_order", arguments)).await });
        let result = loop {
            tokio::select! {
                Some(progress) = self.progress.recv() => {
                    steps.push(progress);
                    say(json!({"progress": order}));
                }
                result = &mut call => break result,
            }
        };
        while let Ok(Some(progress)) = timeout(Duration::from_millis(200), self.progress.recv()).await {
            steps.push(progress);
            say(json!({"progress": order}));
        }
        let result = serde_json::to_value(result??)?;
        Ok(json!({"steps": steps, "status": result["structuredContent"]["status"]}))
    }

    async fn give_up(&mut self) -> Seen {
        let call = calling("track_order", json!({"id": var("GIVE_UP"), "follow": true, "wait_seconds": 30}));
        let request = ClientRequest::CallToolRequest(Request::new(call));
        let handle =
            self.client.send_cancellable_request(request, PeerRequestOptions::no_options()).await?;
        self.progress.recv().await.ok_or("there was no progress")?;
        handle.cancel(Some("enough".into())).await?;
        Ok(json!({"gave_up": true}))
    }

    async fn question(&mut self) -> Seen {
        let order = self.call("cancel_order", json!({"id": var("ASK")})).await?;
        Ok(json!({"asked": self.asked.recv().await, "status": order["status"]}))
    }

    #[allow(deprecated)]                // subscribe(), which is for sessions only
    async fn changes(&mut self) -> Seen {
        if modern() {
            let filter = SubscriptionFilter::builder().resource_subscription(CHANGING).build();
            let mut changes = self.client.listen(filter).await?;
            say(json!({"subscribed": true}));
            let told = serde_json::to_value(changes.next().await?.ok_or("the stream ended")?)?;
            return Ok(json!({"uri": told["params"]["uri"]}));
        }
        self.client.subscribe(SubscribeRequestParams::new(CHANGING)).await?;
        say(json!({"subscribed": true}));
        Ok(json!({"uri": self.changed.recv().await}))
    }

    // What counts is whether the second call arrives.
    async fn restart(&mut self) -> Seen {
        say(json!({"restart": true}));
        let mut line = String::new();
        tokio::io::BufReader::new(tokio::io::stdin()).read_line(&mut line).await?;
        let _ = timeout(Duration::from_secs(3), self.product()).await;
        self.product().await
    }
}

fn words(error: &(dyn Error + 'static)) -> String {
    match error.source() {
        Some(source) => format!("{error}; {}", words(source)),
        None => error.to_string(),
    }
}

async fn refused() -> Seen {
    match connect(var("KEYED"), Some(var("WRONG_KEY"))).await {
        Ok(shop) => shop.lists().await,
        Err(error) => Ok(json!({"words": words(&*error)})),
    }
}

async fn with_key() -> Seen {
    let shop = connect(var("KEYED"), Some(var("KEY"))).await?;
    Ok(json!({"tools": shop.lists().await?["tools"]}))
}

fn say(line: Value) {
    println!("{line}");
}

// Takes one of the steps, and prints what it saw or why it failed.
async fn step(name: &str, run: impl Future<Output = Seen>) {
    say(match timeout(Duration::from_secs(10), run).await {
        Ok(Ok(seen)) => json!({"step": name, "seen": seen}),
        Ok(Err(error)) => json!({"step": name, "failed": words(&*error)}),
        Err(_) => json!({"step": name, "failed": "no answer within 10 s"}),
    });
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut shop = connect(var("PRODUCTS"), None).await?;
    let mut book = connect(var("ORDERS"), None).await?;
    step("connect", shop.known()).await;
    step("lists", shop.lists()).await;
    step("call", shop.product()).await;
    step("error", shop.fail()).await;
    step("read", shop.read()).await;
    step("prompt", shop.prompt()).await;
    step("complete", shop.complete()).await;
    step("progress", book.follow(var("FOLLOW"))).await;
    step("question", book.question()).await;
    step("cancel", book.give_up()).await;
    step("changes", shop.changes()).await;
    step("refused", refused()).await;
    step("key", with_key()).await;
    step("restart", shop.restart()).await;
    step("resume", book.follow(var("RESUME"))).await;
    std::process::exit(0)
}
