/* SPDX-License-Identifier: Apache-2.0 */
/* A program that is not linked with Ensure, and loads a shared object that is. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "lister.h"

int main(int argc, char **argv)
{
    list_providers_fn *list = NULL;
    void *object = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    void *symbol = object == NULL ? NULL : dlsym(object, "list_providers");

    if (symbol == NULL) {
        (void)fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    memcpy(&list, &symbol, sizeof(list));
    return list();
}
