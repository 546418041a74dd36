/* SPDX-License-Identifier: Apache-2.0 */
/* ensure-emulator: the three clouds on loopback. See README.md. */

#include "clock.h"
#include "options.h"
#include "server.h"
#include "world_read.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

extern const char emu_demo_world[]; /* demo_world.json, embedded by embed.cmake */

enum { MAX_FILE = 256 * 1024 * 1024, MAX_URL = 128 };

static int complain(const struct ens_diags *diags)
{
    const struct ens_diag *diag = &diags->items[0];
    fprintf(stderr, "ensure-emulator: %s%s%s\n", diag->where, diag->where[0] == '\0' ? "" : ": ",
            diag->summary);
    return EXIT_FAILURE;
}

static bool read_file(const char *name, struct ens_buf *buf, struct ens_diags *diags)
{
    char block[8192];
    FILE *file = fopen(name, "re");
    while (file != NULL && !ens_buf_failed(buf)) {
        size_t count = fread(block, 1, sizeof(block), file);
        if (count == 0) {
            break;
        }
        ens_buf_add(buf, (ens_str){block, count});
    }
    bool ok = file != NULL && !ferror(file) && !ens_buf_failed(buf);
    if (!ok) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "can't read %s: %s", name,
                      ens_buf_failed(buf) ? "it is larger than 256 MiB" : strerror(errno));
    }
    if (file != NULL) {
        fclose(file);
    }
    return ok;
}

static bool load_world(const struct emu_options *options, struct emu_world *world,
                       struct ens_diags *diags)
{
    if (options->world_file == NULL) {
        return emu_world_load(world, "demonstration world", ens_str_of(emu_demo_world), diags);
    }
    ENS_AUTO_BUF text = ens_buf_new(MAX_FILE);
    return read_file(options->world_file, &text, diags) &&
           emu_world_load(world, options->world_file, ens_buf_str(&text), diags);
}

static void write_url(char ret_url[MAX_URL], const struct emu_options *options,
                      const struct emu_listener *listener)
{
    bool tls = options->tls_cert != NULL && listener->kind->tls;
    snprintf(ret_url, MAX_URL, "%s://%s:%u%s", tls ? "https" : "http", options->host,
             listener->port, listener->kind->path);
}

static void print_json(const struct emu_options *options, const struct emu_server *server)
{
    for (int i = 0; i < EMU_LISTENERS; i++) {
        char url[MAX_URL];
        write_url(url, options, &server->listeners[i]);
        printf("%s\"%s\":\"%s\"", i == 0 ? "{" : ",", server->listeners[i].kind->name, url);
    }
    printf("}\n");
}

/* Prints an export command with the value in single quotes, for any POSIX shell. */
static void print_export(const char *name, const char *value)
{
    printf("export %s='", name);
    for (; *value != '\0'; value++) {
        if (*value == '\'') {
            fputs("'\\''", stdout);
        } else {
            putchar(*value);
        }
    }
    puts("'");
}

/* Prints the first active key of the cloud, under the vendor's variable names. */
static void print_key(const struct emu_world *world, enum emu_cloud cloud)
{
    static const char *const names[EMU_CLOUDS][3] = {
        {"VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"},
        {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
         "ALIBABA_CLOUD_SECURITY_TOKEN"},
        {"BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"},
    };
    for (size_t i = 0; i < world->key_count; i++) {
        const struct emu_key *key = &world->keys[i];
        if (key->cloud == cloud && key->state == EMU_KEY_ACTIVE) {
            print_export(names[cloud][0], key->access_key.ptr);
            print_export(names[cloud][1], key->secret_key.ptr);
            if (key->security_token.len > 0) {
                print_export(names[cloud][2], key->security_token.ptr);
            }
            return;
        }
    }
}

static void print_env(const struct emu_options *options, const struct emu_world *world,
                      const struct emu_server *server)
{
    for (int i = 0; i < EMU_LISTENERS; i++) {
        char url[MAX_URL];
        write_url(url, options, &server->listeners[i]);
        print_export(server->listeners[i].kind->variable, url);
    }
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        print_key(world, (enum emu_cloud)cloud);
    }
    printf("export ENSURE_EMULATOR_PID=%ld\n", (long)getpid());
}

/* Closes standard output, so that eval "$(ensure-emulator --env &)" sees its end. */
static void close_stdout(void)
{
    fflush(stdout);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDOUT_FILENO);
        close(null);
    }
}

static sigset_t block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return set;
}

static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool setup(const struct emu_options *options, struct emu_emulator *emulator,
                  struct ens_diags *diags)
{
    struct emu_world world = {0};
    if (!load_world(options, &world, diags)) {
        return false;
    }
    emu_emulator_init(emulator, &world, &emu_system_clock, options->seed);
    emulator->boot_ms = options->boot_ms;
    emulator->latency_ms = options->latency_ms;
    emulator->issuer.live_ms = options->keys_live_ms;
    emulator->clock_offset_ms = options->clock_offset_ms;
    for (size_t i = 0; i < options->fault_count; i++) {
        if (!emu_faults_add(&emulator->faults, options->faults[i], diags)) {
            emu_emulator_done(emulator);
            return false;
        }
    }
    return true;
}

static bool start_server(const struct emu_options *options, struct emu_emulator *emulator,
                         struct emu_server *server, struct ens_diags *diags)
{
    ENS_AUTO_BUF cert = ens_buf_new(MAX_FILE);
    ENS_AUTO_BUF key = ens_buf_new(MAX_FILE);
    bool tls = options->tls_cert != NULL;
    if (tls && (!read_file(options->tls_cert, &cert, diags) ||
                !read_file(options->tls_key, &key, diags))) {
        return false;
    }
    return emu_server_start(server, emulator, options->address, options->port,
                            tls ? ens_buf_text(&cert) : NULL, tls ? ens_buf_text(&key) : NULL,
                            diags);
}

static int run(const struct emu_options *options)
{
    struct emu_emulator emulator;
    struct emu_server server;
    ENS_AUTO_DIAGS diags = {0};
    int signal_number = 0;
    sigset_t signals = block_signals();
    raise_file_limit();
    if (!setup(options, &emulator, &diags)) {
        return complain(&diags);
    }
    if (!start_server(options, &emulator, &server, &diags)) {
        emu_emulator_done(&emulator);
        return complain(&diags);
    }
    if (options->env) {
        print_env(options, &emulator.world, &server);
    } else {
        print_json(options, &server);
    }
    close_stdout();
    sigwait(&signals, &signal_number);
    emu_server_stop(&server);
    emu_emulator_done(&emulator);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct emu_options options;
    ENS_AUTO_DIAGS diags = {0};
    int status = EXIT_SUCCESS;
    pid_t parent = getppid();
    json_object_seed(0);
    switch (emu_options_read(argc, argv, &options, &diags)) {
    case EMU_OPTIONS_RUN:
        if (options.exit_with_parent) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
        }
        /* If the parent ended before prctl(), no signal will come. */
        if (!options.exit_with_parent || getppid() == parent) {
            status = run(&options);
        }
        break;
    case EMU_OPTIONS_HELP:
        fputs(emu_options_help, stdout);
        break;
    case EMU_OPTIONS_VERSION:
        puts("ensure-emulator " EMU_VERSION);
        break;
    case EMU_OPTIONS_BAD:
        status = complain(&diags);
        break;
    }
    emu_options_done(&options);
    return status;
}
