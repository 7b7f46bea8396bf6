// Steps.java - the steps of a tour, for the Java clients. What they mean: tests/clients/tours.mjs.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

final class Steps {
	static final String CHANGING = "product://KIT-0006";

	// What a client hears while it is connected: the questions that it answered, URIs of resources that
	// changed, progress of whichever call.
	static final class Told {
		final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
		final BlockingQueue<String> changed = new LinkedBlockingQueue<>();
		final BlockingQueue<Double> progress = new LinkedBlockingQueue<>();
	}

	// A connected client. Each method gives what it saw. What it has nothing for throws Cannot.
	interface Visitor extends AutoCloseable {
		Map<String, ?> known();
		Map<String, ?> lists();
		// The structured content of a call that must succeed. A token asks for progress.
		CompletableFuture<Map<String, ?>> call(String tool, Map<String, Object> arguments, String token);
		Map<String, ?> fail();
		Map<String, ?> read();
		Map<String, ?> prompt();
		Map<String, ?> complete();
		void subscribe(String uri);
		Told told();
		void close();
	}

	interface Connect {
		Visitor to(String url, String key) throws Exception;
	}

	static final class Cannot extends RuntimeException {
		Cannot(String why) {
			super(why);
		}
	}

	private static final BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
	private static final ExecutorService threads = Executors.newCachedThreadPool(work -> {
		Thread thread = new Thread(work);
		thread.setDaemon(true);
		return thread;
	});

	private Steps() {
	}

	// Map, List, String, Number, Boolean or null as JSON.
	private static String json(Object value) {
		if (value instanceof Map<?, ?> map)
			return map.entrySet().stream().map(each -> json(each.getKey()) + ":" + json(each.getValue()))
				.collect(Collectors.joining(",", "{", "}"));
		if (value instanceof List<?> list)
			return list.stream().map(Steps::json).collect(Collectors.joining(",", "[", "]"));
		if (value == null || value instanceof Number || value instanceof Boolean)
			return String.valueOf(value);
		return value.toString().codePoints()
			.mapToObj(c -> c < ' ' || c == '"' || c == '\\' ? String.format("\\u%04x", c) : Character.toString(c))
			.collect(Collectors.joining("", "\"", "\""));
	}

	private static synchronized void say(Map<String, ?> line) {
		System.out.println(json(line));
	}

	// All that an error and its causes say.
	private static String words(Throwable error) {
		StringBuilder words = new StringBuilder();
		for (; error != null; error = error.getCause())
			words.append(error.getClass().getSimpleName()).append(": ").append(error.getMessage()).append("; ");
		return words.toString();
	}

	private static Cannot cannot(Throwable error) {
		for (; error != null; error = error.getCause())
			if (error instanceof Cannot cannot)
				return cannot;
		return null;
	}

	// Takes one of the steps, and prints what it saw or why it failed.
	private static void step(String name, Callable<Map<String, ?>> run) {
		Future<Map<String, ?>> seen = threads.submit(run);
		try {
			say(Map.of("step", name, "seen", seen.get(10, TimeUnit.SECONDS)));
		} catch (TimeoutException error) {
			seen.cancel(true);
			say(Map.of("step", name, "failed", "no answer within 10 s"));
		} catch (Exception error) {
			Cannot cannot = cannot(error);
			say(cannot != null ? Map.of("step", name, "cannot", cannot.getMessage())
				: Map.of("step", name, "failed", words(error)));
		}
	}

	// ---- Steps that take more than one call ----

	private static Map<String, ?> product(Visitor shop) throws Exception {
		return shop.call("get_product", Map.of("sku", "KIT-0003"), null).get();
	}

	private static CompletableFuture<Map<String, ?>> following(Visitor book, String order) {
		book.told().progress.clear();
		return book.call("track_order", Map.of("id", order, "follow", true, "wait_seconds", 30), "follow-" + order);
	}

	// Notifications are handled beside the call: the last may come a moment after its result.
	private static Map<String, ?> follow(Visitor book, String order) throws Exception {
		List<Double> steps = new ArrayList<>();
		CompletableFuture<Map<String, ?>> call = following(book, order);
		while (true) {
			boolean over = call.isDone();
			Double progress = book.told().progress.poll(over ? 200 : 50, TimeUnit.MILLISECONDS);
			if (progress != null) {
				steps.add(progress);
				say(Map.of("progress", order));
			} else if (over)
				return Map.of("steps", steps, "status", call.get().get("status"));
		}
	}

	private static Map<String, ?> giveUp(Visitor book) throws Exception {
		CompletableFuture<Map<String, ?>> call = following(book, System.getenv("GIVE_UP"));
		book.told().progress.take();
		return Map.of("gave_up", call.cancel(true));
	}

	private static Map<String, ?> question(Visitor book) throws Exception {
		Map<String, ?> order = book.call("cancel_order", Map.of("id", System.getenv("ASK")), null).get();
		return Map.of("asked", book.told().asked.take(), "status", order.get("status"));
	}

	private static Map<String, ?> changes(Visitor shop) throws Exception {
		shop.subscribe(CHANGING);
		say(Map.of("subscribed", true));
		return Map.of("uri", shop.told().changed.take());
	}

	// What counts is whether the second call arrives.
	private static Map<String, ?> restart(Visitor shop) throws Exception {
		say(Map.of("restart", true));
		input.readLine();
		try {
			product(shop);
		} catch (Exception error) {
			// The session is gone.
		}
		return product(shop);
	}

	private static Map<String, ?> refused(Connect connect) {
		try (Visitor shop = connect.to(System.getenv("KEYED"), System.getenv("WRONG_KEY"))) {
			return shop.lists();
		} catch (Exception error) {
			return Map.of("words", words(error));
		}
	}

	private static Map<String, ?> withKey(Connect connect) throws Exception {
		try (Visitor shop = connect.to(System.getenv("KEYED"), System.getenv("KEY"))) {
			return Map.of("tools", shop.lists().get("tools"));
		}
	}

	// Takes all of them, and ends the program.
	static void take(Connect connect) throws Exception {
		Visitor shop = connect.to(System.getenv("PRODUCTS"), null), book = connect.to(System.getenv("ORDERS"), null);
		step("connect", shop::known);
		step("lists", shop::lists);
		step("call", () -> product(shop));
		step("error", shop::fail);
		step("read", shop::read);
		step("prompt", shop::prompt);
		step("complete", shop::complete);
		step("progress", () -> follow(book, System.getenv("FOLLOW")));
		step("question", () -> question(book));
		step("cancel", () -> giveUp(book));
		step("changes", () -> changes(shop));
		step("refused", () -> refused(connect));
		step("key", () -> withKey(connect));
		step("restart", () -> restart(shop));
		step("resume", () -> follow(book, System.getenv("RESUME")));
		System.exit(0);
	}
}
