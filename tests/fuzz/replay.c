/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the fuzz target on the files and the files of directories that are given; at least one file
 * must exist. */
#include "fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static size_t replayed;

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    size_t size = 0;
    FILE *copy = open_memstream(&bytes, &size);

    FUZZ_REQUIRE(file != NULL && copy != NULL);
    for (int c = getc(file); c != EOF; c = getc(file)) {
        (void)putc(c, copy);
    }
    (void)fclose(file);
    (void)fclose(copy);

    /* A heap copy of exactly the file's size, so that a sanitizer detects reads beyond its end. */
    uint8_t *exact = malloc(size == 0 ? 1 : size);
    FUZZ_REQUIRE(exact != NULL);
    memcpy(exact, bytes, size);
    free(bytes);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    replayed++;
}

static void replay(const char *path)
{
    DIR *directory = opendir(path);
    char name[PATH_MAX];

    if (directory == NULL) {
        replay_file(path);
        return;
    }
    for (const struct dirent *entry = readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        if (entry->d_name[0] != '.') {
            FUZZ_REQUIRE(snprintf(name, sizeof(name), "%s/%s", path, entry->d_name) < PATH_MAX);
            replay_file(name);
        }
    }
    (void)closedir(directory);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        replay(argv[i]);
    }
    (void)printf("%zu inputs\n", replayed);
    return replayed == 0;
}
