/* SPDX-License-Identifier: Apache-2.0 */
#include "os/process.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* glibc reserves 64 MiB of addresses for the allocations of each thread. Where addresses are
 * limited that leaves none for the stacks of threads. */
static void spare_addresses(void)
{
    struct rlimit limit = {0};

    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        (void)mallopt(M_ARENA_MAX, 1);
    }
}

void ens_os_process_begin(void)
{
    const struct rlimit none = {0, 0};

    /* Where one of these fails the process is as safe as any other, and has work to do. */
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    spare_addresses();
    (void)unsetenv("GRPC_TRACE");
    (void)unsetenv("SSLKEYLOGFILE");
}
