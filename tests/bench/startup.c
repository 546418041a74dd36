/* SPDX-License-Identifier: Apache-2.0 */
/* Time from the start of the plugin process to its handshake line, and its memory then, compared
 * with a program that does nothing. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "process.h"
#include "rpc/mtls.h"

#define LINE_SIZE 65536

/* The environment that Terraform sets. */
static const char *variables[] = {
    "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS=5,6",
    "PLUGIN_MIN_PORT=10000",
    "PLUGIN_MAX_PORT=25000",
    NULL, /* the host's certificate */
    NULL,
};

static const char *const plugin[] = {PLUGIN, NULL};
static const char *const version[] = {PLUGIN, "--version", NULL};
static const char *const nothing[] = {"/bin/true", NULL};

struct bystander {
    const char *const *arguments;
    size_t rss_max;
};

struct held {
    size_t resident;
    size_t most;
    size_t own; /* private pages */
};

static struct held held;

static struct bench_take start_plugin(void *ud)
{
    char line[LINE_SIZE];
    struct bench_watch watch = bench_begin();
    struct process process = process_start(plugin, variables);

    (void)ud;
    process_read_line(&process, line, sizeof(line));
    struct bench_take take = bench_end(&watch);
    if (strncmp(line, "1|6|unix|", 9) != 0) {
        bench_fail("the plugin printed no handshake but \"%.200s\"", line);
    }
    held = (struct held){
        .resident = process_status(process.pid, "VmRSS"),
        .most = process_status(process.pid, "VmHWM"),
        .own = process_smaps(process.pid, "Private_Dirty"),
    };
    struct process_end end = process_finish(&process, SIGTERM);
    if (end.code != 0) {
        bench_fail("the plugin ended with %d after SIGTERM", end.code);
    }
    take.cpu_s = end.cpu.cpu_s; /* includes its shutdown */
    return take;
}

static struct bench_take start_bystander(void *ud)
{
    struct bystander *bystander = ud;
    char line[LINE_SIZE];
    struct bench_watch watch = bench_begin();
    struct process process = process_start(bystander->arguments, variables);

    process_read_line(&process, line,
                      sizeof(line)); /* /bin/true prints none: waits until it exits */
    struct bench_take take = bench_end(&watch);
    struct process_end end = process_finish(&process, 0);
    bystander->rss_max = end.rss_max;
    take.cpu_s = end.cpu.cpu_s;
    return take;
}

int main(int argc, char **argv)
{
    struct bench_option rounds = {"rounds", "starts of each program", 30};
    struct ens_mtls host = {0};
    struct bystander bystanders[] = {{.arguments = nothing}, {.arguments = version}};
    const struct bench_runner runners[] = {
        {"/bin/true, start to end", start_bystander, &bystanders[0]},
        {"plugin --version, start to line", start_bystander, &bystanders[1]},
        {"plugin, start to handshake line", start_plugin, NULL},
    };

    bench_options(argc, argv, "The start of the plugin process, and its memory.", &rounds, 1);
    if (ens_mtls_new(&host, NULL) != ENS_OK) {
        bench_fail("no certificate can be made");
    }
    size_t size = strlen(host.certificate_pem) + 32;
    char *certificate = ens_alloc(size);
    (void)snprintf(certificate, size, "PLUGIN_CLIENT_CERT=%s", host.certificate_pem);
    variables[4] = certificate;

    bench_race("start of a process", "start", 1, runners, ENS_COUNT(runners), rounds.value);
    (void)printf("\nmemory at the handshake, KiB: resident %zu (most %zu), of it its own %zu; "
                 "plugin --version at most %zu, /bin/true %zu\n",
                 held.resident / 1024, held.most / 1024, held.own / 1024,
                 bystanders[1].rss_max / 1024, bystanders[0].rss_max / 1024);
    ens_free(certificate);
    ens_mtls_done(&host);
    return 0;
}
