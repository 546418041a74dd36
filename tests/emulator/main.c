/* ensure-emulator: the three clouds on loopback. See README.md. */

#include "options.h"
#include "server.h"

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

extern const char emu_demo_world[]; /* demo_world.json, turned into C by embed.cmake */

enum { MAX_FILE = 64 * 1024 * 1024 };

static int complain(char *sentence)
{
    fprintf(stderr, "ensure-emulator: %s\n", sentence);
    free(sentence);
    return EXIT_FAILURE;
}

/* NULL, and a sentence, when the file can't be read. */
static char *read_file(const char *name, char **ret_error)
{
    struct emu_text text = {0};
    char block[8192];
    FILE *file = fopen(name, "re");
    while (file != NULL && text.len <= MAX_FILE) {
        size_t count = fread(block, 1, sizeof(block), file);
        if (count == 0) {
            break;
        }
        emu_text_add_n(&text, block, count);
    }
    bool ok = file != NULL && !ferror(file) && text.len <= MAX_FILE;
    if (!ok) {
        struct emu_text error = {0};
        emu_text_addf(&error, "can't read %s: %s", name,
                      text.len > MAX_FILE ? "it is larger than 64 MiB" : strerror(errno));
        *ret_error = emu_text_take(&error);
        emu_text_done(&text);
    }
    if (file != NULL) {
        fclose(file);
    }
    return ok ? emu_text_take(&text) : NULL;
}

static bool load_world(const struct emu_options *options, struct emu_world *world, char **ret_error)
{
    if (options->world_file == NULL) {
        return emu_world_load(world, "demonstration world", emu_demo_world, strlen(emu_demo_world),
                              ret_error);
    }
    char *text = read_file(options->world_file, ret_error);
    bool ok =
        text != NULL && emu_world_load(world, options->world_file, text, strlen(text), ret_error);
    free(text);
    return ok;
}

static const char *scheme_of(const struct emu_options *options, int listener)
{
    return options->tls_cert != NULL && listener != EMU_CONTROL ? "https" : "http";
}

static void print_json(const struct emu_options *options, const struct emu_server *server)
{
    for (int i = 0; i < EMU_LISTENERS; i++) {
        printf("%s\"%s\":\"%s://%s:%u\"", i == 0 ? "{" : ",",
               i == EMU_CONTROL ? "control" : emu_cloud_name((enum emu_cloud)i),
               scheme_of(options, i), options->host, server->listeners[i].port);
    }
    printf("}\n");
}

/* The value in single quotes, safe in any POSIX shell. */
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

/* The first usable key of each cloud, under the vendor's own names. */
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
            print_export(names[cloud][0], key->access_key);
            print_export(names[cloud][1], key->secret_key);
            if (key->security_token != NULL) {
                print_export(names[cloud][2], key->security_token);
            }
            return;
        }
    }
}

static void print_env(const struct emu_options *options, const struct emu_world *world,
                      const struct emu_server *server)
{
    static const char *const names[EMU_LISTENERS] = {
        "ENSURE_VOLCENGINE_ENDPOINT", "ENSURE_ALIBABA_ENDPOINT", "ENSURE_BAIDU_ENDPOINT",
        "ENSURE_EMULATOR_CONTROL"};
    for (int i = 0; i < EMU_LISTENERS; i++) {
        char url[128];
        snprintf(url, sizeof(url), "%s://%s:%u", scheme_of(options, i), options->host,
                 server->listeners[i].port);
        print_export(names[i], url);
    }
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        print_key(world, (enum emu_cloud)cloud);
    }
    printf("export ENSURE_EMULATOR_PID=%ld\n", (long)getpid());
}

/* Whoever reads our output sees its end, as in eval "$(ensure-emulator --env &)". */
static void leave_stdout(void)
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
                  char **ret_error)
{
    struct emu_world world = {0};
    if (!load_world(options, &world, ret_error)) {
        return false;
    }
    emu_emulator_init(emulator, &world, options->seed);
    emulator->boot_ms = options->boot_ms;
    emulator->latency_ms = options->latency_ms;
    emulator->clock_offset_ms = options->clock_offset_ms;
    for (size_t i = 0; i < options->fault_count; i++) {
        if (!emu_faults_add(&emulator->faults, options->faults[i], ret_error)) {
            emu_emulator_done(emulator);
            return false;
        }
    }
    return true;
}

static bool start_server(const struct emu_options *options, struct emu_emulator *emulator,
                         struct emu_server *server, char **ret_error)
{
    char *cert = NULL, *key = NULL;
    bool ok = true;
    if (options->tls_cert != NULL) {
        cert = read_file(options->tls_cert, ret_error);
        key = cert == NULL ? NULL : read_file(options->tls_key, ret_error);
        ok = key != NULL;
    }
    ok = ok &&
         emu_server_start(server, emulator, options->address, options->port, cert, key, ret_error);
    free(cert);
    free(key);
    return ok;
}

static int run(const struct emu_options *options)
{
    struct emu_emulator emulator;
    struct emu_server server;
    char *error = NULL;
    int signal_number = 0;
    sigset_t signals = block_signals();
    raise_file_limit();
    if (!setup(options, &emulator, &error)) {
        return complain(error);
    }
    if (!start_server(options, &emulator, &server, &error)) {
        emu_emulator_done(&emulator);
        return complain(error);
    }
    if (options->env) {
        print_env(options, &emulator.world, &server);
    } else {
        print_json(options, &server);
    }
    leave_stdout();
    sigwait(&signals, &signal_number);
    emu_server_stop(&server);
    emu_emulator_done(&emulator);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct emu_options options;
    char *error = NULL;
    int status = EXIT_SUCCESS;
    pid_t parent = getppid();
    json_object_seed(0);
    switch (emu_options_read(argc, argv, &options, &error)) {
    case EMU_OPTIONS_RUN:
        if (options.exit_with_parent) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
        }
        /* A parent that ended before prctl() sends no signal. */
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
        status = complain(error);
        break;
    }
    emu_options_done(&options);
    return status;
}
