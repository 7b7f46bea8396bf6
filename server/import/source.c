/* source.c - opens files and URLs alike, and unpacks what is packed by what it holds. */
#include "source.h"
#include "fatal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (64 * 1024)

/* A signed address has its signature behind the question mark, and logs are kept. */
static char *shown_url(const char *url)
{
	const char *host = strstr(url, "//") + 2;
	size_t host_size = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', host_size);
	char *shown = NULL;

	if (at) {
		host_size -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	if (asprintf(&shown, "%.*s%.*s", (int)(strstr(url, "//") + 2 - url), url,
	             (int)strcspn(host, "?#"), host) < 0)
		fatal();
	return shown;
}

static bool is_standard_input(const char *name)
{
	return strcmp(name, "-") == 0;
}

static int open_file(struct source *source)
{
	struct stat about;
	int file = is_standard_input(source->name) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	                                           : open(source->name, O_RDONLY | O_CLOEXEC);

	if (file < 0 || fstat(file, &about) != 0 || S_ISDIR(about.st_mode)) {
		source->trouble = strerror(file >= 0 && S_ISDIR(about.st_mode) ? EISDIR : errno);
		if (file >= 0)
			close(file);
		return -1;
	}
	source->size = S_ISREG(about.st_mode) ? about.st_size : 0;
	return file;
}

bool source_open(struct source *source, const char *name, const struct download_limits *limits)
{
	int file = -1;

	*source = (struct source) { .name = name, .limits = *limits };
	source->shown = download_is_url(name) ? shown_url(name)
	                : strdup(is_standard_input(name) ? "standard input" : name);
	if (!source->shown)
		fatal();
	if (download_is_url(source->name))
		source->download = download_start(source->name, &source->limits, &file,
		                                  &source->trouble);
	else
		file = open_file(source);
	if (file < 0)
		return false;
	source->file = gzdopen(file, "rb");
	if (!source->file)
		fatal();
	gzbuffer(source->file, BUFFER_BYTES);
	return true;
}

void source_close(struct source *source)
{
	if (source->file)
		gzclose(source->file);
	source->file = NULL;
	download_end(source->download);
	source->download = NULL;
	free(source->shown);
	source->shown = NULL;
}

int64_t source_read(void *context, char *into, size_t room)
{
	struct source *source = context;
	int size = gzread(source->file, into, (unsigned)room);
	int trouble;

	/* A packed file that was cut off reads like one that ends, and so does a download. */
	if (size == 0 && (gzerror(source->file, &trouble), trouble != Z_OK && trouble != Z_STREAM_END))
		return -1;
	if (size == 0 && source->download && download_trouble(source->download))
		return -1;
	return size;
}

const char *source_trouble(const struct source *source)
{
	int code = Z_OK;
	const char *words, *colon;

	if (source->trouble || !source->file)
		return source->trouble;
	if (source->download && download_trouble(source->download))
		return download_trouble(source->download);
	words = gzerror(source->file, &code);
	if (code == Z_ERRNO)
		return strerror(errno);
	colon = strstr(words, ": ");
	return colon ? colon + 2 : words;       /* behind zlib's name for the file */
}

int64_t source_size(const struct source *source)
{
	return source->download ? download_size(source->download) : source->size;
}

int64_t source_at(const struct source *source)
{
	return source->download ? download_received(source->download) : gzoffset(source->file);
}
