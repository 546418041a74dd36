/* SPDX-License-Identifier: Apache-2.0 */
#include "support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

struct scratch scratch_new(void)
{
    struct scratch scratch = {.path = "/tmp/ensure-test-XXXXXX"};

    assert_non_null(mkdtemp(scratch.path));
    return scratch;
}

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
    (void)stat;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void scratch_done(struct scratch *scratch)
{
    assert_int_equal(nftw(scratch->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *scratch_path(struct scratch *scratch, const char *name)
{
    (void)snprintf(scratch->joined, sizeof(scratch->joined), "%s/%s", scratch->path, name);
    return scratch->joined;
}

void scratch_write(struct scratch *scratch, const char *name, ens_str text)
{
    char directory[sizeof(scratch->joined)];

    (void)snprintf(directory, sizeof(directory), "%s", scratch_path(scratch, name));
    *strrchr(directory, '/') = '\0';
    (void)mkdir(directory, 0700);
    FILE *file = fopen(scratch_path(scratch, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fchmod(fileno(file), 0600),
                     0); /* a profile file that others read is warned of */
    assert_int_equal(fclose(file), 0);
}

char *scratch_read(struct scratch *scratch, const char *name)
{
    struct stat stat_now = {0};
    FILE *file = fopen(scratch_path(scratch, name), "rb");

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &stat_now), 0);
    size_t size = (size_t)stat_now.st_size;
    char *text = ens_alloc(size + 1);
    assert_int_equal(fread(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return text;
}
