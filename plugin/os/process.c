/* SPDX-License-Identifier: Apache-2.0 */
#include "os/process.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* malloc reserves 64 MiB of address space per thread for an arena. If RLIMIT_AS is set, that may
 * leave too little for the stacks of threads: all threads then share one arena. */
static void limit_arenas(void)
{
    struct rlimit limit = {0};

    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        (void)mallopt(M_ARENA_MAX, 1);
    }
}

void ens_os_process_begin(void)
{
    const struct rlimit none = {0, 0};

    /* Failures are ignored: each call only adds protection. */
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    limit_arenas();
    (void)unsetenv("GRPC_TRACE");
    (void)unsetenv("SSLKEYLOGFILE");
}
