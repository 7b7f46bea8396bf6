/* listen.c - listening sockets, and how many connections there may be. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inside.h"
#include "log.h"

#define BACKLOG 4096
#define VANISHED_MS 30000       /* a peer that acknowledges nothing for so long is gone */
#define OTHER_FILES 256         /* beside connections: stores, clients, logs */
#define FILES_PER_LOOP (8 + MORE_CONNECTIONS)
#define CONNECTIONS_LEAST 16            /* however few files there are */

static void set(int fd, int level, int option, int value)
{
	setsockopt(fd, level, option, &value, sizeof(value));
}

/* Accepted sockets inherit them, which saves the calls per connection. */
static void set_options(int fd, int family)
{
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, VANISHED_MS);
	if (family == AF_INET6)
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
}

static int bind_socket(const struct addrinfo *address, bool shared)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	set_options(fd, address->ai_family);
	if (shared)
		set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int bound_port(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		return 0;
	return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
	                                           : ((struct sockaddr_in *)&address)->sin_port);
}

/* With SO_REUSEPORT a second program would quietly share the port: ask without it first. */
static bool is_free(const struct addrinfo *address)
{
	int fd = bind_socket(address, false);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int open_address(const struct addrinfo *address, bool first)
{
	if (first && !is_free(address))
		return -1;
	int fd = bind_socket(address, true);
	if (fd < 0)
		return -1;
	if (listen(fd, BACKLOG) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static const char *named(const char *set_by, const char *otherwise)
{
	return set_by ? set_by : otherwise;
}

static void tell_trouble(const struct http_settings *set, int port, int error)
{
	const char *host_by = named(set->host_set_by, "host"), *port_by = named(set->port_set_by, "port");
	const char *other = named(set->other_port_by, "another port");

	switch (error) {
	case EADDRINUSE:
		log_error("%s %d of %s is in use: stop what serves there, or set %s", port_by, port, set->host,
		          other);
		break;
	case EACCES:
		log_error("%s %d may not be served by this user, as one below 1024 may not everywhere: set %s",
		          port_by, port, other);
		break;
	case EADDRNOTAVAIL:
		log_error("%s is %s, which is no address of this machine: set %s to one that is, or to 0.0.0.0 for"
		          " all", host_by, set->host, host_by);
		break;
	default:
		log_error("cannot listen on %s %s, %s %d: %s", host_by, set->host, port_by, port,
		          strerror(error));
	}
}

int listen_open(const struct http_settings *set, int *port, bool first)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	const char *host_by = named(set->host_set_by, "host");
	char service[12];

	snprintf(service, sizeof(service), "%d", *port);
	int trouble = getaddrinfo(set->host, service, &hints, &found);
	if (trouble != 0) {
		log_error("%s is %s, which is no address to listen on (%s): set %s to one, such as 127.0.0.1",
		          host_by, set->host, gai_strerror(trouble), host_by);
		return -1;
	}
	int fd = open_address(found, first);
	if (fd < 0)
		tell_trouble(set, *port, errno);
	else
		*port = bound_port(fd);
	freeaddrinfo(found);
	return fd;
}

/* The limit is too low by that: what it allows, and what would do. */
static int fewer_connections(int wanted, rlim_t allowed, rlim_t others)
{
	static const char set_by[] = "ulimit -n; LimitNOFILE= of a unit, --ulimit nofile= of a container";
	bool fits = allowed >= others + CONNECTIONS_LEAST;
	int connections = fits ? (int)(allowed - others) : CONNECTIONS_LEAST < wanted ? CONNECTIONS_LEAST : wanted;
	unsigned long long enough = (unsigned long long)others + (unsigned long long)wanted;

	if (fits)
		log_warning("at most %d connections instead of %d, since no more than %llu files may be open: %llu would"
		            " do (%s)", connections, wanted, (unsigned long long)allowed, enough, set_by);
	else
		log_warning("no more than %llu files may be open, which is too few: even of %d connections some may fail,"
		            " and so may calls; %llu would do (%s)", (unsigned long long)allowed, connections, enough,
		            set_by);
	return connections;
}

int listen_connections_max(int wanted, int loops)
{
	rlim_t others = (rlim_t)OTHER_FILES + (rlim_t)loops * FILES_PER_LOOP;
	rlim_t needed = (rlim_t)wanted + others;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return wanted;
	if (limit.rlim_cur < needed) {
		limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
		setrlimit(RLIMIT_NOFILE, &limit);
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= needed)
		return wanted;
	return fewer_connections(wanted, limit.rlim_cur, others);
}
