/* SPDX-License-Identifier: Apache-2.0 */
/* Preload library that replaces a file when dlopen is called, as another process could do between
 * the check and the loading. SWAP names both files: "from:to". */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *dlopen(const char *file, int flags);

__attribute__((visibility("default"))) void *dlopen(const char *file, int flags)
{
    void *(*next)(const char *, int) = NULL;
    void *symbol = dlsym(RTLD_NEXT, "dlopen");
    const char *names = getenv("SWAP");
    char from[1024];

    if (names != NULL && file != NULL) {
        const char *to = strchr(names, ':') + 1;
        (void)snprintf(from, sizeof(from), "%.*s", (int)(to - 1 - names), names);
        if (rename(from, to) == 0) {
            (void)fputs("swapped\n", stderr);
        }
    }
    memcpy(&next, &symbol, sizeof(next));
    return next(file, flags);
}
