/* load.c - sends HTTP requests to a loopback port and measures: as many as the server takes, or at
 * a fixed rate.
 *
 *     load PORT CONNECTIONS SECONDS RATE HEADERS_FILE BODIES_FILE
 *
 * Bodies are taken in turn, one a line; headers of its own may stand before it, each with a tab
 * behind it; twelve # in it become a number that no other request has, of no other run either.
 * RATE 0: each connection sends as soon as it was answered; otherwise latency counts from when a
 * request was due, so a server that stalls can't hide it. Prints one JSON object: requests, errors,
 * how many answers of each status, seconds, milliseconds at p50, p99 and the most. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX (1 << 20)
#define CONNECTIONS_MAX 1024
#define STATUS_END 600
#define NUMBER "############"

struct connection {
	int socket;
	bool busy;
	double due;
	char *answer;
	size_t size;
};

static struct connection connections[CONNECTIONS_MAX];
static char **requests;
static size_t *request_sizes;
static char **numbers;          /* of each request where its number is, or NULL */
static size_t request_count, next_request;
static long long next_number;
static double *latencies;
static size_t latency_count, latency_room;
static long errors, statuses[STATUS_END];
static int poller;

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t room = 1 << 16, size = 0, got;
	char *text = malloc(room);

	if (!file || !text)
		die(path);
	while ((got = fread(text + size, 1, room - size - 1, file)) > 0) {
		size += got;
		if (room - size < 2 && !(text = realloc(text, room *= 2)))
			die(path);
	}
	text[size] = 0;
	fclose(file);
	return text;
}

/* Moves the headers that stand before a body to `to`, which has room for them. Gives the body. */
static char *take_headers(char *body, char *to)
{
	*to = 0;
	for (char *tab; (tab = strchr(body, '\t')); body = tab + 1)
		to += sprintf(to, "%.*s\r\n", (int)(tab - body), body);
	return body;
}

static void build_requests(const char *headers, char *bodies, int port)
{
	for (char *body = strtok(bodies, "\n"); body; body = strtok(NULL, "\n")) {
		size_t room = strlen(headers) + 2 * strlen(body) + 256;
		char *text = malloc(room), *own = malloc(2 * strlen(body) + 1);
		requests = realloc(requests, (request_count + 1) * sizeof(*requests));
		request_sizes = realloc(request_sizes, (request_count + 1) * sizeof(*request_sizes));
		numbers = realloc(numbers, (request_count + 1) * sizeof(*numbers));
		if (!text || !own || !requests || !request_sizes || !numbers)
			die("memory");
		body = take_headers(body, own);
		request_sizes[request_count] = (size_t)snprintf(text, room,
			"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%sContent-Length: %zu\r\n\r\n%s",
			port, headers, own, strlen(body), body);
		numbers[request_count] = strstr(text, NUMBER);
		requests[request_count++] = text;
		free(own);
	}
}

static void open_connection(struct connection *connection, int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
	                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
	int on = 1;

	connection->socket = socket(AF_INET, SOCK_STREAM, 0);
	if (connection->socket < 0 ||
	    connect(connection->socket, (struct sockaddr *)&address, sizeof(address)) != 0)
		die("connect");
	setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	epoll_ctl(poller, EPOLL_CTL_ADD, connection->socket, &event);
	if (!connection->answer)
		connection->answer = malloc(ANSWER_MAX);
	connection->size = 0;
}

static void write_number(char *to)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%012lld", next_number++ % 1000000000000);
	memcpy(to, digits, strlen(NUMBER));
}

static void send_request(struct connection *connection, double due)
{
	size_t which = next_request++ % request_count;

	connection->busy = true;
	connection->due = due;
	connection->size = 0;
	if (numbers[which])
		write_number(numbers[which]);
	if (write(connection->socket, requests[which], request_sizes[which]) !=
	    (ssize_t)request_sizes[which])
		die("write");
}

/* Whether the answer is whole: by Content-Length, or by the last chunk. */
static bool is_whole(struct connection *connection)
{
	char *end, *length;

	connection->answer[connection->size] = 0;
	end = strstr(connection->answer, "\r\n\r\n");
	if (!end)
		return false;
	length = strcasestr(connection->answer, "\r\nContent-Length:");
	if (length && length < end)
		return connection->size >= (size_t)(end + 4 - connection->answer) +
		                           strtoul(length + 17, NULL, 10);
	return connection->size >= 5 &&
	       memcmp(connection->answer + connection->size - 5, "0\r\n\r\n", 5) == 0;
}

/* A stream's connection ends with it. */
static bool ends_here(const struct connection *connection)
{
	const char *end = strstr(connection->answer, "\r\n\r\n"),
		*word = strcasestr(connection->answer, "\r\nConnection: close");

	return word && word < end;
}

static void note(struct connection *connection)
{
	if (latency_count == latency_room) {
		latency_room = latency_room ? latency_room * 2 : 1 << 16;
		latencies = realloc(latencies, latency_room * sizeof(*latencies));
		if (!latencies)
			die("memory");
	}
	latencies[latency_count++] = (now() - connection->due) * 1e3;
	int status = connection->size > 9 ? atoi(connection->answer + strlen("HTTP/1.1 ")) : 0;
	statuses[status > 0 && status < STATUS_END ? status : 0]++;
	if (status != 200 || strstr(connection->answer, "\"isError\":true") ||
	    strstr(connection->answer, "\"error\":"))
		if (errors++ == 0)
			fprintf(stderr, "first bad answer: %.600s\n", connection->answer);
	connection->busy = false;
}

static void read_answer(struct connection *connection, int port)
{
	ssize_t got = read(connection->socket, connection->answer + connection->size,
	                   ANSWER_MAX - connection->size - 1);

	if (got <= 0) {
		close(connection->socket);
		if (connection->busy)
			errors++;
		connection->busy = false;
		open_connection(connection, port);
		return;
	}
	connection->size += (size_t)got;
	if (!is_whole(connection))
		return;
	note(connection);
	if (ends_here(connection)) {
		close(connection->socket);
		open_connection(connection, port);
	}
}

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double percentile(double part)
{
	return latency_count ? latencies[(size_t)((double)(latency_count - 1) * part)] : 0;
}

/* Until something was answered, or the next request is due. */
static int await(struct epoll_event *events, int room, double seconds)
{
	struct timespec most = { .tv_nsec = (long)(seconds * 1e9) };

	return epoll_pwait2(poller, events, room, &most, NULL);
}

static void print_results(double took)
{
	const char *comma = "";

	qsort(latencies, latency_count, sizeof(*latencies), by_size);
	printf("{\"requests\":%zu,\"errors\":%ld,\"statuses\":{", latency_count, errors);
	for (int status = 0; status < STATUS_END; status++)
		if (statuses[status] > 0) {
			printf("%s\"%d\":%ld", comma, status, statuses[status]);
			comma = ",";
		}
	printf("},\"seconds\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"most\":%.3f}\n",
	       took, percentile(.5), percentile(.99), percentile(1));
}

int main(int argc, char **argv)
{
	if (argc != 7) {
		fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS RATE HEADERS_FILE BODIES_FILE\n");
		return 2;
	}
	int port = atoi(argv[1]), count = atoi(argv[2]);
	double seconds = atof(argv[3]), rate = atof(argv[4]);
	char *headers = read_file(argv[5]), *bodies = read_file(argv[6]);

	poller = epoll_create1(0);
	build_requests(headers, bodies, port);
	next_number = time(NULL) % 1000000 * 1000000;   /* there is no more than a million a second */
	for (int i = 0; i < count && i < CONNECTIONS_MAX; i++)
		open_connection(&connections[i], port);

	double began = now(), until = began + seconds, due = began;
	for (double at = began; at < until; at = now()) {
		struct epoll_event events[256];
		for (int i = 0; i < count; i++) {
			if (connections[i].busy || (rate > 0 && due > at))
				continue;
			send_request(&connections[i], rate > 0 ? due : at);
			if (rate > 0)
				due += 1 / rate;
		}
		int ready = await(events, 256, rate > 0 && due > at && due - at < .1 ? due - at : .1);
		for (int i = 0; i < ready; i++)
			read_answer(events[i].data.ptr, port);
	}
	print_results(now() - began);
	return errors ? 1 : 0;
}
