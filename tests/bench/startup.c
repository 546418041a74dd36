/* SPDX-License-Identifier: Apache-2.0 */
/* Time from the start of the plugin process to its handshake line, and its memory then, compared
 * with a program that does nothing, and with a server of go-plugin that has no service. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

static const char *const version[] = {PLUGIN, "--version", NULL};
static const char *const nothing[] = {"/bin/true", NULL};

struct bystander {
    const char *const *arguments;
    size_t rss_max;
};

/* A program that is started as Terraform starts a provider. */
struct server {
    const char *name;
    const char *arguments[2];
    int code;          /* after SIGTERM; -1: the signal ends it */
    double *resident;  /* at the handshake, in bytes, one for each start */
    double *anonymous; /* of them in pages that are of no file */
    size_t starts;
};

/* The programs that run.sh makes, by the variable with the path. The first line is what the others
 * are compared with. */
static const struct {
    const char *variable;
    const char *name;
    int code;
} compared[] = {
    {"BENCH_GO", "go-plugin without services", -1},
    {"BENCH_STATIC", "static program of the release", 0},
    {"BENCH_INSTALLED", "installed program", 0},
};

static struct bench_take start_server(void *ud)
{
    struct server *server = ud;
    char line[LINE_SIZE];
    struct bench_watch watch = bench_begin();
    struct process process = process_start(server->arguments, variables);

    process_read_line(&process, line, sizeof(line));
    struct bench_take take = bench_end(&watch);
    if (strncmp(line, "1|6|unix|", 9) != 0) {
        bench_fail("%s printed no handshake but \"%.200s\"", server->arguments[0], line);
    }
    server->resident[server->starts] = (double)process_status(process.pid, "VmRSS");
    server->anonymous[server->starts] = (double)process_smaps(process.pid, "Anonymous");
    server->starts++;
    struct process_end end = process_finish(&process, SIGTERM);
    if (end.code != server->code) {
        bench_fail("%s ended with %d after SIGTERM", server->arguments[0], end.code);
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

/* ---- the tables ----------------------------------------------------------------------------- */

static struct server server_new(const char *name, const char *path, int code, size_t rounds)
{
    return (struct server){
        .name = name,
        .arguments = {path, NULL},
        .code = code,
        .resident = ens_alloc_array(rounds, sizeof(double)),
        .anonymous = ens_alloc_array(rounds, sizeof(double)),
    };
}

/* A line for each server that was started; the resident memory is compared with the first. */
static void put_memory(struct server *servers, size_t count)
{
    double first = 0;

    for (size_t i = 0; i < count; i++) {
        if (servers[i].starts > 0) {
            const double resident = bench_median(servers[i].resident, servers[i].starts);
            if (first == 0) {
                (void)printf("\nmemory at the handshake, KiB, medians\n  %-34s  %8s  %9s  %6s\n",
                             "", "resident", "anonymous", "ratio");
                first = resident;
            }
            (void)printf("  %-34s  %8.0f  %9.0f  %6.2f\n", servers[i].name, resident / 1024,
                         bench_median(servers[i].anonymous, servers[i].starts) / 1024,
                         resident / first);
        }
        ens_free(servers[i].resident);
        ens_free(servers[i].anonymous);
    }
}

static void race_bystanders(size_t rounds)
{
    struct bystander bystanders[] = {{.arguments = nothing}, {.arguments = version}};
    struct server plugin = server_new("plugin", PLUGIN, 0, rounds);
    const struct bench_runner runners[] = {
        {"/bin/true, start to end", start_bystander, &bystanders[0]},
        {"plugin --version, start to line", start_bystander, &bystanders[1]},
        {"plugin, start to handshake line", start_server, &plugin},
    };

    bench_race("start of a process", "start", 1, runners, ENS_COUNT(runners), rounds);
    put_memory(&plugin, 1);
    for (size_t i = 0; i < ENS_COUNT(bystanders); i++) {
        if (bystanders[i].rss_max > 0) {
            (void)printf("  %-34s  %8zu  at most\n", runners[i].name, bystanders[i].rss_max / 1024);
        }
    }
}

static void race_servers(size_t rounds)
{
    struct server servers[ENS_COUNT(compared)];
    struct bench_runner runners[ENS_COUNT(compared)];
    size_t count = 0;

    for (size_t i = 0; i < ENS_COUNT(compared); i++) {
        const char *path = getenv(compared[i].variable);
        if (path == NULL || path[0] == '\0') {
            (void)printf("\nnot compared: %s, since %s names no program\n", compared[i].name,
                         compared[i].variable);
            continue;
        }
        servers[count] = server_new(compared[i].name, path, compared[i].code, rounds);
        runners[count] = (struct bench_runner){compared[i].name, start_server, &servers[count]};
        count++;
    }
    if (count > 0) {
        bench_race("start to handshake line", "start", 1, runners, count, rounds);
        put_memory(servers, count);
    }
}

int main(int argc, char **argv)
{
    struct bench_option rounds = {"rounds", "starts of each program", 30};
    struct ens_mtls host = {0};

    bench_options(argc, argv, "The start of the plugin process, and its memory.", &rounds, 1);
    if (ens_mtls_new(&host, NULL) != ENS_OK) {
        bench_fail("no certificate can be made");
    }
    size_t size = strlen(host.certificate_pem) + 32;
    char *certificate = ens_alloc(size);
    (void)snprintf(certificate, size, "PLUGIN_CLIENT_CERT=%s", host.certificate_pem);
    variables[4] = certificate;

    race_bystanders(rounds.value);
    race_servers(rounds.value);
    ens_free(certificate);
    ens_mtls_done(&host);
    return 0;
}
