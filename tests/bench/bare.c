/* bare.c - the reference of the benchmark: libmicrohttpd alone, answering a POST with a fixed text.
 *
 *     bench-bare [THREADS [PORT]]
 *
 * Prints its port, which is a free one if none is named. Each thread has a daemon in external epoll mode, driven by its own loop, and a
 * listening socket of its own; the flags are those of server/http. It serves until killed. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_BYTES 300

static char answer[ANSWER_BYTES + 1];

static void make_answer(void)
{
	static const char head[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":\"";
	static const char tail[] = "\"}}";

	memset(answer, 'x', ANSWER_BYTES);
	memcpy(answer, head, sizeof(head) - 1);
	memcpy(answer + ANSWER_BYTES - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
}

static enum MHD_Result receive(void *cls, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *data,
                               size_t *size, void **context)
{
	static char seen;
	enum MHD_Result queued;
	struct MHD_Response *response;

	(void)cls, (void)url, (void)method, (void)version, (void)data;
	if (!*context || *size > 0) {
		*context = &seen;
		*size = 0;
		return MHD_YES;
	}
	response = MHD_create_response_from_buffer(ANSWER_BYTES, answer, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "application/json");
	queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return queued;
}

/* A port of 0 becomes the one it got. */
static int listen_on(int *port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)*port),
	                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t address_size = sizeof(address);

	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 4096) != 0) {
		perror("bench-bare");
		exit(1);
	}
	getsockname(fd, (struct sockaddr *)&address, &address_size);
	*port = ntohs(address.sin_port);
	return fd;
}

static void *serve(void *listener)
{
	unsigned flags = MHD_USE_EPOLL | MHD_USE_TURBO;
	MHD_UNSIGNED_LONG_LONG wait_ms;
	struct MHD_Daemon *daemon;
	struct pollfd ready;

#if MHD_VERSION >= 0x00097707
	flags |= MHD_USE_NO_THREAD_SAFETY;
#endif
	daemon = MHD_start_daemon(flags, 0, NULL, NULL, receive, NULL,
	                          MHD_OPTION_LISTEN_SOCKET, *(int *)listener,
	                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16384,
	                          MHD_OPTION_CONNECTION_LIMIT, 20000u,
	                          MHD_OPTION_END);
	if (!daemon)
		exit(1);
	ready.fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	ready.events = POLLIN;
	for (;;) {
		bool pending = MHD_get_timeout(daemon, &wait_ms) == MHD_YES;

		poll(&ready, 1, pending ? (int)wait_ms : -1);
		MHD_run(daemon);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 1, port = argc > 2 ? atoi(argv[2]) : 0;
	static int listeners[64];
	pthread_t thread;

	if (threads < 1 || threads > 64)
		return 1;
	make_answer();
	for (int i = 0; i < threads; i++)
		listeners[i] = listen_on(&port);
	printf("%d\n", port);
	fflush(stdout);
	for (int i = 1; i < threads; i++)
		if (pthread_create(&thread, NULL, serve, &listeners[i]) != 0)
			return 1;
	serve(&listeners[0]);
}
