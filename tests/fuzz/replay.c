/* replay.c - runs a fuzz target over the files of its corpus: what crashed once is checked for ever. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);

	if (!file || !data || fread(data, 1, size, file) != size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	char path[4096];
	struct stat about;
	int count = 0;

	if (!folder) {
		fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
		return 2;
	}
	for (struct dirent *entry; (entry = readdir(folder));) {
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
			continue;
		replay(path, (size_t)about.st_size);
		count++;
	}
	closedir(folder);
	printf("%d inputs replayed\n", count);
	return count ? 0 : 1;
}
